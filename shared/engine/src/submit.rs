//! Submit: store the order, then tell the queue. Accepted means durable, whatever the queue says.

use std::sync::Arc;

use futures::future::{Either, select};
use tracing::Instrument;

use crate::{
    account::LimitReached,
    observe,
    order::{NewOrder, OrderId},
    policy::Policy,
    ports::{
        Admission, Busy, Client, Clock, Envelope, ExecuteOrder, Inserted, OrderWriter, Queue,
        StoreError,
    },
    trace,
};

/// The use case behind `POST /api/orders/execute`.
#[derive(Clone)]
pub struct Submit {
    /// Whether one more order can be executed in time.
    pub admission: Arc<dyn Admission>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// Stored: the order will reach exactly one final status.
    Accepted(OrderId),
    /// The same key came with the same request before; this is that order.
    Replayed(OrderId),
    /// The key was used for another request.
    KeyReused,
    /// Another order has the client's name for it: this one.
    NameTaken(OrderId),
    /// Not stored: it would have to wait for too long.
    Busy(Busy),
    /// Not stored: it goes beyond a limit.
    Limited(LimitReached),
}

impl Submit {
    /// Accepts an order of a client. Whether it can be executed in time is decided before it is
    /// stored; a repeat of one that is stored gets its answer in any case.
    ///
    /// # Errors
    /// [`StoreError`] when the order book did not take it; [`StoreError::Unknown`] when it may
    /// have.
    pub async fn submit(
        &self,
        order: &NewOrder,
        client: Option<&Client>,
    ) -> Result<Submitted, StoreError> {
        let span = trace::submit(order.id);
        let submitted = self.take(order, client).instrument(span.clone()).await;
        trace::submitted(&span, &submitted);
        submitted
    }

    async fn take(
        &self,
        order: &NewOrder,
        client: Option<&Client>,
    ) -> Result<Submitted, StoreError> {
        let _place = match self.admission.admit(order, client).await {
            Ok(place) => place,
            Err(busy) => return self.refuse(order, busy).await,
        };
        let lifetime = order.kind.lifetime(&self.policy);
        let stored = self.writer.insert(order, lifetime);
        match stored.instrument(trace::store()).await? {
            Inserted::New => {
                observe::accepted(order.id);
                self.announce(order).instrument(trace::announce()).await;
                Ok(Submitted::Accepted(order.id))
            }
            known => Ok(answered(order, &known)),
        }
    }

    /// What an order that is not to be accepted any more is answered with, because its key or its
    /// name is known; `None` when neither is. Stores nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the order book does not answer.
    pub async fn known(&self, order: &NewOrder) -> Result<Option<Submitted>, StoreError> {
        if order.idempotency.is_none() && order.client_order_id.is_none() {
            return Ok(None);
        }
        let known = self.writer.known(order).await?;
        Ok(known.map(|known| answered(order, &known)))
    }

    async fn refuse(&self, order: &NewOrder, busy: Busy) -> Result<Submitted, StoreError> {
        if let Some(known) = self.known(order).await? {
            return Ok(known);
        }
        observe::refused_busy();
        Ok(Submitted::Busy(busy))
    }

    /// The outbox row is the guarantee, this send only the fast path: its failure is noted and
    /// forgotten.
    async fn announce(&self, order: &NewOrder) {
        let id = order.id;
        let first = ExecuteOrder { id, attempt: 1 };
        let batch = [Envelope::new(first, order.by.account.clone())];
        let deadline = self.clock.sleep(self.policy.queue_deadline);
        match select(self.queue.send(&batch), deadline).await {
            Either::Left((Ok(accepted), _)) if accepted.iter().all(|&yes| yes) => {}
            Either::Left((Ok(_), _)) => observe::queue_refused(id, "refused"),
            Either::Left((Err(error), _)) => observe::queue_refused(id, &error.0),
            Either::Right(_) => observe::queue_refused(id, "no answer in time"),
        }
    }
}

/// What is told of an order that was there already.
fn answered(order: &NewOrder, known: &Inserted) -> Submitted {
    match known {
        Inserted::New => Submitted::Accepted(order.id),
        Inserted::NameTaken(id) => Submitted::NameTaken(*id),
        Inserted::Limited(reached) => {
            observe::refused_limit(reached.limit);
            Submitted::Limited(reached.clone())
        }
        Inserted::Known { id, request_hash } => {
            let key = order.idempotency.as_ref();
            if key.is_some_and(|key| key.request_hash[..] == **request_hash) {
                observe::replayed(*id);
                Submitted::Replayed(*id)
            } else {
                Submitted::KeyReused
            }
        }
    }
}
