//! The order book.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ConnectionId, ExecuteOrder, Unavailable, WriteError};
use crate::{
    lifecycle::{Change, Status},
    order::{NewOrder, Order, OrderId},
    transaction::SignedTransaction,
    update::Update,
};

/// The order book: orders, their event log, their transactions and their outbox. The truth; everything else is a message.
#[async_trait]
pub trait Orders: Send + Sync {
    /// Stores the order (pending), its first event and its outbox row: all or nothing. MUST store nothing and answer
    /// [`Inserted::Known`] when the idempotency key is taken, also when the same key arrives twenty times at once.
    async fn insert(&self, order: &NewOrder, lifetime: Duration) -> Result<Inserted, Unavailable>;

    /// Takes the lease on the message's order by compare-and-set and raises its epoch. MUST succeed for one caller at the
    /// most, only for a non-final order without a live lease, only when the message's attempt is the order's.
    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, Unavailable>;

    /// Writes a change: order row, event with the next `seq`, transaction, outbox, in one statement; MUST answer
    /// [`WriteError::Fenced`] and write nothing unless the hold's epoch and status still stand. The lease is renewed,
    /// except that a retry and a final status free it. MUST read the watchers after the change is committed.
    async fn advance(&self, transition: &Transition<'_>) -> Result<Recorded, WriteError>;

    /// Prolongs the lease. Fenced like [`Orders::advance`].
    async fn renew(&self, hold: &Hold<'_>, lease: Duration) -> Result<(), WriteError>;

    /// Frees the lease and makes the attempt's outbox row due after `pause`. Fenced like [`Orders::advance`].
    async fn release(&self, hold: &Hold<'_>, pause: Duration) -> Result<(), WriteError>;

    /// Answers whether the store can be reached.
    async fn ping(&self) -> Result<(), Unavailable>;

    /// One order; `None` when there is none of that id.
    async fn order(&self, id: OrderId) -> Result<Option<Order>, Unavailable>;

    /// A page of the history, newest first.
    async fn page(&self, query: &PageQuery) -> Result<Vec<Order>, Unavailable>;

    /// The order's events with `seq` > `after`, in order; empty when there are none (or no such order).
    async fn events(&self, id: OrderId, after: u64) -> Result<Vec<Update>, Unavailable>;
}

/// What became of an insert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// Stored.
    New,
    /// The idempotency key was used before: by this order, for a request with this hash.
    Known {
        /// The order of that key.
        id: OrderId,
        /// What was asked for then.
        request_hash: Vec<u8>,
    },
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claim {
    /// The order is ours until the lease ends.
    Held(Box<Held>),
    /// Another worker holds it; it, or the relay, will finish it.
    Busy,
    /// Nothing to do: the order is final, the message is of an attempt that is over, or there is no such order.
    Stale,
}

/// An order that this worker holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// The order, as stored.
    pub order: Order,
    /// The fence: raised by each claim.
    pub epoch: i64,
    /// The attempt's transaction that may still land; there is one exactly when the status is `submitted`.
    pub transaction: Option<SignedTransaction>,
    /// Whether the holder before us ended without a word, so that its last pushes may be missing.
    pub abandoned: bool,
}

impl Held {
    /// The proof, for a write.
    pub const fn hold(&self) -> Hold<'_> {
        Hold {
            order: &self.order,
            epoch: self.epoch,
        }
    }
}

/// The proof of holding an order, shown with each write: the store compares epoch and status with its own.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'a> {
    /// The order as the holder knows it.
    pub order: &'a Order,
    /// The epoch of the claim.
    pub epoch: i64,
}

/// A move of a held order.
#[derive(Clone, Copy, Debug)]
pub struct Transition<'a> {
    /// Who moves, and from where.
    pub hold: Hold<'a>,
    /// The status that the lifecycle's table gives.
    pub to: Status,
    /// What happened.
    pub change: &'a Change,
    /// What the log and the clients are told.
    pub payload: &'a serde_json::Value,
    /// For how long the order is held from now on, if it is still held after this.
    pub lease: Duration,
}

impl Transition<'_> {
    /// The attempt that the event belongs to: a retry's event opens the next one.
    pub fn attempt(&self) -> u32 {
        let next = matches!(self.change, Change::Retrying { .. });
        self.hold.order.attempt + u32::from(next)
    }
}

/// A change that is committed.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The event's number.
    pub seq: u64,
    /// When it was committed, by the store's clock.
    pub at: Timestamp,
    /// The connections to tell, read after the commit.
    pub watchers: Vec<ConnectionId>,
}

/// Which part of the history to read.
#[derive(Clone, Debug)]
pub struct PageQuery {
    /// At most so many orders.
    pub limit: u16,
    /// Only orders older than this one: the last of the page before.
    pub before: Option<(Timestamp, OrderId)>,
    /// Only orders in this status.
    pub status: Option<Status>,
}
