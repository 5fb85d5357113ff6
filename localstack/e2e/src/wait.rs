//! Waiting for an effect instead of a time.

use std::{
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(50);

/// What `look` finds, as soon as it finds something.
///
/// # Panics
/// After a minute, naming `what` did not happen.
pub fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    eventually_within(PATIENCE, what, look)
}

/// What `look` finds, as soon as it finds something.
///
/// # Panics
/// After `patience`, naming `what` did not happen.
pub fn eventually_within<T>(
    patience: Duration,
    what: &str,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            begun.elapsed() < patience,
            "within {patience:?} it did not happen that {what}"
        );
        thread::sleep(GLANCE);
    }
}
