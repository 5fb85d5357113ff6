//! Stream: whoever follows an order, early or late, sees all of it, in order.
//!
//! Publish is "commit the event, then read the subscribers"; subscribe is "store the subscription,
//! then read the log". Each other order of these steps loses an event. A subscription stays silent
//! until its replay has caught up with the log, so that a live event never overtakes the history.

mod pushes;

use std::sync::Arc;

use futures::{
    StreamExt,
    channel::mpsc,
    future::{join, join_all},
};
use tracing::Instrument;

use crate::{
    account::AccountId,
    observe,
    order::{EventRecord, OrderId},
    policy::Policy,
    ports::{
        Clock, ConnectionId, Connections, EventText, OrderLog, Push, PushError, StoreError,
        Subscribers, Subscriptions, Undelivered,
    },
    trace,
};

use pushes::Message;

/// Writes an event as clients get it. The shape of the wire is made when an event is sent, and only
/// there.
pub type EventEncoder = fn(&EventRecord) -> String;

/// The use case behind the socket.
#[derive(Clone)]
pub struct OrderStream {
    /// The event log.
    pub log: Arc<dyn OrderLog>,
    /// Who is connected.
    pub connections: Arc<dyn Connections>,
    /// Who follows what.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// The way to the connections.
    pub push: Arc<dyn Push>,
    /// What they are sent.
    pub encode: EventEncoder,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The protocol's numbers.
    pub policy: Arc<Policy>,
}

/// An event and the connections that were live when it was committed.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The event.
    pub record: EventRecord,
    /// The connections.
    pub subscribers: Subscribers,
}

/// How a subscription went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscribed {
    /// Everything so far was sent; what comes will be pushed.
    Live,
    /// The order is final; everything was sent and the subscription is over.
    Complete,
    /// The connection is closed.
    Gone,
    /// The account has no such order.
    UnknownOrder,
}

/// Why a subscription could not be served now.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The gateway does not take the messages.
    #[error("pushing failed: {0}")]
    Push(#[from] PushError),
}

/// An event as clients are sent it.
pub fn event_text(encode: EventEncoder, record: &EventRecord) -> EventText {
    EventText {
        order: record.order_id,
        seq: record.seq,
        at: record.at,
        is_final: record.status.is_final(),
        text: encode(record).into(),
    }
}

impl OrderStream {
    /// Subscribes a connection to an order of its account and sends it the history after event
    /// `after`. `opening` says that the connection may still be being opened: "gone" is then not
    /// believed for a while.
    ///
    /// # Errors
    /// [`StreamError`] when the history could not be sent; subscribing again starts over.
    pub async fn subscribe(
        &self,
        connection: &ConnectionId,
        account: &AccountId,
        order: OrderId,
        after: u64,
        opening: bool,
    ) -> Result<Subscribed, StreamError> {
        if !self
            .subscriptions
            .subscribe(connection, account, order)
            .await?
        {
            return Ok(Subscribed::UnknownOrder);
        }
        let replay = self.replay(connection, order, after, opening);
        match replay.instrument(trace::replay(order)).await {
            Err(StreamError::Push(PushError::Gone)) => {
                self.subscriptions.forget(connection).await?;
                Ok(Subscribed::Gone)
            }
            other => other,
        }
    }

    /// Reads and sends until nothing new came in between, then goes live.
    async fn replay(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        after: u64,
        opening: bool,
    ) -> Result<Subscribed, StreamError> {
        let mut log = self.log.log(order, 0).await?;
        let mut sent = log.last().map_or(0, |last| {
            // A live push to a connection that is still opening would be answered "gone", and end
            // the subscription. So even a client that has seen everything is sent the last event
            // again before it goes live.
            after.min(if opening { last.seq - 1 } else { last.seq })
        });
        self.push.restart(connection, order, sent);
        loop {
            for record in log.iter().filter(|record| record.seq > sent) {
                let event = event_text(self.encode, record);
                self.push_patiently(connection, Message::Event(&event), opening)
                    .await?;
            }
            let Some(last) = log.last() else {
                return Ok(Subscribed::UnknownOrder);
            };
            sent = last.seq;
            if last.status.is_final() {
                self.finish(order, std::slice::from_ref(connection)).await?;
                return Ok(Subscribed::Complete);
            }
            if self
                .subscriptions
                .go_live(connection, order, last.seq)
                .await?
            {
                return Ok(Subscribed::Live);
            }
            log = self.log.log(order, 0).await?;
        }
    }

    /// Ends one subscription at the client's wish. The connection stays open.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part.
    pub async fn unsubscribe(
        &self,
        connection: &ConnectionId,
        order: OrderId,
    ) -> Result<(), StoreError> {
        self.subscriptions
            .unsubscribe(order, std::slice::from_ref(connection))
            .await
            .map(drop)
    }

