//! The queues.

use std::time::Duration;

use async_trait::async_trait;

use super::{ConnectionId, Unavailable};
use crate::{
    account::AccountId,
    order::{Order, OrderId},
};

/// The queue's message: only who and which attempt. The row is the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExecuteOrder {
    /// The order.
    pub id: OrderId,
    /// The attempt to begin, or to go on with.
    pub attempt: u32,
}

/// A message on its way into the queue, with what the queue has to know about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The message.
    pub message: ExecuteOrder,
    /// Whose order it is: those of one account are a group, and groups share the workers fairly.
    pub account: AccountId,
    /// For how long nobody is to see it.
    pub delay: Duration,
}

impl Envelope {
    /// To be seen at once.
    pub const fn new(message: ExecuteOrder, account: AccountId) -> Self {
        Self {
            message,
            account,
            delay: Duration::ZERO,
        }
    }

    /// What tells a worker to go on with the order, after a pause.
    pub fn of(order: &Order, delay: Duration) -> Self {
        Self {
            message: ExecuteOrder {
                id: order.id,
                attempt: order.attempt,
            },
            account: order.account.clone(),
            delay,
        }
    }
}

/// Delivers messages to workers: at least once, in any order. An account that has much in it
/// SHOULD NOT delay another's messages by more than its share.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends a batch, each message to be seen after its delay. Answers which were accepted, one
    /// flag per message. MUST answer `true` only for a message that will be delivered.
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable>;

    /// About how many messages wait to be received. A queue that knows again what it is sent twice
    /// MAY answer 0; any other MUST count what it has delivered to nobody.
    async fn waiting(&self) -> Result<u64, Unavailable>;
}

/// A socket that was just opened and asked for an order's story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayRequest {
    /// The connection.
    pub connection: ConnectionId,
    /// The order it named, unchecked: whatever is wrong with it is told over the socket once that
    /// is open.
    pub order: String,
    /// The last event that the client has seen, as it wrote it.
    pub after: Option<String>,
}

/// Takes requests made while a connection is opening, when nothing can be posted to it yet, and has
/// them answered later.
#[async_trait]
pub trait ReplayQueue: Send + Sync {
    /// MUST answer `Ok` only when the request will be handled.
    async fn send(&self, request: &ReplayRequest) -> Result<(), Unavailable>;
}
