//! What is deleted of the order book.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::order::OrderId;

/// The orders that ended, for whoever deletes the old ones.
#[async_trait]
pub trait EndedOrders: Send + Sync {
    /// Looks at no more than `limit` orders, in the order in which they were accepted, from the
    /// one after `after` on, and deletes those that ended longer ago than `kept`, with their events
    /// and transactions.
    ///
    /// MUST leave alone what is open, and what has something left to be done: a transaction that
    /// may land, a marker on the chain, a message, a client that is being told. A name that a
    /// client gave an order MUST stay taken. MUST NOT wait for who holds an order, nor delete a
    /// part of one.
    async fn delete_ended(
        &self,
        kept: Duration,
        after: Option<(Timestamp, OrderId)>,
        limit: u32,
    ) -> Result<Deleted, StoreError>;
}

/// What one step came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// How many orders were deleted.
    pub orders: u64,
    /// The last one that was looked at; `None` when there are no others behind it that are old
    /// enough.
    pub last: Option<(Timestamp, OrderId)>,
}
