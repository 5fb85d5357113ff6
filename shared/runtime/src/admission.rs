//! What a queue on AWS takes: no order that would wait for too long, by its depth and by its age.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::NewOrder,
    ports::{Admission, Busy, Client, Place, Queue},
};
use postgres::Database;
use tokio::time::{Instant, timeout};

/// For how long a look holds. An environment takes an order after the other, and there are a few:
/// what comes meanwhile adds seconds, not minutes.
const FRESH: Duration = Duration::from_secs(2);
/// How long a look may take. Who cannot say how long orders wait does not keep them away.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long an order holds a worker's slot. It is less with the simulated venues; when it is more,
/// the age tells.
const USUAL: Duration = Duration::from_secs(1);

/// Admits orders as long as the queue's messages are taken up soon enough.
pub struct QueueLimit {
    queue: Arc<dyn Queue>,
    database: Database,
    slots: u32,
    max_wait: Duration,
    /// When it was looked last, and what was seen.
    seen: Mutex<Option<(Instant, Duration)>>,
}

impl QueueLimit {
    /// Workers hold up to `slots` messages at once; no order is to wait for longer than `max_wait`.
    pub fn new(queue: Arc<dyn Queue>, database: Database, slots: u32, max_wait: Duration) -> Self {
        Self {
            queue,
            database,
            slots,
            max_wait,
            seen: Mutex::new(None),
        }
    }

    /// How long an order that came now would wait.
    pub async fn wait(&self) -> Duration {
        if let Some((at, wait)) = *self.seen() {
            let passed = at.elapsed();
            if passed < FRESH {
                return wait;
            }
        }
        let wait = self.look().await;
        *self.seen() = Some((Instant::now(), wait));
        wait
    }

    /// The wait of a message that is sent now: that of those which are taken up now, or what those
    /// before it take. Without a backlog nothing waits, whatever single messages do.
    async fn look(&self) -> Duration {
        let waiting = async { self.queue.waiting().await.unwrap_or(0) };
        let waiting = timeout(PATIENCE, waiting).await.unwrap_or(0);
        if waiting == 0 {
            return Duration::ZERO;
        }
        let age = async { postgres::delay(&self.database).await.unwrap_or_default() };
        let age = timeout(PATIENCE, age).await.unwrap_or_default();
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        age.max(USUAL.saturating_mul(waiting) / self.slots.max(1))
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Duration)>> {
        // No code panics while it holds the lock.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Admission for QueueLimit {
    async fn admit(&self, _: &NewOrder, _: Option<&Client>) -> Result<Place, Busy> {
        let too_long = self.wait().await.saturating_sub(self.max_wait);
        if too_long > Duration::ZERO {
            return Err(Busy {
                retry_after: too_long,
            });
        }
        Ok(Box::new(()))
    }
}
