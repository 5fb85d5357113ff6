//! What the rules need from outside. Each trait says what an implementation MUST do; the same contract tests run against
//! every implementation, fake or real.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    failure::Failure,
    lifecycle::{Change, Status},
    order::{Dex, NewOrder, Order, OrderId, Swap},
    quote::{Quote, Rejection},
    update::Update,
};

/// Something outside does not answer now; the same call may succeed later. The text is for the log, never for a client.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// Why a fenced write did not happen.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// The order is no longer ours: another worker holds it, or it moved. Stop, without side effects.
    #[error("another worker holds the order")]
    Fenced,
    /// The store does not answer. The write may or may not have happened.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

// ---------------------------------------------------------------------------------------------------------------- time

/// The time, and waiting. The rules have no clock of their own.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
    /// MUST return after `pause` and not before.
    async fn sleep(&self, pause: Duration);
}

// -------------------------------------------------------------------------------------------------------------- orders

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

// -------------------------------------------------------------------------------------------------------------- outbox

/// The relay's view of the order book: what should have been sent, taken up or ended.
#[async_trait]
pub trait Backlog: Send + Sync {
    /// Messages that are due for longer than `grace`, were not sent by a relay, and whose order nobody holds. MUST NOT give
    /// one row to two callers within `grace`; giving it twice later is harmless.
    async fn due(&self, grace: Duration, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable>;

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

// --------------------------------------------------------------------------------------------------------------- queue

/// The queue's message: only who and which attempt. The row is the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExecuteOrder {
    /// The order.
    pub id: OrderId,
    /// The attempt to begin, or to go on with.
    pub attempt: u32,
}

/// Delivers messages to workers: at least once, in any order.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends a batch, each message to be seen after its delay. Answers which were accepted, one flag per message. MUST
    /// answer `true` only for a message that will be delivered.
    async fn send(&self, batch: &[(ExecuteOrder, Duration)]) -> Result<Vec<bool>, Unavailable>;
}

/// A socket that was just opened and asked for an order's story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayRequest {
    /// The connection.
    pub connection: ConnectionId,
    /// The order it named, unchecked: whatever is wrong with it is told over the socket once that is open.
    pub order: String,
    /// The last event that the client has seen, as it wrote it.
    pub after: Option<String>,
}

/// Takes requests made while a connection is opening, when nothing can be posted to it yet, and has them answered later.
#[async_trait]
pub trait ReplayQueue: Send + Sync {
    /// MUST answer `Ok` only when the request will be handled.
    async fn send(&self, request: &ReplayRequest) -> Result<(), Unavailable>;
}

// -------------------------------------------------------------------------------------------------------------- venues

/// A place that quotes.
#[async_trait]
pub trait Venue: Send + Sync {
    /// Who it is.
    fn dex(&self) -> Dex;
    /// What it would pay now. The router decides how long to wait and whether to believe the answer.
    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection>;
}

/// A price to hold a venue's answer against.
#[async_trait]
pub trait Reference: Send + Sync {
    /// Base units of `token_out` at the mid price, without fee or impact; `None` when no reference is known.
    async fn fair_out(&self, swap: &Swap) -> Option<u64>;
}

/// The chain: signs, sends, and tells what landed.
#[async_trait]
pub trait Chain: Send + Sync {
    /// Builds and signs the swap; MUST NOT send it. Every call makes another transaction.
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure>;
    /// Sends signed bytes. Sending the same bytes again changes nothing. Neither answer proves anything about landing; a
    /// good one tells for how long it is pointless to look.
    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable>;
    /// The height below which nothing changes any more. Never goes back.
    async fn finalized_height(&self) -> Result<u64, Unavailable>;
    /// What is known of a signature now.
    async fn status(&self, signature: &str) -> Result<ChainStatus, Unavailable>;
}

/// What to build.
#[derive(Clone, Copy, Debug)]
pub struct Prepare<'a> {
    /// The order, for the marker that the transaction carries.
    pub id: OrderId,
    /// The swap.
    pub swap: &'a Swap,
    /// Where.
    pub dex: Dex,
    /// The least to be received, in base units; the chain MUST NOT execute the swap for less.
    pub min_out: u64,
}

/// A transaction that may land from the moment it is sent until the chain is past its last valid height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// Its identity on chain, known before it is sent.
    pub signature: String,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// It cannot land above this height.
    pub last_valid_height: u64,
    /// The least it may pay, in base units of `token_out`.
    pub min_out: u64,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEnd {
    /// The swap happened.
    Landed,
    /// The chain took it and undid it: no swap happened.
    Reverted,
    /// It never landed and no longer can.
    Expired,
}

impl TransactionEnd {
    /// The name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Landed => "landed",
            Self::Reverted => "reverted",
            Self::Expired => "expired",
        }
    }
}

/// What the chain knows of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainStatus {
    /// Nothing: not sent, lost, or not seen yet.
    Unknown,
    /// Seen and not landed; worth another look after the pause.
    InFlight {
        /// When to look again.
        look_again: Duration,
    },
    /// Landed; the swap paid this much, in base units of `token_out`.
    Landed {
        /// Base units received.
        amount_out: u64,
    },
    /// Landed with an error: no swap happened.
    Reverted(Failure),
}

// ------------------------------------------------------------------------------------------------------------- watchers

/// A client's connection, by the gateway's name for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub Arc<str>);

/// Who watches what. A subscription is silent until its replay is complete, so nobody sees event 5 before event 2.
#[async_trait]
pub trait Subscriptions: Send + Sync {
    /// Stores a silent subscription (again silent when it exists). Answers `false`, and stores nothing, when there is no
    /// such order.
    async fn add(&self, connection: &ConnectionId, order: OrderId) -> Result<bool, Unavailable>;
    /// Makes it live, if `sent` is still the order's last event. MUST be atomic against [`Orders::advance`]: every event
    /// after `sent` finds the subscription live.
    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        sent: u64,
    ) -> Result<bool, Unavailable>;
    /// The live subscriptions of an order.
    async fn live(&self, order: OrderId) -> Result<Vec<ConnectionId>, Unavailable>;
    /// Ends subscriptions to one order. Answers those connections that have no other subscription left.
    async fn end(
        &self,
        order: OrderId,
        connections: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, Unavailable>;
    /// Forgets a connection.
    async fn forget(&self, connection: &ConnectionId) -> Result<(), Unavailable>;
    /// Subscriptions of orders that have been final for longer than `grace`: their last push failed.
    async fn left_over(&self, grace: Duration)
    -> Result<Vec<(ConnectionId, OrderId)>, Unavailable>;
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
