//! Cancel: exact, not best effort. What is answered as cancelled has not been executed and will not
//! be; what has a signed transaction on its way is cancelled if that does not land.

use std::{sync::Arc, time::Duration};

use futures::channel::mpsc;

use crate::{
    account::Actor,
    observe,
    order::{Canceller, InvalidTransition, Order, OrderEvent, OrderId, Status},
    ports::{
        Authority, Chain, Envelope, Next, OrderReader, OrderWriter, Queue, StoreError, Transition,
    },
    stream::{Delivery, OrderStream},
};

/// The use case behind `DELETE /api/orders/{id}`.
#[derive(Clone)]
pub struct Cancel {
    /// The order book, for reading.
    pub reader: Arc<dyn OrderReader>,
    /// The order book, for writing.
    pub writer: Arc<dyn OrderWriter>,
    /// Who tells whether an order that had a transaction has landed.
    pub chain: Arc<dyn Chain>,
    /// Where a transaction that is to be settled now is announced.
    pub queue: Arc<dyn Queue>,
    /// Notifies the subscribers.
    pub stream: OrderStream,
}

/// What became of the wish.
#[derive(Clone, Debug)]
pub enum Cancelled {
    /// It is cancelled: no swap happened and none will.
    Now(Box<Order>),
    /// A signed transaction may still land, or an earlier one may have; if none does, the order is
    /// cancelled.
    Requested(Box<Order>),
    /// It ended in another way.
    TooLate(Status),
    /// The account has no such order.
    Unknown,
}

/// Why it is not known what became of the wish.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CancelError {
    /// The order book did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The program asked for a move that the table does not have.
    #[error("defect: {0}")]
    Defect(#[from] InvalidTransition),
}

/// How often an order that moves meanwhile is read again. It moves a few times in its life, and a
/// cancel of it once.
const TRIES: u32 = 20;

impl Cancel {
    /// Cancels an order of the actor's account, however far it is. Twice is the same as once.
    ///
    /// # Errors
    /// [`CancelError`]; asking again, or reading the order, tells.
    pub async fn cancel(&self, actor: &Actor, id: OrderId) -> Result<Cancelled, CancelError> {
        for _ in 0..TRIES {
            let Some(order) = self.reader.order(&actor.account, id).await? else {
                return Ok(Cancelled::Unknown);
            };
            match order.status {
                Status::Cancelled => return Ok(Cancelled::Now(Box::new(order))),
                Status::Confirmed | Status::Failed | Status::Expired => {
                    return Ok(Cancelled::TooLate(order.status));
                }
                Status::Waiting | Status::Routing | Status::Building | Status::Submitted
                    if order.cancel_requested =>
                {
                    return Ok(Cancelled::Requested(Box::new(order)));
                }
                Status::Pending | Status::Waiting | Status::Routing | Status::Building
                    if self.had_no_swap(&order).await =>
                {
                    let (by, settled) = (Canceller::Client, None);
                    let event = OrderEvent::Cancelled { by, settled };
                    if let Some(order) = self.write(actor, order, event, Next::Close).await? {
                        return Ok(Cancelled::Now(Box::new(order)));
                    }
                }
                Status::Pending
                | Status::Waiting
                | Status::Routing
                | Status::Building
                | Status::Submitted => {
                    let by = Canceller::Client;
                    let event = OrderEvent::CancelRequested { by };
                    // The worker that looks after the order is fenced off, so another one has to
                    // go on with it.
                    let next = Next::Retry(Duration::ZERO);
                    if let Some(order) = self.write(actor, order, event, next).await? {
                        self.announce(&order).await;
                        return Ok(Cancelled::Requested(Box::new(order)));
                    }
                }
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Whether it is certain of an order without a transaction on its way that none before has
    /// landed. In its first attempt it had none.
    async fn had_no_swap(&self, order: &Order) -> bool {
        order.attempt == 1 || matches!(self.chain.landed(order.id).await, Ok(None))
    }

    /// `None` when the order has moved since it was read.
    async fn write(
        &self,
        actor: &Actor,
        order: Order,
        event: OrderEvent,
        next: Next,
    ) -> Result<Option<Order>, CancelError> {
        let by = Authority::Seen {
            order: order.id,
            status: order.status,
            seq: order.last_seq,
        };
        let mut after = order;
        let entry = after
            .entry(event)
            .inspect_err(|invalid| observe::invalid_transition(&after, *invalid))?;
        let entries = [entry];
        let transition = Transition {
            by,
            actor: Some(actor),
            entries: &entries,
            order: &after,
            transaction: None,
            next,
        };
        let appended = match self.writer.append(&transition).await {
            Err(StoreError::Conflict) => return Ok(None),
            appended => appended?,
        };
        after.updated_at = appended.at;
        let [entry] = entries;
        let record = entry.recorded(after.id, appended.seq, appended.at);
        observe::moved(&after, &record);
        let (out, deliveries) = mpsc::unbounded();
        let _ = out.unbounded_send(Delivery {
            record,
            subscribers: appended.subscribers,
        }); // the receiver is right here
        drop(out);
        self.stream.deliver(deliveries).await;
        Ok(Some(after))
    }

    /// The outbox row is due already; this is the fast path.
    async fn announce(&self, order: &Order) {
        let next = Envelope::of(order, Duration::ZERO);
        if let Err(error) = self.queue.send(&[next]).await {
            observe::queue_refused(order.id, &error.0);
        }
    }
}
