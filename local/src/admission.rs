//! What one machine takes: no order that would wait for too long.

use std::{sync::Arc, time::Duration};

use engine::{
    order::OrderId,
    ports::{Admission, Busy, Client, Place},
};

use crate::queue::LocalQueue;

/// Admits an order if its turn in the queue comes soon enough.
pub(crate) struct BacklogLimit {
    pub(crate) queue: Arc<LocalQueue>,
    /// How long an order may be expected to wait for its turn.
    pub(crate) max_wait: Duration,
}

/// Holds a place in the queue.
struct Held {
    queue: Arc<LocalQueue>,
    id: OrderId,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.queue.give_back(self.id);
    }
}

impl Admission for BacklogLimit {
    fn admit(&self, id: OrderId, client: Option<&Client>) -> Result<Place, Busy> {
        let wait = self.queue.reserve(id, client, self.max_wait);
        if wait > self.max_wait {
            // The wait shrinks by a second each second.
            let retry_after = wait - self.max_wait;
            return Err(Busy { retry_after });
        }
        let queue = Arc::clone(&self.queue);
        Ok(Box::new(Held { queue, id }))
    }
}
