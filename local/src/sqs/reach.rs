//! Whether SQS answers: said once when it stops, and once when it does again.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    observe,
    ports::{HealthCheck, Unavailable, Unhealthy},
};
use tokio::time::Instant;

/// What the latest call came to.
pub(super) struct Reach {
    /// Since when it has not answered, and when that was seen last.
    away: Mutex<Option<Away>>,
    pause: Duration,
}

struct Away {
    seen: Instant,
    cause: String,
}

impl Reach {
    /// It answers. After a call in vain others need not be tried for `pause`.
    pub(super) fn new(pause: Duration) -> Self {
        Self {
            away: Mutex::default(),
            pause,
        }
    }

    /// A call was answered.
    pub(super) fn answered(&self) {
        if self.lock().take().is_some() {
            observe::queue_back();
        }
    }

    /// A call was not.
    pub(super) fn failed(&self, error: &Unavailable) {
        let now = Away {
            seen: Instant::now(),
            cause: error.0.clone(),
        };
        if self.lock().replace(now).is_none() {
            observe::queue_away(error);
        }
    }

    /// Whether another call now would most likely be in vain.
    pub(super) fn just_failed(&self) -> bool {
        let away = self.lock();
        away.as_ref()
            .is_some_and(|away| away.seen.elapsed() < self.pause)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Away>> {
        // No code panics while it holds the lock.
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Workers ask SQS all the time, so what came of it is how things are.
#[async_trait]
impl HealthCheck for Reach {
    fn name(&self) -> &'static str {
        "queue"
    }

    async fn check(&self) -> Result<(), Unhealthy> {
        match self.lock().as_ref() {
            None => Ok(()),
            Some(away) => Err(Unhealthy {
                cause: Some(away.cause.clone()),
                ..Unhealthy::new("the queue does not answer")
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_queue_is_well_until_a_call_is_in_vain_and_again_after_the_next_that_is_not() {
        let reach = Reach::new(PAUSE);
        assert_eq!(reach.check().await, Ok(()));
        reach.failed(&Unavailable("nobody there".into()));
        let unhealthy = reach.check().await.expect_err("it is away");
        assert_eq!(unhealthy.reason, "the queue does not answer");
        assert_eq!(unhealthy.cause.as_deref(), Some("nobody there"));
        reach.answered();
        assert_eq!(reach.check().await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_call_in_vain_the_next_is_tried_after_a_pause() {
        let reach = Reach::new(PAUSE);
        assert!(!reach.just_failed());
        reach.failed(&Unavailable("nobody there".into()));
        assert!(reach.just_failed());
        tokio::time::advance(PAUSE).await;
        assert!(!reach.just_failed(), "it may be back");
        assert!(reach.check().await.is_err(), "which nobody knows yet");
    }
}
