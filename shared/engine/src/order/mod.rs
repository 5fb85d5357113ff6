//! The order: what a client asked for, and where it stands. What exists here is valid.
//!
//! An order is *what* ([`Swap`]) × *when, with which protection, how long* ([`OrderKind`]). It
//! moves by [`OrderEvent`]s: [`Status::after`] is the one table of moves that are legal, and
//! [`Order::apply`] the only place that says what an event does to an order.

mod event;
mod failure;
mod kind;
mod status;
mod swap;
mod transaction;
mod waiting;

use jiff::Timestamp;

pub use self::{
    event::{Canceller, EventRecord, Fill, LogEntry, LoggedEvent, OrderEvent},
    failure::{Failure, FailureCode},
    kind::*,
    status::{InvalidTransition, Status},
    swap::{SlippageTolerance, Swap, Token},
    transaction::{SignedTransaction, TransactionEnd},
    waiting::{
        Cause, ExecutablePrice, Fired, SeenPool, TriggerPool, Unmet, Waiting, WaitingReason,
    },
};
use crate::{
    account::{AccountId, Actor},
    quote::Route,
};
pub use crate::{
    amount::{InvalidAmount, TokenAmount, price, price_of_units},
    id::{ClientOrderId, InvalidOrderId, OrderId, read_seq},
    name::UnknownName,
};

/// The client's own name for an intent: the same key never makes two orders of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// 1 to 255 printable ASCII characters.
    pub key: String,
    /// SHA-256 of what was asked for, to tell a repeat from a reuse.
    pub request_hash: [u8; 32],
}

/// An order that was checked and not yet stored.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Its identity, drawn before it is stored.
    pub id: OrderId,
    /// Whose it is, and who placed it.
    pub by: Actor,
    /// What to swap.
    pub swap: Swap,
    /// When, with which protection, how long.
    pub kind: OrderKind,
    /// The client's key, if it gave one.
    pub idempotency: Option<IdempotencyKey>,
    /// The client's own name for the order, if it gave one: no other order of the account has it,
    /// ever.
    pub client_order_id: Option<ClientOrderId>,
}

/// An accepted order and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its identity.
    pub id: OrderId,
    /// Whose it is.
    pub account: AccountId,
    /// What to swap.
    pub swap: Swap,
    /// When, with which protection, how long.
    pub kind: OrderKind,
    /// The client's own name for it.
    pub client_order_id: Option<ClientOrderId>,
    /// Where it stands.
    pub status: Status,
    /// The attempt it is in, from 1. Never goes back: messages and transactions are numbered by it.
    pub attempt: u32,
    /// The try that this is since the order was accepted, or since its condition was met: from 1.
    pub tries: u32,
    /// How often its condition was met after it had waited.
    pub triggers: u32,
    /// The number of its newest event.
    pub last_seq: u64,
    /// After this moment it is not tried again.
    pub deadline: Timestamp,
    /// Whether the client wants it cancelled.
    pub cancel_requested: bool,
    /// How it waits; set while it does.
    pub waiting: Option<Waiting>,
    /// What met its condition last.
    pub fired: Option<Fired>,
    /// Where this attempt goes, once chosen; with its pool until the transaction is signed.
    pub route: Option<Route>,
    /// What that venue promised.
    pub quoted_out: Option<TokenAmount>,
    /// The signature of this attempt's transaction.
    pub tx_hash: Option<String>,
    /// What came of the swap; set when confirmed.
    pub fill: Option<Fill>,
    /// Why it failed, or expired; set when it did.
    pub failure: Option<Failure>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
}

impl Order {
    /// How an order begins that [begins at once](Order::begins_at_once).
    pub const BEGINNING: OrderEvent = OrderEvent::RoutingStarted { fired: None };

    /// An order at the moment of its acceptance, after its first event.
    pub fn accepted(new: &NewOrder, at: Timestamp, deadline: Timestamp) -> Self {
        Self {
            id: new.id,
            account: new.by.account.clone(),
            swap: new.swap.clone(),
            kind: new.kind.clone(),
            client_order_id: new.client_order_id.clone(),
            status: Status::Pending,
            attempt: 1,
            tries: 1,
            triggers: 0,
            last_seq: 1,
            deadline,
            cancel_requested: false,
            waiting: None,
            fired: None,
            route: None,
            quoted_out: None,
            tx_hash: None,
            fill: None,
            failure: None,
            created_at: at,
            updated_at: at,
        }
    }

    /// Moves the order by an event: everything that the event does to it, but for the time, which
    /// is the store's to tell.
    ///
    /// # Errors
    /// [`InvalidTransition`] when the table has no such move; the order stays as it is.
    pub fn apply(&mut self, event: &OrderEvent) -> Result<(), InvalidTransition> {
        self.status = self.status.after(event)?;
        self.last_seq += 1;
        self.waiting = None;
        match event {
            OrderEvent::Accepted | OrderEvent::RoutingStarted { fired: None } => {}
            OrderEvent::RoutingStarted { fired: Some(fired) } => {
                self.triggers += 1;
                self.fired = Some(fired.clone());
                if let Cause::Pool(pool) = &fired.by {
                    self.swap.token_out.decimals = pool.decimals;
                }
            }
            OrderEvent::WaitingStarted { unmet, .. } => {
                self.next_attempt();
                self.tries = 1;
                self.waiting = Some(Waiting {
                    unmet: unmet.clone(),
                    checks: 1,
                    checked_at: self.updated_at,
                });
            }
            OrderEvent::VenueChosen {
                route, quoted_out, ..
            } => {
                self.route = Some(route.clone());
                self.quoted_out = Some(*quoted_out);
            }
            OrderEvent::Submitted { signature } => {
                self.tx_hash = Some(signature.clone());
                // The signer has used it, the log keeps it, and every later version of the row
                // would carry it along.
                self.route = self.route.take().map(Route::without_pool);
            }
            OrderEvent::Confirmed { fill, .. } => self.fill = Some(*fill),
            OrderEvent::AttemptFailed { .. } => {
                self.next_attempt();
                self.tries += 1;
            }
            OrderEvent::Failed { failure, .. } | OrderEvent::Expired { failure, .. } => {
                self.failure = Some(failure.clone());
            }
            OrderEvent::CancelRequested { .. } | OrderEvent::Cancelled { .. } => {
                self.cancel_requested = true;
            }
        }
        Ok(())
    }

    /// Moves the order by an event, and answers what its log is to say of it.
    ///
    /// # Errors
    /// As [`Order::apply`].
    pub fn entry(&mut self, event: OrderEvent) -> Result<LogEntry, InvalidTransition> {
        self.apply(&event)?;
        Ok(LogEntry {
            event,
            status: self.status,
            attempt: self.attempt,
        })
    }

    fn next_attempt(&mut self) {
        self.attempt += 1;
        self.route = None;
        self.quoted_out = None;
        self.tx_hash = None;
    }

    /// Whether whoever takes it up begins with [`Order::BEGINNING`], and looks at nothing before
    /// but the time.
    pub fn begins_at_once(&self) -> bool {
        self.status == Status::Pending && self.kind.begins_at_once()
    }

    /// Whether it can still move. An order that cannot is closed.
    pub const fn is_open(&self) -> bool {
        !self.status.is_final()
    }
}
