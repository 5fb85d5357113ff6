//! The time: the database's, waited for by this machine's timers.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use engine::{execute::Shutdown, ports::Clock};
use futures::FutureExt;
use jiff::Timestamp;
use postgres::Database;

/// The database's clock, and the system's timers. Deadlines are written by the database; were they
/// judged by the clock of whatever machine works on an order, one whose clock is wrong would end
/// orders too early or too late.
#[derive(Clone)]
pub struct DatabaseTime(pub Database);

#[async_trait]
impl Clock for DatabaseTime {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep(&self, pause: Duration) {
        sleep(pause).await;
    }
}

/// The system's clock and timers, for what has no database.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        sleep(pause).await;
    }
}

/// From here on the runtime's own timer will do. It costs nothing and rings up to two milliseconds
/// late: too late for a pause between two looks at the chain, and nothing to a deadline.
const COARSE: Duration = Duration::from_secs(1);

async fn sleep(pause: Duration) {
    if pause < COARSE {
        futures_timer::Delay::new(pause).await;
    } else {
        tokio::time::sleep(pause).await;
    }
}

/// What a step may still take once the shutdown has come: a write, a release, a push.
const MARGIN: Duration = Duration::from_secs(5);

/// The shutdown of an invocation that will be cut off at `deadline`: early enough to come to a safe
/// point before.
pub fn shutdown_before(deadline: SystemTime) -> Shutdown {
    let left = deadline
        .duration_since(SystemTime::now())
        .unwrap_or_default();
    tokio::time::sleep(left.saturating_sub(MARGIN))
        .boxed()
        .shared()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_invocation_ends_its_work_five_seconds_early() {
        let begin = tokio::time::Instant::now();
        shutdown_before(SystemTime::now() + Duration::from_secs(30)).await;
        let waited = begin.elapsed();
        assert!(
            (Duration::from_millis(24_900)..=Duration::from_millis(25_010)).contains(&waited),
            "{waited:?}"
        );
    }

    #[tokio::test]
    async fn a_deadline_that_has_passed_ends_at_once() {
        shutdown_before(SystemTime::UNIX_EPOCH).await;
    }
}
