//! How long after a fault orders are accepted again, and confirmed.

use std::{
    fmt,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio::time::{sleep, timeout};

use super::{book::Book, faults::Fault};
use crate::{Outcome, site::connect};

/// What one fault cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recovery {
    pub(super) fault: Fault,
    /// Seconds until the first order that was sent after its end was accepted.
    pub(super) accepted: f64,
    /// Seconds until the first order that was stored after its end was confirmed.
    pub(super) confirmed: f64,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: accepted after {:.1} s, confirmed after {:.1} s",
            self.fault.name(),
            self.accepted,
            self.confirmed
        )
    }
}

/// A fault must be recovered from in so many seconds.
pub(super) const LIMIT: f64 = 15.0;
/// After so long it is not any more.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);

/// Waits until the engine has recovered from a fault that has just ended.
pub(super) async fn wait(fault: Fault, book: &Book, admin: &str) -> Outcome<Recovery> {
    let (end, end_at) = (Instant::now(), Timestamp::now());
    let mut accepted = book.accepted.subscribe();
    let first_accepted = async {
        let again = timeout(PATIENCE, accepted.wait_for(|sent| *sent >= end)).await;
        again.map_or(PATIENCE, |_| end.elapsed()).as_secs_f64()
    };
    let (accepted, confirmed) = tokio::join!(first_accepted, first_confirmed(admin, end_at));
    Ok(Recovery {
        fault,
        accepted,
        confirmed: confirmed?,
    })
}

/// By the order book, in whose time everything is written.
async fn first_confirmed(admin: &str, end: Timestamp) -> Outcome<f64> {
    const FIRST: &str = "SELECT extract(epoch FROM min(closed_at) - $1)::double precision \
        FROM orders WHERE created_at >= $1 AND status = 'confirmed'";
    let database = connect(admin).await?;
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if let Some(seconds) = database.query_one(FIRST, &[&end]).await?.get(0) {
            return Ok(seconds);
        }
        sleep(LOOK).await;
    }
    Ok(PATIENCE.as_secs_f64())
}
