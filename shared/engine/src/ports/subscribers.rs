//! Those who follow an order.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::{account::AccountId, order::OrderId};

/// A client's connection, by the gateway's name for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub Arc<str>);

/// Who is to be told of an order's events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscribers {
    /// Connections that follow the order, and are live.
    pub of_order: Vec<ConnectionId>,
    /// Connections that follow every order of its account. One that also follows this one is not
    /// among them: it is silent until its replay has caught up, and of the order's subscribers
    /// then.
    pub of_all: Vec<ConnectionId>,
}

impl Subscribers {
    /// Whether nobody is to be told.
    pub fn is_empty(&self) -> bool {
        self.of_order.is_empty() && self.of_all.is_empty()
    }
}

/// Who follows what. A subscription is silent until its replay is complete, so nobody sees event 5
/// before event 2.
#[async_trait]
pub trait Subscriptions: Send + Sync {
    /// Stores a silent subscription (again silent when it exists). Answers `false`, and stores
    /// nothing, when the account has no such order.
    async fn subscribe(
        &self,
        connection: &ConnectionId,
        account: &AccountId,
        order: OrderId,
    ) -> Result<bool, StoreError>;

    /// Makes it live, if `sent` is still the order's last event. MUST be atomic against
    /// [`OrderWriter::append`](super::OrderWriter::append): every event after `sent` finds the
    /// subscription live.
    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        sent: u64,
    ) -> Result<bool, StoreError>;

    /// The live subscribers of an order.
    async fn live(&self, order: OrderId) -> Result<Subscribers, StoreError>;

    /// Stores a subscription to every order of the account. It has no replay, so it is live at
    /// once. Answers the time, by the clock that events have: whoever writes a later one finds the
    /// subscription.
    async fn subscribe_all(
        &self,
        connection: &ConnectionId,
        account: &AccountId,
    ) -> Result<Timestamp, StoreError>;

    /// Ends the subscription to every order.
    async fn unsubscribe_all(&self, connection: &ConnectionId) -> Result<(), StoreError>;

    /// Ends subscriptions to one order. Answers those connections that have no other subscription
    /// left, to an order or to all.
    async fn unsubscribe(
        &self,
        order: OrderId,
        connections: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, StoreError>;

    /// How many orders a connection follows.
    async fn watched(&self, connection: &ConnectionId) -> Result<u64, StoreError>;

    /// Forgets a connection.
    async fn forget(&self, connection: &ConnectionId) -> Result<(), StoreError>;

    /// Subscriptions of orders that have been closed for longer than `grace`: their last push
    /// failed.
    async fn undelivered(&self, grace: Duration) -> Result<Vec<Undelivered>, StoreError>;
}

/// A subscription that outlived its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// Whose push failed.
    pub connection: ConnectionId,
    /// Whose order it is.
    pub account: AccountId,
    /// The order.
    pub order: OrderId,
}

/// An event as clients are sent it.
#[derive(Clone, Debug)]
pub struct EventText {
    /// Whose.
    pub order: OrderId,
    /// Its number.
    pub seq: u64,
    /// When it was committed.
    pub at: Timestamp,
    /// Whether it is the order's last.
    pub is_final: bool,
    /// What is sent.
    pub text: Arc<str>,
}

/// The gateway's way to connections.
#[async_trait]
pub trait Push: Send + Sync {
    /// Sends one message.
    async fn push(&self, connection: &ConnectionId, text: Arc<str>) -> Result<(), PushError>;

    /// Sends an event. A gateway that knows what each connection was sent MUST keep an order's
    /// events in their order: two workers may push at once when a lease has moved.
    async fn push_event(
        &self,
        connection: &ConnectionId,
        event: &EventText,
    ) -> Result<(), PushError> {
        self.push(connection, Arc::clone(&event.text)).await
    }

    /// Notes that a client has an order's events up to `seq` and wants every later one, whatever it
    /// was sent before.
    fn restart(&self, _connection: &ConnectionId, _order: OrderId, _seq: u64) {}

    /// Notes that a client wants every event of every order of its account that is committed from
    /// then on.
    fn follow_all(&self, _connection: &ConnectionId, _since: Timestamp) {}

    /// Closes a connection (1000). A connection that is gone is fine.
    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError>;
}

/// Why a push did not reach its connection.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PushError {
    /// 410: the connection is closed, or not open yet.
    #[error("the connection is gone")]
    Gone,
    /// 429, 5xx or a time-out.
    #[error("{0}")]
    Failed(String),
}
