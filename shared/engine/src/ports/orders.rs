//! The order book: orders, their event log, their transactions and their outbox. The truth;
//! everything else is a message. Readers and writers are apart: who only reads cannot move an
//! order, and who moves one shows its lease. Who reads for a client names the client's account.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Corrupt, ExecuteOrder, StoreError, Subscribers, Wake};
use crate::account::{AccountId, Actor, LimitReached};
use crate::order::{
    ClientOrderId, EventRecord, Lifetime, LogEntry, NewOrder, Order, OrderId, SignedTransaction,
    Status, Unmet,
};

/// Reads the order book for a client. Another account's order MUST be as one that there is not, in
/// everything that is answered.
#[async_trait]
pub trait OrderReader: Send + Sync {
    /// Answers whether the store can be reached.
    async fn ping(&self) -> Result<(), StoreError>;

    /// One order; `None` when the account has none of that id.
    async fn order(&self, account: &AccountId, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// A page of the account's history, newest first. A row that cannot be read MUST keep its
    /// place.
    async fn page(
        &self,
        account: &AccountId,
        query: &PageQuery,
    ) -> Result<Vec<Result<Order, Corrupt>>, StoreError>;

    /// The events of an order of the account with `seq` > `after`, in order; empty when there are
    /// none (or the account has no such order).
    async fn events(
        &self,
        account: &AccountId,
        id: OrderId,
        after: u64,
    ) -> Result<Vec<EventRecord>, StoreError>;
}

/// Reads what happened to an order, whosever it is: for what the engine does of itself, and for a
/// subscription that was let in.
#[async_trait]
pub trait OrderLog: Send + Sync {
    /// The order's events with `seq` > `after`, in order; empty when there are none (or no such
    /// order).
    async fn log(&self, id: OrderId, after: u64) -> Result<Vec<EventRecord>, StoreError>;
}

/// Writes the order book.
#[async_trait]
pub trait OrderWriter: Send + Sync {
    /// Stores the order (pending), its first event and its outbox row: all or nothing. MUST store
    /// nothing and answer [`Inserted::Known`] when the account has used the idempotency key, or
    /// [`Inserted::NameTaken`] when it has used the client's own name, also when the same one
    /// arrives twenty times at once. MUST store nothing and answer [`Inserted::Limited`] when the
    /// account, or the key that the order is placed with, would go beyond a limit, also when many
    /// arrive at once; a repeat goes beyond none. After any error but [`StoreError::Unknown`]
    /// nothing is stored and nothing MUST be later, whatever is still on its way to the store.
    async fn insert(&self, order: &NewOrder, lifetime: Lifetime) -> Result<Inserted, StoreError>;

    /// What [`OrderWriter::insert`] would answer if the order, or its idempotency key, is there
    /// already; `None` when it is not. Stores nothing.
    async fn known(&self, order: &NewOrder) -> Result<Option<Inserted>, StoreError>;

    /// Takes the lease on the message's order by compare-and-set and raises its fencing token. MUST
    /// succeed for one caller at the most, only for an open order without a live lease, only when
    /// the message's attempt is the order's. MUST, in the same statement, write
    /// [`Order::BEGINNING`] for an order that [begins at once](Order::begins_at_once) and is not
    /// past its deadline; and read its subscribers after that is committed.
    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, StoreError>;

    /// Writes a move: order row, each event with the next `seq`, transaction, outbox, waiting row,
    /// in one statement. MUST answer [`StoreError::Conflict`] and write nothing unless the
    /// authority still stands, and when the order has another transaction that may land. MUST read
    /// the subscribers after that is committed.
    async fn append(&self, transition: &Transition<'_>) -> Result<Appended, StoreError>;

    /// Lets an order that was woken wait again, without an event: its condition is not met. The
    /// lease ends and the outbox row goes. Fenced like [`OrderWriter::append`].
    async fn wait_again(&self, lease: &Lease, unmet: &Unmet, wake: &Wake)
    -> Result<(), StoreError>;

    /// Prolongs the lease. Fenced like [`OrderWriter::append`].
    async fn renew(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError>;

    /// Ends the lease and makes the order's outbox row due after `pause`. Fenced like
    /// [`OrderWriter::append`].
    async fn release(&self, lease: &Lease, pause: Duration) -> Result<(), StoreError>;
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
        /// What was asked for then; empty when that was not kept.
        request_hash: Vec<u8>,
    },
    /// This order has the client's name already.
    NameTaken(OrderId),
    /// Not stored: the account, or the key that it was placed with, would go beyond a limit.
    Limited(LimitReached),
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claim {
    /// The order is ours until the lease ends.
    Leased(Box<LeasedOrder>),
    /// Another worker holds it; it, or the relay, will finish it.
    Busy,
    /// Nothing to do: the order is closed, the message is of an attempt that is over, or there is
    /// no such order.
    Stale,
}

/// The right to write one order, shown with each write. It stands until it ends or until somebody
/// else claims the order, which raises the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The order.
    pub order: OrderId,
    /// The fencing token: raised by each claim, compared by each write.
    pub token: i64,
    /// The status that the holder knows; compared as well.
    pub status: Status,
}

/// What allows a write to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The lease: a worker's step.
    Lease(Lease),
    /// Whoever may stop the order has seen all of it: it stands if nothing has happened since. The
    /// write raises the fencing token, so that a worker half-way writes nothing more.
    Seen {
        /// The order.
        order: OrderId,
        /// Its status.
        status: Status,
        /// Its newest event.
        seq: u64,
    },
}

impl Authority {
    /// The order that it is about.
    pub const fn order(&self) -> OrderId {
        match self {
            Self::Lease(lease) => lease.order,
            Self::Seen { order, .. } => *order,
        }
    }

