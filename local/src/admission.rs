//! What one machine takes: no order that would wait for too long.

use std::sync::Arc;

use async_trait::async_trait;
use engine::{
    order::{NewOrder, OrderId},
    ports::{Admission, Busy, Client, Place},
};

use crate::queue::LocalQueue;

/// Admits an order if its turn in the queue comes soon enough.
pub(crate) struct BacklogLimit(pub(crate) Arc<LocalQueue>);

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

#[async_trait]
impl Admission for BacklogLimit {
    async fn admit(&self, order: &NewOrder, client: Option<&Client>) -> Result<Place, Busy> {
        let id = order.id;
        let place = self.0.reserve(id, &order.by.account, client);
        place.map_err(|retry_after| Busy { retry_after })?;
        let queue = Arc::clone(&self.0);
        Ok(Box::new(Held { queue, id }))
    }
}
