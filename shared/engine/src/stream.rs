//! Stream: whoever follows an order, early or late, sees all of it, in order.
//!
//! Publish is "commit the event, then read the subscribers"; subscribe is "store the subscription,
//! then read the log". Each other order of these steps loses an event. A subscription stays silent
//! until its replay has caught up with the log, so that a live event never overtakes the history.

use std::sync::Arc;

use futures::{
    StreamExt,
    channel::mpsc,
    future::{Either, join_all, select},
};

use crate::{
    observe,
    order::{EventRecord, OrderId},
    policy::Policy,
    ports::{Clock, ConnectionId, OrderReader, Push, PushError, StoreError, Subscriptions},
};

/// Writes an event as clients get it. The shape of the wire is made when an event is sent, and only
/// there.
pub type EventEncoder = fn(&EventRecord) -> String;

/// The use case behind the socket.
#[derive(Clone)]
pub struct OrderStream {
    /// The event log.
    pub reader: Arc<dyn OrderReader>,
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
    pub subscribers: Vec<ConnectionId>,
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
    /// There is no such order.
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

/// Pauses between tries of one push.
const PUSH_RETRY: std::time::Duration = std::time::Duration::from_millis(100);

impl OrderStream {
    /// Subscribes a connection to an order and sends it the history after event `after`. `opening`
    /// says that the connection may still be being opened: "gone" is then not believed for a while.
    ///
    /// # Errors
    /// [`StreamError`] when the history could not be sent; subscribing again starts over.
    pub async fn subscribe(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        after: u64,
        opening: bool,
    ) -> Result<Subscribed, StreamError> {
        if !self.subscriptions.subscribe(connection, order).await? {
            return Ok(Subscribed::UnknownOrder);
        }
        match self.replay(connection, order, after, opening).await {
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
        let mut sent = after;
        let mut proven_open = !opening;
        loop {
            let log = self.reader.events(order, 0).await?;
            // A live push to a connection that is still opening would be answered "gone", and end
            // the subscription. So even a client that has seen everything is sent the last event
            // again before it goes live.
            if let (false, Some(last)) = (proven_open, log.last()) {
                sent = sent.min(last.seq - 1);
                proven_open = true;
            }
            for record in &log {
                if record.seq <= sent {
                    continue;
                }
                self.push_patiently(connection, &(self.encode)(record).into(), opening)
                    .await?;
                sent = record.seq;
            }
            let Some(last) = log.last() else {
                return Ok(Subscribed::UnknownOrder);
            };
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

    /// Forgets a connection that was closed.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part.
    pub async fn disconnect(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        self.subscriptions.forget(connection).await
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
        self.push_patiently(connection, &text.into(), opening).await
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
            let text: Arc<str> = (self.encode)(&record).into();
            let pushes = subscribers
                .into_iter()
                .map(|connection| self.push_live(connection, &text));
            let reached = join_all(pushes).await;
            if record.status.is_final() {
                let reached: Vec<ConnectionId> = reached.into_iter().flatten().collect();
                if let Err(error) = self.finish(record.order_id, &reached).await {
                    observe::subscription_unkept(&error);
                }
            }
        }
    }

    /// Completes subscriptions whose final event did not arrive: the whole story again, then the
    /// end.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part.
    pub async fn complete_undelivered(&self) -> Result<(), StoreError> {
        for (connection, order) in self.subscriptions.undelivered(self.policy.lease).await? {
            match self.subscribe(&connection, order, 0, false).await {
                Ok(_) => {}
                // One order that cannot be read must not keep the others waiting.
                Err(StreamError::Store(StoreError::Corrupt(corrupt))) => observe::corrupt(&corrupt),
                Err(StreamError::Store(error)) => return Err(error),
                Err(StreamError::Push(error)) => observe::push_failed(&connection, &error),
            }
        }
        Ok(())
    }

    /// Two tries; a connection that is gone is forgotten. Answers the connection when it was
    /// reached.
    async fn push_live(&self, connection: ConnectionId, text: &Arc<str>) -> Option<ConnectionId> {
        match self.push_patiently(&connection, text, false).await {
            Ok(()) => Some(connection),
            Err(error) => {
                observe::push_failed(&connection, &error);
                if matches!(error, PushError::Gone)
                    && let Err(error) = self.subscriptions.forget(&connection).await
                {
                    observe::subscription_unkept(&error);
                }
                None
            }
        }
    }

    async fn push_patiently(
        &self,
        connection: &ConnectionId,
        text: &Arc<str>,
        opening: bool,
    ) -> Result<(), PushError> {
        let begin = self.clock.now();
        let mut tries = 0;
        loop {
            let error = match self.push_once(connection, text).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            tries += 1;
            let again = match error {
                PushError::Gone => {
                    let waited = self.clock.now().duration_since(begin).unsigned_abs();
                    opening && waited < self.policy.connect_grace
                }
                PushError::Failed(_) => tries < 2,
            };
            if !again {
                return Err(error);
            }
            self.clock.sleep(PUSH_RETRY).await;
        }
    }

    async fn push_once(&self, connection: &ConnectionId, text: &Arc<str>) -> Result<(), PushError> {
        let push = self.push.push(connection, Arc::clone(text));
        match select(push, self.clock.sleep(self.policy.push_deadline)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(PushError::Failed("no answer in time".into())),
        }
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