    /// The status that the order is in.
    pub const fn status(&self) -> Status {
        match self {
            Self::Lease(lease) => lease.status,
            Self::Seen { status, .. } => *status,
        }
    }
}

/// An order that this worker holds.
#[derive(Clone, Debug)]
pub struct LeasedOrder {
    /// The order, as stored now.
    pub order: Order,
    /// The event that was written with the claim, if one was: [`Order::BEGINNING`].
    pub begun: Option<Appended>,
    /// The fencing token of the claim.
    pub token: i64,
    /// The attempt's transaction that may still land; there is one exactly when the status is
    /// `submitted`.
    pub transaction: Option<SignedTransaction>,
    /// Whether the holder before us ended without a word, so that its last pushes may be missing.
    pub abandoned: bool,
}

impl LeasedOrder {
    /// The lease, for a write.
    pub const fn lease(&self) -> Lease {
        Lease {
            order: self.order.id,
            token: self.token,
            status: self.order.status,
        }
    }
}

/// A move of an order: everything that has to be stored about it.
#[derive(Clone, Copy, Debug)]
pub struct Transition<'a> {
    /// What allows it, and from where it moves.
    pub by: Authority,
    /// Who wants it, for the record; `None` for what the engine does of itself.
    pub actor: Option<&'a Actor>,
    /// What happened, one after another; one event at least.
    pub entries: &'a [LogEntry],
    /// The order after the last of them. Times are the store's.
    pub order: &'a Order,
    /// The transaction that is submitted: there is one exactly with
    /// [`Submitted`](crate::order::OrderEvent::Submitted).
    pub transaction: Option<&'a SignedTransaction>,
    /// Who works on the order after this.
    pub next: Next,
}

/// Who works on an order after a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Its holder, for this long from now on.
    Hold(Duration),
    /// Whoever gets its next message, which is due after this pause. The lease ends.
    Retry(Duration),
    /// Nobody until its condition may be met. The lease ends, and the outbox row goes.
    Wait(Wake),
    /// Nobody: it is closed. The lease ends, and the outbox row goes.
    Close,
}

/// Events that are committed.
#[derive(Clone, Debug)]
pub struct Appended {
    /// The number of the last of them.
    pub seq: u64,
    /// When they were committed, by the store's clock.
    pub at: Timestamp,
    /// The connections to notify, read after the commit.
    pub subscribers: Subscribers,
}

/// Which part of the history to read.
#[derive(Clone, Debug)]
pub struct PageQuery {
    /// At most this many orders.
    pub limit: u16,
    /// Only orders older than this one: the last of the page before.
    pub before: Option<(Timestamp, OrderId)>,
    /// Only orders of which all of this is true.
    pub only: OrderFilter,
}

/// A row's place in the history, from which the next page begins; one that cannot be read has one,
/// too.
pub fn place(row: &Result<Order, Corrupt>) -> (Timestamp, OrderId) {
    match row {
        Ok(order) => (order.created_at, order.id),
        Err(corrupt) => (corrupt.created_at, corrupt.id),
    }
}

/// Which orders are meant. An empty filter means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// In this status.
    pub status: Option<Status>,
    /// Of the kind with this name.
    pub kind: Option<&'static str>,
    /// Open, or closed.
    pub open: Option<bool>,
    /// That sell the token of this symbol.
    pub token_in: Option<String>,
    /// That buy the token of this symbol.
    pub token_out: Option<String>,
    /// That the client gave this name.
    pub client_order_id: Option<ClientOrderId>,
    /// Accepted at this moment or later.
    pub since: Option<Timestamp>,
    /// Accepted before this moment.
    pub until: Option<Timestamp>,
}
