//! The store's semantics, statement by statement, as the PostgreSQL adapter has them: each method
//! is one committed statement. It knows what a closed order is and no status by name. The contract
//! tests hold it to the original.

mod append;
mod audit;
mod launches;
mod orders;
mod outbox;
mod prices;
mod row;
mod subscriptions;
mod waiting;

use std::collections::BTreeMap;

use engine::{account::AccountId, order::OrderId, ports::ConnectionId};

pub(crate) use append::OwnedTransition;
pub(crate) use launches::LaunchRow;
use prices::Prices;
pub(crate) use row::Row;
use row::{OutboxRow, TransactionState};
use waiting::WaitingRow;

/// All tables.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) rows: BTreeMap<OrderId, Row>,
    /// The pools that are known, in the order of the chain's log.
    pub(crate) launches: Vec<LaunchRow>,
    /// How far that log was read.
    pub(crate) cursor: Option<u64>,
    prices: Prices,
    pub(crate) subscriptions: BTreeMap<(ConnectionId, OrderId), Subscription>,
    /// Who follows every order of which account, and until when.
    pub(crate) subscriptions_to_all: BTreeMap<ConnectionId, (AccountId, u64)>,
    /// What a broken variant takes out.
    pub(crate) locks: Locks,
}

/// A row of `subscriptions`.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) live: bool,
    pub(crate) expires_at: u64,
}

/// The locks against a second worker, and against what comes too late.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Locks {
    /// Writes compare token, status and seq.
    pub(crate) fence: bool,
    /// An order has one transaction that may land.
    pub(crate) one_live_transaction: bool,
    /// Idempotency keys and names are an account's own.
    pub(crate) keys_of_account: bool,
    /// An order is not stored after it was given up.
    pub(crate) time_fence: bool,
    /// Whoever stops an order raises its token, so that a worker half-way writes nothing more.
    pub(crate) stop_fence: bool,
    /// An order is marked as woken and queued in one statement.
    pub(crate) wakes_at_once: bool,
    /// An order's key is kept as long as the order is open.
    pub(crate) open_keys: bool,
}

impl Default for Locks {
    fn default() -> Self {
        Self {
            fence: true,
            one_live_transaction: true,
            keys_of_account: true,
            time_fence: true,
            stop_fence: true,
            wakes_at_once: true,
            open_keys: true,
        }
    }
}
