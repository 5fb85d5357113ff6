//! Orders that wait for their condition.

use std::time::Duration;

use async_trait::async_trait;
use rust_decimal::Decimal;

use super::{Envelope, StoreError};

/// When an order that waits is to be looked at again, whatever comes first; its end of time wakes
/// it in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wake {
    /// When the best marginal price is at least this; `None` when no price wakes it.
    pub at_price: Option<Decimal>,
    /// After this time; `None` when time alone does not wake it.
    pub after: Option<Duration>,
    /// When a pool of the token that it buys is known which was created after this slot; `None`
    /// when no pool wakes it.
    pub pool_after: Option<u64>,
}

/// The monitor's view of the order book. Waking an order makes a message of it: in one statement
/// it is marked as woken and has an outbox row that is due. MUST NOT wake one that is woken, and
/// two callers at once MUST NOT wait for each other.
#[async_trait]
pub trait WaitingOrders: Send + Sync {
    /// Wakes orders that sell the one for the other and whose price is met: at most `limit`, the
    /// lowest price first, the oldest first of those.
    async fn wake_at(
        &self,
        token_in: &str,
        token_out: &str,
        price: Decimal,
        limit: u32,
    ) -> Result<Vec<Envelope>, StoreError>;

    /// Wakes orders that are to be looked at again by now, or whose time has ended: at most
    /// `limit` of each, those that are due longest first.
    async fn wake_due(&self, limit: u32) -> Result<Vec<Envelope>, StoreError>;

    /// Wakes orders that wait for a pool which is known by now: at most `limit`, the oldest first.
    /// MUST wake one in the end that began to wait while the pool became known.
    async fn wake_launched(&self, limit: u32) -> Result<Vec<Envelope>, StoreError>;
}
