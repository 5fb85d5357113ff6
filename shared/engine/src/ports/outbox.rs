//! What the order book has left to do.

use std::time::Duration;

use async_trait::async_trait;

use super::{Envelope, ExecuteOrder, StoreError};
use crate::order::OrderId;

/// The relay's view of the order book: what should have been sent, taken up or ended. Every open
/// order has one row, its next message.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Messages that are due for longer than `grace`, were not sent by a relay, and whose order
    /// nobody holds. MUST NOT give one row to two callers within its time; giving it twice later is
    /// harmless.
    async fn due(&self, grace: Grace, limit: u32) -> Result<Vec<Envelope>, StoreError>;

    /// Unsent messages of orders that nobody holds and that become due later, the next ones first,
    /// delayed by the time that is left. Only tells; their rows stay as they are.
    async fn delayed(&self, limit: u32) -> Result<Vec<Envelope>, StoreError>;

    /// Notes that the queue accepted these messages.
    async fn mark_sent(&self, messages: &[ExecuteOrder]) -> Result<(), StoreError>;

    /// Makes the row of every open order due again whose lease has ended without a word, or whose
    /// message was sent longer than `grace` ago and never claimed. Each order at a doubling
    /// interval, so that a poisonous one does not fill the queue. Answers how many.
    async fn requeue_stuck(&self, grace: Grace) -> Result<u64, StoreError>;

    /// Open orders past their deadline that nobody holds, by their ids, from the one after `after`
    /// on.
    async fn overdue(
        &self,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<ExecuteOrder>, StoreError>;

    /// Deletes at most `limit` of each kind of what has served: expired subscriptions, idempotency
    /// keys of orders that have been closed for a day, and entries of the audit trail that are
    /// older than `audit_kept`. Answers whether more is left.
    async fn purge(&self, limit: u32, audit_kept: Duration) -> Result<bool, StoreError>;

    /// Figures for the operator.
    async fn stats(&self) -> Result<OutboxStats, StoreError>;
}

/// For how long a message may be on its way before it counts as lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grace {
    /// Nothing waits in the queue: for so long.
    Of(Duration),
    /// Messages wait there, and what is behind others is not lost. It is when others were taken up
    /// that came so much later.
    Overtaken(Duration),
}

impl Grace {
    /// The time, from whenever it counts.
    pub const fn time(self) -> Duration {
        match self {
            Self::Of(time) | Self::Overtaken(time) => time,
        }
    }
}

/// What an operator watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct OutboxStats {
    /// Due rows that were not sent.
    pub unsent: u64,
    /// The age of the oldest of them, in seconds.
    pub oldest_seconds: u64,
    /// Open orders past their deadline.
    pub stuck_orders: u64,
}
