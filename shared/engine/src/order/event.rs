//! What happens to an order. The domain's own form: how an event is stored is the store's
//! business, what a client sees of it the API's.

use std::str::FromStr;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Failure, Fired, SeenPool, SignedTransaction, Status, Swap, TransactionEnd, Unmet};
use crate::{
    amount::{TokenAmount, price},
    id::OrderId,
    name::UnknownName,
    quote::{Offer, Route},
};

/// Something that happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// It was accepted and stored: the first event of every order.
    Accepted,
    /// A worker took it up and asks the venues; or its condition is met, and it goes on.
    RoutingStarted {
        /// What met its condition; `None` when it has none, or none that was looked at before.
        fired: Option<Fired>,
    },
    /// Its condition is not met: it waits until that may have changed.
    WaitingStarted {
        /// Why it is not met.
        unmet: Unmet,
        /// The pool that is not good enough; `None` when it waits for none, or there is none.
        pool: Option<SeenPool>,
        /// How the attempt's transaction ended; `None` when none was signed.
        settled: Option<TransactionEnd>,
    },
    /// The venues answered and one was chosen.
    VenueChosen {
        /// Where the order goes.
        route: Route,
        /// What was promised there.
        quoted_out: TokenAmount,
        /// What each venue offered, the chosen one among them.
        offers: Vec<Offer>,
        /// Why it was chosen, in words.
        reason: String,
    },
    /// The transaction is signed and stored. It is sent only after this event is.
    Submitted {
        /// The transaction's identity on chain.
        signature: String,
    },
    /// The transaction landed and the swap happened.
    Confirmed {
        /// The transaction that landed.
        signature: String,
        /// What came of it.
        fill: Fill,
    },
    /// The attempt failed and the next one begins after a while.
    AttemptFailed {
        /// Why.
        failure: Failure,
        /// How the attempt's transaction ended; `None` when none was signed.
        settled: Option<TransactionEnd>,
    },
    /// The order failed.
    Failed {
        /// Why.
        failure: Failure,
        /// How the last attempt's transaction ended; `None` when none was signed.
        settled: Option<TransactionEnd>,
    },
    /// The client wants it cancelled while a signed transaction may still land: it is cancelled if
    /// that does not.
    CancelRequested {
        /// Who wants it.
        by: Canceller,
    },
    /// It was cancelled: no swap happened and none will.
    Cancelled {
        /// Who wanted it.
        by: Canceller,
        /// How the last attempt's transaction ended; `None` when none was signed.
        settled: Option<TransactionEnd>,
    },
    /// Its time ended before it could begin: no swap happened and none will.
    Expired {
        /// Why.
        failure: Failure,
        /// How the last attempt's transaction ended; `None` when none was signed.
        settled: Option<TransactionEnd>,
    },
}

/// Who cancels an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceller {
    /// Whoever may write orders.
    Client,
}

impl Canceller {
    /// Each of them.
    pub const ALL: [Self; 1] = [Self::Client];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
        }
    }
}

impl FromStr for Canceller {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        (name == Self::Client.name())
            .then_some(Self::Client)
            .ok_or_else(|| UnknownName(name.to_owned()))
    }
}

impl OrderEvent {
    /// What the log says of a transaction that is stored.
    pub fn submitted(transaction: &SignedTransaction) -> Self {
        Self::Submitted {
            signature: transaction.signature.clone(),
        }
    }

    /// The name, for the log and the store.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::RoutingStarted { .. } => "routing_started",
            Self::WaitingStarted { .. } => "waiting_started",
            Self::VenueChosen { .. } => "venue_chosen",
            Self::Submitted { .. } => "submitted",
            Self::Confirmed { .. } => "confirmed",
            Self::AttemptFailed { .. } => "attempt_failed",
            Self::Failed { .. } => "failed",
            Self::CancelRequested { .. } => "cancel_requested",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired { .. } => "expired",
        }
    }

    /// How it ends the attempt's transaction; `None` when it does not, or when there was none.
    pub const fn settles(&self) -> Option<TransactionEnd> {
        match self {
            Self::Accepted
            | Self::RoutingStarted { .. }
            | Self::VenueChosen { .. }
            | Self::Submitted { .. }
            | Self::CancelRequested { .. } => None,
            Self::Confirmed { .. } => Some(TransactionEnd::Landed),
            Self::WaitingStarted { settled, .. }
            | Self::AttemptFailed { settled, .. }
            | Self::Failed { settled, .. }
            | Self::Cancelled { settled, .. }
            | Self::Expired { settled, .. } => *settled,
        }
    }
}

/// What came of a swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// What was received.
    pub amount_out: TokenAmount,
    /// Whole tokens received per whole token sold, exact to 12 decimals.
    pub price: Decimal,
}

impl Fill {
    /// The fill of `swap` that received `amount_out`.
    pub fn of(swap: &Swap, amount_out: TokenAmount) -> Self {
        Self {
            amount_out,
            price: price(swap.amount_in, amount_out),
        }
    }
}

/// An event that is to be written to the log, and where the order stands after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// What happened.
    pub event: OrderEvent,
    /// The status that the order goes into.
    pub status: Status,
    /// The attempt that it is in then.
    pub attempt: u32,
}

impl LogEntry {
    /// The entry as it was committed.
    pub fn recorded(self, order_id: OrderId, seq: u64, at: Timestamp) -> EventRecord {
        EventRecord {
            order_id,
            seq,
            status: self.status,
            attempt: self.attempt,
            at,
            event: LoggedEvent::Known(self.event),
        }
    }
}

/// An event as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// The order.
    pub order_id: OrderId,
    /// Its number within the order: 1, 2, 3 … without a gap.
    pub seq: u64,
    /// The status that the order went into.
    pub status: Status,
    /// The attempt it belongs to.
    pub attempt: u32,
    /// When it was committed, by the store's clock.
    pub at: Timestamp,
    /// What happened.
    pub event: LoggedEvent,
}

/// What a log tells of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoggedEvent {
    /// All of it.
    Known(OrderEvent),
    /// This build cannot read the stored event: written by a newer one, or damaged. Its place in
    /// the log is known all the same, so a reader misses nothing else.
    Unreadable,
}

impl EventRecord {
    /// The event, unless it cannot be read.
    pub const fn known(&self) -> Option<&OrderEvent> {
        match &self.event {
            LoggedEvent::Known(event) => Some(event),
            LoggedEvent::Unreadable => None,
        }
    }
}
