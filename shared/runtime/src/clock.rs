//! The time of this machine.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use engine::{execute::Shutdown, ports::Clock};
use futures::FutureExt;
use jiff::Timestamp;

/// The system's clock and timers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// From here on the runtime's own timer will do. It costs nothing and rings up to two milliseconds
/// late: too late for a pause between two looks at the chain, and nothing to a deadline.
const COARSE: Duration = Duration::from_secs(1);

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        if pause < COARSE {
            futures_timer::Delay::new(pause).await;
        } else {
            tokio::time::sleep(pause).await;
        }
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
