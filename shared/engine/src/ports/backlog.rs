//! What the order book has left to do.

use std::time::Duration;

use async_trait::async_trait;

use super::{ExecuteOrder, Unavailable};

/// The relay's view of the order book: what should have been sent, taken up or ended.
#[async_trait]
pub trait Backlog: Send + Sync {
    /// Messages that are due for longer than `grace`, were not sent by a relay, and whose order nobody holds. MUST NOT give
    /// one row to two callers within `grace`; giving it twice later is harmless.
    async fn due(&self, grace: Duration, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable>;

    /// Unsent messages of orders that nobody holds and that become due later, the next ones first, with the time that is
    /// left. Only tells; their rows stay as they are.
    async fn delayed(&self, limit: u32) -> Result<Vec<(ExecuteOrder, Duration)>, Unavailable>;

    /// Notes that the queue accepted these messages.
    async fn mark_sent(&self, messages: &[ExecuteOrder]) -> Result<(), Unavailable>;

    /// Makes the outbox row of every non-final order due again whose lease has ended without a word, or whose message was
    /// sent longer than `grace` ago and never claimed. Each order at a doubling interval, so that a poisonous one does
    /// not fill the queue. Answers how many.
    async fn revive(&self, grace: Duration) -> Result<u64, Unavailable>;

    /// Non-final orders past their deadline that nobody holds.
    async fn overdue(&self, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable>;

    /// Deletes what has served: expired subscriptions, and idempotency keys older than a day.
    async fn purge(&self) -> Result<(), Unavailable>;

    /// Figures for the operator.
    async fn vitals(&self) -> Result<Vitals, Unavailable>;
}

/// What an operator watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vitals {
    /// Due outbox rows that were not sent.
    pub outbox_unsent: u64,
    /// The age of the oldest of them, in seconds.
    pub outbox_oldest_seconds: u64,
    /// Non-final orders past their deadline.
    pub orders_stuck: u64,
}
