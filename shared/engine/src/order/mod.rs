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

use jiff::Timestamp;

pub use self::{
    event::{EventRecord, Fill, LoggedEvent, OrderEvent},
    failure::{Failure, FailureCode},
    kind::*,
    status::{InvalidTransition, Status},
    swap::{SlippageTolerance, Swap, Token},
    transaction::{SignedTransaction, TransactionEnd},
};
use crate::quote::Route;
pub use crate::{
    amount::{InvalidAmount, TokenAmount, price},
    id::{InvalidOrderId, OrderId, read_seq},
    name::UnknownName,
};

/// The client's own name for an intent: the same key never makes two orders.
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
    /// What to swap.
    pub swap: Swap,
    /// When, with which protection, how long.
    pub kind: OrderKind,
    /// The client's key, if it gave one.
    pub idempotency: Option<IdempotencyKey>,
}

/// An accepted order and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its identity.
    pub id: OrderId,
    /// What to swap.
    pub swap: Swap,
    /// When, with which protection, how long.
    pub kind: OrderKind,
    /// Where it stands.
    pub status: Status,
    /// The attempt it is in, from 1.
    pub attempt: u32,
    /// The number of its newest event.
    pub last_seq: u64,
    /// After this moment it is not tried again.
    pub deadline: Timestamp,
    /// Where this attempt goes, once chosen; with its pool until the transaction is signed.
    pub route: Option<Route>,
    /// What that venue promised.
    pub quoted_out: Option<TokenAmount>,
    /// The signature of this attempt's transaction.
    pub tx_hash: Option<String>,
    /// What came of the swap; set when confirmed.
    pub fill: Option<Fill>,
    /// Why it failed; set when failed.
    pub failure: Option<Failure>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
}

impl Order {
    /// An order at the moment of its acceptance, after its first event.
    pub fn accepted(new: &NewOrder, at: Timestamp, deadline: Timestamp) -> Self {
        Self {
            id: new.id,
            swap: new.swap.clone(),
            kind: new.kind.clone(),
            status: Status::Pending,
            attempt: 1,
            last_seq: 1,
            deadline,
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
        match event {
            OrderEvent::Accepted | OrderEvent::RoutingStarted => {}
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
                self.attempt += 1;
                self.route = None;
                self.quoted_out = None;
                self.tx_hash = None;
            }
            OrderEvent::Failed { failure, .. } => self.failure = Some(failure.clone()),
        }
        Ok(())
    }

    /// Whether it can still move. An order that cannot is closed.
    pub const fn is_open(&self) -> bool {
        !self.status.is_final()
    }
}
