//! Waiting for an effect instead of a time.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Far more than anything here takes, for a machine that does much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
const GLANCE: Duration = Duration::from_millis(50);

/// What `look` finds, as soon as it finds something.
///
/// # Panics
/// After two minutes, naming `what` did not happen.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "within {PATIENCE:?} it did not happen that {what}"
        );
        thread::sleep(GLANCE);
    }
}