    /// Subscribes a connection to every later event of every order of its account. There is no
    /// replay, and the connection stays open.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part.
    pub async fn subscribe_all(
        &self,
        connection: &ConnectionId,
        account: &AccountId,
    ) -> Result<(), StoreError> {
        let since = self
            .subscriptions
            .subscribe_all(connection, account)
            .await?;
        self.push.follow_all(connection, since);
        Ok(())
    }

    /// Ends that subscription. The connection stays open, and follows the orders that it named.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part.
    pub async fn unsubscribe_all(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        self.subscriptions.unsubscribe_all(connection).await
    }

    /// Forgets a connection that was closed.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part.
    pub async fn disconnect(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        self.connections.forget(connection).await?;
        self.subscriptions.forget(connection).await
    }

    /// Closes the connections whose key allows nothing any more. What they follow goes first: from
    /// then on nothing is told to them, and no close is held back for something to follow. Who it
    /// was is forgotten last, so that a close that failed is tried again.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part.
    pub async fn close_unwelcome(&self) -> Result<(), StoreError> {
        for connection in self.connections.unwelcome().await? {
            self.subscriptions.forget(&connection).await?;
            match self.push.close(&connection).await {
                Ok(()) | Err(PushError::Gone) => self.connections.forget(&connection).await?,
                Err(error) => observe::push_failed(&connection, &error),
            }
        }
        Ok(())
    }

    /// How many orders a connection follows.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub async fn watched(&self, connection: &ConnectionId) -> Result<u64, StoreError> {
        self.subscriptions.watched(connection).await
    }

    /// Sends one message that belongs to no order, for example an error.
    ///
    /// # Errors
    /// [`PushError`] when it did not arrive.
    pub async fn notify(
        &self,
        connection: &ConnectionId,
        text: &str,
        opening: bool,
    ) -> Result<(), PushError> {
        self.push_patiently(connection, Message::Other(&text.into()), opening)
            .await
    }

    /// Pushes deliveries, one after the other, until the sender is gone. Never fails: the log has
    /// what did not arrive.
    pub async fn deliver(&self, mut deliveries: mpsc::UnboundedReceiver<Delivery>) {
        while let Some(delivery) = deliveries.next().await {
            let Delivery {
                record,
                subscribers,
            } = delivery;
            if subscribers.is_empty() {
                continue;
            }
            let Subscribers { of_order, of_all } = subscribers;
            if record.seq == 2 {
                self.push_acceptance(record.order_id, &of_all).await;
            }
            let event = event_text(self.encode, &record);
            let pushes = join(
                self.push_each(of_order, &event),
                self.push_each(of_all, &event),
            );
            let (reached, _) = pushes.instrument(trace::push(&record)).await;
            if record.status.is_final()
                && let Err(error) = self.finish(record.order_id, &reached).await
            {
                observe::subscription_unkept(&error);
            }
        }
    }

    /// Nobody can follow an order by its name when it is accepted, so its first event is pushed to
    /// no one. Whoever follows all orders gets it before the second.
    async fn push_acceptance(&self, order: OrderId, of_all: &[ConnectionId]) {
        if of_all.is_empty() {
            return;
        }
        match self.log.log(order, 0).await.as_deref() {
            Ok([accepted, ..]) => {
                let event = event_text(self.encode, accepted);
                self.push_each(of_all.to_vec(), &event).await;
            }
            Ok([]) => {}
            Err(error) => observe::acceptance_unread(order, error),
        }
    }

    /// Completes subscriptions whose final event did not arrive: the whole story again, then the
    /// end.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part.
    pub async fn complete_undelivered(&self) -> Result<(), StoreError> {
        for undelivered in self.subscriptions.undelivered(self.policy.lease).await? {
            let Undelivered {
                connection,
                account,
                order,
            } = undelivered;
            match self.subscribe(&connection, &account, order, 0, false).await {
                Ok(_) => {}
                // One order that cannot be read must not keep the others waiting.
                Err(StreamError::Store(StoreError::Corrupt(corrupt))) => observe::corrupt(&corrupt),
                Err(StreamError::Store(error)) => return Err(error),
                Err(StreamError::Push(error)) => observe::push_failed(&connection, &error),
            }
        }
        Ok(())
    }

    /// The order is over for these connections; one that follows nothing else is closed.
    async fn finish(&self, order: OrderId, connections: &[ConnectionId]) -> Result<(), StoreError> {
        if connections.is_empty() {
            return Ok(());
        }
        let idle = self.subscriptions.unsubscribe(order, connections).await?;
        join_all(idle.iter().map(async |connection| {
            if let Err(error) = self.push.close(connection).await {
                observe::push_failed(connection, &error);
            }
        }))
        .await;
        Ok(())
    }
}
