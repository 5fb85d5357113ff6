//! The only way to move an order: look the event up in the table, write it behind the lease, hand
//! it to the subscribers.

use std::{sync::Arc, time::Duration};

use futures::channel::mpsc;

use super::ExecuteError;
use crate::{
    observe,
    order::{EventRecord, LogEntry, Order, OrderEvent, SignedTransaction, Unmet},
    ports::{
        Authority, LeasedOrder, Next, OrderLog, OrderWriter, StoreError, Subscribers, Transition,
        Wake,
    },
    stream::Delivery,
};

/// A leased order on its way. Every method that writes is fenced by the claim's token.
pub(super) struct ClaimedOrder {
    writer: Arc<dyn OrderWriter>,
    leased: LeasedOrder,
    lease_duration: Duration,
    deliveries: mpsc::UnboundedSender<Delivery>,
}

impl ClaimedOrder {
    /// Begins with what a claim gave. Deliveries go out in order; nobody waits for them.
    pub(super) fn new(
        writer: Arc<dyn OrderWriter>,
        leased: LeasedOrder,
        lease_duration: Duration,
        deliveries: mpsc::UnboundedSender<Delivery>,
    ) -> Self {
        Self {
            writer,
            leased,
            lease_duration,
            deliveries,
        }
    }

    /// The order as it stands now.
    pub(super) fn order(&self) -> &Order {
        &self.leased.order
    }

    /// The transaction that may still land.
    pub(super) fn transaction(&self) -> Option<&SignedTransaction> {
        self.leased.transaction.as_ref()
    }

    /// Writes an event after which this worker goes on, or which closes the order.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the order is no longer ours; [`StoreError::Unknown`] when the
    /// outcome is unknown: stop here and let the lease end, whoever claims the order next reads
    /// the truth. [`ExecuteError::Defect`] for a move that the table does not have.
    pub(super) async fn record(&mut self, event: OrderEvent) -> Result<(), ExecuteError> {
        self.write([event], None, Next::Hold(self.lease_duration))
            .await
    }

    /// Stores a signed transaction with the event that says so.
    ///
    /// # Errors
    /// As [`ClaimedOrder::record`].
    pub(super) async fn submit(
        &mut self,
        transaction: SignedTransaction,
    ) -> Result<(), ExecuteError> {
        let events = [OrderEvent::submitted(&transaction)];
        self.write(events, Some(transaction), Next::Hold(self.lease_duration))
            .await
    }

    /// Writes where the order goes, and stores what was signed for that, in one.
    ///
    /// # Errors
    /// As [`ClaimedOrder::record`].
    pub(super) async fn choose_and_submit(
        &mut self,
        chosen: OrderEvent,
        transaction: SignedTransaction,
    ) -> Result<(), ExecuteError> {
        let events = [chosen, OrderEvent::submitted(&transaction)];
        self.write(events, Some(transaction), Next::Hold(self.lease_duration))
            .await
    }

    /// Writes an event that ends the attempt; the next one begins after `pause`, wherever.
    ///
    /// # Errors
    /// As [`ClaimedOrder::record`].
    pub(super) async fn retry(
        &mut self,
        event: OrderEvent,
        pause: Duration,
    ) -> Result<(), ExecuteError> {
        self.write([event], None, Next::Retry(pause)).await
    }

    /// Writes that its condition is not met, so that it waits.
    ///
    /// # Errors
    /// As [`ClaimedOrder::record`].
    pub(super) async fn wait(&mut self, event: OrderEvent, wake: Wake) -> Result<(), ExecuteError> {
        self.write([event], None, Next::Wait(wake)).await
    }

    /// Lets it wait again, which is no event.
    ///
    /// # Errors
    /// As [`OrderWriter::wait_again`].
    pub(super) async fn wait_again(&self, unmet: &Unmet, wake: Wake) -> Result<(), StoreError> {
        self.writer
            .wait_again(&self.leased.lease(), unmet, &wake)
            .await
    }

    async fn write<const N: usize>(
        &mut self,
        events: [OrderEvent; N],
        transaction: Option<SignedTransaction>,
        next: Next,
    ) -> Result<(), ExecuteError> {
        let mut after = self.leased.order.clone();
        let mut entries = Vec::with_capacity(N);
        for event in events {
            let entry = after.entry(event);
            entries
                .push(entry.inspect_err(|invalid| observe::invalid_transition(&after, *invalid))?);
        }
        let transition = Transition {
            actor: None,
            by: Authority::Lease(self.leased.lease()),
            entries: &entries,
            order: &after,
            transaction: transaction.as_ref(),
            next: if after.is_open() { next } else { Next::Close },
        };
        let appended = self.writer.append(&transition).await?;
        after.updated_at = appended.at;
        self.leased.order = after;
        self.leased.transaction = transaction;
        let order = &self.leased.order;
        let first = appended.seq + 1 - N as u64;
        for (seq, entry) in (first..).zip(entries) {
            let record = entry.recorded(order.id, seq, appended.at);
            observe::moved(order, &record);
            self.deliver(record, appended.subscribers.clone());
        }
        Ok(())
    }

    /// Prolongs the lease.
    ///
    /// # Errors
    /// As [`OrderWriter::renew`].
    pub(super) async fn renew(&self) -> Result<(), StoreError> {
        self.writer
            .renew(&self.leased.lease(), self.lease_duration)
            .await
    }

    /// Frees the order; its message is due again after `pause`.
    ///
    /// # Errors
    /// As [`OrderWriter::release`].
    pub(super) async fn release(self, pause: Duration) -> Result<(), StoreError> {
        self.writer.release(&self.leased.lease(), pause).await
    }

    /// Tells the subscribers what the claim has written.
    pub(super) fn tell_beginning(&mut self) {
        let Some(begun) = self.leased.begun.take() else {
            return;
        };
        let order = &self.leased.order;
        let entry = LogEntry {
            event: Order::BEGINNING,
            status: order.status,
            attempt: order.attempt,
        };
        let record = entry.recorded(order.id, begun.seq, begun.at);
        observe::moved(order, &record);
        self.deliver(record, begun.subscribers);
    }

    /// Tells every live subscriber the whole log again, because a holder before us may have died
    /// between commit and push.
    ///
    /// # Errors
    /// As [`OrderLog::log`].
    pub(super) async fn repeat_log(
        &self,
        log: &dyn OrderLog,
        subscribers: &Subscribers,
    ) -> Result<(), StoreError> {
        if subscribers.is_empty() {
            return Ok(());
        }
        for record in log.log(self.leased.order.id, 0).await? {
            self.deliver(record, subscribers.clone());
        }
        Ok(())
    }

    /// The receiver lives as long as the execution; if it is gone, the log has the event all the
    /// same.
    fn deliver(&self, record: EventRecord, subscribers: Subscribers) {
        let _ = self.deliveries.unbounded_send(Delivery {
            record,
            subscribers,
        });
    }
}
