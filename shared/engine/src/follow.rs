//! Follow: whoever watches an order, early or late, sees all of it, in order.
//!
//! Publish is "commit the event, then read the watchers"; subscribe is "store the subscription, then read the log". Each
//! other order of these steps loses an event. A subscription stays silent until its replay has caught up with the log, so
//! that a live event never overtakes the history.

use std::sync::Arc;

use futures::{
    StreamExt,
    channel::mpsc,
    future::{Either, join_all, select},
};

use crate::{
    observe,
    order::OrderId,
    policy::Policy,
    ports::{Clock, ConnectionId, Orders, Push, PushError, Subscriptions, Unavailable},
    update::Update,
};

/// The use case behind the socket.
#[derive(Clone)]
pub struct Follow {
    /// The event log.
    pub orders: Arc<dyn Orders>,
    /// Who watches what.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// The way to the connections.
    pub push: Arc<dyn Push>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The protocol's numbers.
    pub policy: Arc<Policy>,
}

/// An event and the connections that were live when it was committed.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The event.
    pub update: Update,
    /// The connections.
    pub watchers: Vec<ConnectionId>,
}

/// How a subscription went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
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
pub enum FollowError {
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The gateway does not take the messages.
    #[error("pushing failed: {0}")]
    Push(#[from] PushError),
}

/// Pauses between tries of one push.
const PUSH_RETRY: std::time::Duration = std::time::Duration::from_millis(100);

impl Follow {
    /// Subscribes a connection to an order and sends it the history after event `after`. `opening` says that the
    /// connection may still be being opened: "gone" is then not believed for a while.
    ///
    /// # Errors
    /// [`FollowError`] when the history could not be sent; subscribing again starts over.
    pub async fn subscribe(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        after: u64,
        opening: bool,
    ) -> Result<Followed, FollowError> {
        if !self.subscriptions.add(connection, order).await? {
            return Ok(Followed::UnknownOrder);
        }
        match self.replay(connection, order, after, opening).await {
            Err(FollowError::Push(PushError::Gone)) => {
                self.subscriptions.forget(connection).await?;
                Ok(Followed::Gone)
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
    ) -> Result<Followed, FollowError> {
        let mut sent = after;
        let mut proven_open = !opening;
        loop {
            let log = self.orders.events(order, 0).await?;
            // A live push to a connection that is still opening would be answered "gone", and end the subscription. So
            // even a client that has seen everything is sent the last event again before it goes live.
            if let (false, Some(last)) = (proven_open, log.last()) {
                sent = sent.min(last.seq - 1);
                proven_open = true;
            }
            for update in &log {
                if update.seq <= sent {
                    continue;
                }
                self.push_patiently(connection, &update.to_text().into(), opening)
                    .await?;
                sent = update.seq;
            }
            let Some(last) = log.last() else {
                return Ok(Followed::UnknownOrder);
            };
            if last.status.is_final() {
                self.finish(order, std::slice::from_ref(connection)).await?;
                return Ok(Followed::Complete);
            }
            if self
                .subscriptions
                .go_live(connection, order, last.seq)
                .await?
            {
                return Ok(Followed::Live);
            }
        }
    }

    /// Ends one subscription at the client's wish. The connection stays open.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn unsubscribe(
        &self,
        connection: &ConnectionId,
        order: OrderId,
    ) -> Result<(), Unavailable> {
        self.subscriptions
            .end(order, std::slice::from_ref(connection))
            .await
            .map(drop)
    }

    /// Forgets a connection that was closed.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn disconnect(&self, connection: &ConnectionId) -> Result<(), Unavailable> {
        self.subscriptions.forget(connection).await
    }

    /// Sends one message that belongs to no order, for example an error.
    ///
    /// # Errors
    /// [`PushError`] when it did not arrive.
    pub async fn tell(
        &self,
        connection: &ConnectionId,
        text: &str,
        opening: bool,
    ) -> Result<(), PushError> {
        self.push_patiently(connection, &text.into(), opening).await
    }

    /// Pushes deliveries, one after the other, until the sender is gone. Never fails: the log has what did not arrive.
    pub async fn deliver(&self, mut deliveries: mpsc::UnboundedReceiver<Delivery>) {
        while let Some(Delivery { update, watchers }) = deliveries.next().await {
            if watchers.is_empty() {
                continue;
            }
            let text: Arc<str> = update.to_text().into();
            let reached = join_all(
                watchers
                    .into_iter()
                    .map(|watcher| self.push_live(watcher, &text)),
            )
            .await;
            if update.status.is_final() {
                let reached: Vec<ConnectionId> = reached.into_iter().flatten().collect();
                if let Err(problem) = self.finish(update.order_id, &reached).await {
                    observe::subscription_unkept(&problem);
                }
            }
        }
    }

    /// Completes subscriptions whose final event did not arrive: the whole story again, then the end.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn complete_left_over(&self) -> Result<(), Unavailable> {
        for (connection, order) in self.subscriptions.left_over(self.policy.lease).await? {
            match self.subscribe(&connection, order, 0, false).await {
                Ok(_) => {}
                Err(FollowError::Unavailable(problem)) => return Err(problem),
                Err(FollowError::Push(problem)) => observe::push_failed(&connection, &problem),
            }
        }
        Ok(())
    }

    /// Two tries; a connection that is gone is forgotten. Answers the connection when it was reached.
    async fn push_live(&self, connection: ConnectionId, text: &Arc<str>) -> Option<ConnectionId> {
        match self.push_patiently(&connection, text, false).await {
            Ok(()) => Some(connection),
            Err(problem) => {
                observe::push_failed(&connection, &problem);
                if matches!(problem, PushError::Gone)
                    && let Err(problem) = self.subscriptions.forget(&connection).await
                {
                    observe::subscription_unkept(&problem);
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
            let problem = match self.push_once(connection, text).await {
                Ok(()) => return Ok(()),
                Err(problem) => problem,
            };
            tries += 1;
            let again = match problem {
                PushError::Gone => {
                    let waited = self.clock.now().duration_since(begin).unsigned_abs();
                    opening && waited < self.policy.connect_grace
                }
                PushError::Failed(_) => tries < 2,
            };
            if !again {
                return Err(problem);
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

    /// The order is over for these connections; one that watches nothing else is closed.
    async fn finish(
        &self,
        order: OrderId,
        connections: &[ConnectionId],
    ) -> Result<(), Unavailable> {
        if connections.is_empty() {
            return Ok(());
        }
        let idle = self.subscriptions.end(order, connections).await?;
        join_all(idle.iter().map(async |connection| {
            if let Err(problem) = self.push.close(connection).await {
                observe::push_failed(connection, &problem);
            }
        }))
        .await;
        Ok(())
    }
}
