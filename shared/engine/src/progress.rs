//! The only way to change a status: look the move up in the table, write it behind the fence, hand it to the watchers.

use std::{sync::Arc, time::Duration};

use futures::channel::mpsc;

use crate::{
    follow::Delivery,
    lifecycle::Change,
    observe,
    order::Order,
    ports::{ConnectionId, Held, Orders, SignedTransaction, Transition, Unavailable, WriteError},
    update::{Update, payload},
};

/// A held order on its way. Every method that writes is fenced by the epoch of the claim.
pub struct Progress {
    orders: Arc<dyn Orders>,
    held: Held,
    lease: Duration,
    out: mpsc::UnboundedSender<Delivery>,
}

impl Progress {
    /// Begins with what a claim gave. Deliveries go to `out`, in order; nobody waits for them.
    pub fn new(
        orders: Arc<dyn Orders>,
        held: Held,
        lease: Duration,
        out: mpsc::UnboundedSender<Delivery>,
    ) -> Self {
        Self {
            orders,
            held,
            lease,
            out,
        }
    }

    /// The order as it stands now.
    pub fn order(&self) -> &Order {
        &self.held.order
    }

    /// The transaction that may still land.
    pub fn transaction(&self) -> Option<&SignedTransaction> {
        self.held.transaction.as_ref()
    }

    /// Writes a change and tells the watchers.
    ///
    /// # Errors
    /// [`WriteError::Fenced`] when the order is no longer ours, also for a move that the table does not have (it is
    /// logged as the defect that it is). [`WriteError::Unavailable`] when the outcome is unknown: stop here and let the
    /// lease end; whoever claims the order next reads the truth.
    pub async fn record(&mut self, change: Change) -> Result<(), WriteError> {
        let order = &self.held.order;
        let to = order.status.after(&change).map_err(|illegal| {
            observe::illegal_move(order, illegal);
            WriteError::Fenced
        })?;
        let payload = payload(&change, &order.swap, order.tx_hash.as_deref());
        let (hold, lease) = (self.held.hold(), self.lease);
        let transition = Transition {
            hold,
            to,
            change: &change,
            payload: &payload,
            lease,
        };
        let attempt = transition.attempt();
        let recorded = self.orders.advance(&transition).await?;
        let order = &mut self.held.order;
        order.status = to;
        order.last_seq = recorded.seq;
        order.updated_at = recorded.at;
        apply(&mut self.held, change);
        let order = &self.held.order;
        observe::moved(order, recorded.at);
        let update = Update {
            order_id: order.id,
            seq: recorded.seq,
            status: to,
            attempt,
            at: recorded.at,
            payload,
        };
        // The receiver lives as long as the execution; if it is gone, the log has the event all the same.
        let _ = self.out.unbounded_send(Delivery {
            update,
            watchers: recorded.watchers,
        });
        Ok(())
    }

    /// Prolongs the lease.
    ///
    /// # Errors
    /// As [`Progress::record`].
    pub async fn renew(&self) -> Result<(), WriteError> {
        self.orders.renew(&self.held.hold(), self.lease).await
    }

    /// Frees the order; its message is due again after `pause`.
    ///
    /// # Errors
    /// As [`Progress::record`].
    pub async fn release(self, pause: Duration) -> Result<(), WriteError> {
        self.orders.release(&self.held.hold(), pause).await
    }

    /// Tells every live watcher the whole log again, because a holder before us may have died between commit and push.
    ///
    /// # Errors
    /// [`Unavailable`] when the log cannot be read.
    pub async fn repeat_log(&self, watchers: &[ConnectionId]) -> Result<(), Unavailable> {
        if watchers.is_empty() {
            return Ok(());
        }
        for update in self.orders.events(self.held.order.id, 0).await? {
            let _ = self.out.unbounded_send(Delivery {
                update,
                watchers: watchers.to_vec(),
            });
        }
        Ok(())
    }
}

/// Brings the held order to where the store has it now.
fn apply(held: &mut Held, change: Change) {
    let order = &mut held.order;
    match change {
        Change::Routing => {}
        Change::Building {
            dex, quoted_out, ..
        } => {
            order.chosen_dex = Some(dex);
            order.quoted_out = Some(quoted_out);
        }
        Change::Submitted { transaction } => {
            order.tx_hash = Some(transaction.signature.clone());
            held.transaction = Some(transaction);
        }
        Change::Confirmed { amount_out } => {
            order.amount_out = Some(amount_out);
            held.transaction = None;
        }
        Change::Retrying { .. } => {
            order.attempt += 1;
            order.chosen_dex = None;
            order.quoted_out = None;
            order.tx_hash = None;
            held.transaction = None;
        }
        Change::Failed { failure, .. } => {
            order.failure = Some(failure);
            held.transaction = None;
        }
    }
}
