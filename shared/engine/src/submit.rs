//! Submit: store the order, then tell the queue. Accepted means durable, whatever the queue says.

use std::{sync::Arc, time::Duration};

use futures::future::{Either, select};

use crate::{
    observe,
    order::{NewOrder, OrderId},
    policy::Policy,
    ports::{Clock, ExecuteOrder, Inserted, OrderWriter, Queue, StoreError},
};

/// The use case behind `POST /api/orders/execute`.
#[derive(Clone)]
pub struct Submit {
    /// The order book.
    pub writer: Arc<dyn OrderWriter>,
    /// The fast path to a worker.
    pub queue: Arc<dyn Queue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The protocol's numbers.
    pub policy: Arc<Policy>,
}

/// What became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// Stored: the order will reach exactly one final status.
    Accepted(OrderId),
    /// The same key came with the same request before; this is that order.
    Replayed(OrderId),
    /// The key was used for another request.
    KeyReused,
}

impl Submit {
    /// Accepts an order.
    ///
    /// # Errors
    /// [`StoreError`] when the order book did not take it; [`StoreError::Unknown`] when it may
    /// have.
    pub async fn submit(&self, order: &NewOrder) -> Result<Submitted, StoreError> {
        let lifetime = order.kind.lifetime(&self.policy);
        match self.writer.insert(order, lifetime).await? {
            Inserted::New => {
                observe::accepted(order.id);
                self.announce(order.id).await;
                Ok(Submitted::Accepted(order.id))
            }
            Inserted::Known { id, request_hash } => {
                let same = order
                    .idempotency
                    .as_ref()
                    .is_some_and(|key| key.request_hash[..] == request_hash);
                if same {
                    observe::replayed(id);
                }
                Ok(if same {
                    Submitted::Replayed(id)
                } else {
                    Submitted::KeyReused
                })
            }
        }
    }

    /// The outbox row is the guarantee, this send only the fast path: its failure is noted and
    /// forgotten.
    async fn announce(&self, id: OrderId) {
        let batch = [(ExecuteOrder { id, attempt: 1 }, Duration::ZERO)];
        let deadline = self.clock.sleep(self.policy.queue_deadline);
        match select(self.queue.send(&batch), deadline).await {
            Either::Left((Ok(accepted), _)) if accepted.iter().all(|&yes| yes) => {}
            Either::Left((Ok(_), _)) => observe::queue_refused(id, "refused"),
            Either::Left((Err(error), _)) => observe::queue_refused(id, &error.0),
            Either::Right(_) => observe::queue_refused(id, "no answer in time"),
        }
    }
}
