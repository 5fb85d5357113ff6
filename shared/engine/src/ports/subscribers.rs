//! Those who follow an order.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use super::StoreError;
use crate::order::OrderId;

/// A client's connection, by the gateway's name for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub Arc<str>);

/// Who follows what. A subscription is silent until its replay is complete, so nobody sees event 5
/// before event 2.
#[async_trait]
pub trait Subscriptions: Send + Sync {
    /// Stores a silent subscription (again silent when it exists). Answers `false`, and stores
    /// nothing, when there is no such order.
    async fn subscribe(
        &self,
        connection: &ConnectionId,
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
    async fn live(&self, order: OrderId) -> Result<Vec<ConnectionId>, StoreError>;

    /// Ends subscriptions to one order. Answers those connections that have no other subscription
    /// left.
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
    async fn undelivered(
        &self,
        grace: Duration,
    ) -> Result<Vec<(ConnectionId, OrderId)>, StoreError>;
}

/// The gateway's way to connections.
#[async_trait]
pub trait Push: Send + Sync {
    /// Sends one message.
    async fn push(&self, connection: &ConnectionId, text: Arc<str>) -> Result<(), PushError>;
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
