//! One order's rows in all tables.

use std::time::Duration;

use engine::{
    order::{
        EventRecord, Lifetime, LoggedEvent, NewOrder, Order, OrderEvent, OrderId,
        SignedTransaction, TransactionEnd,
    },
    ports::{EarlierSwap, Envelope, ExecuteOrder},
};

use super::WaitingRow;
use crate::time::{at, ms, since_begin};

/// What the store has about one order.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) order: Order,
    pub(crate) token: i64,
    pub(crate) lease_until: Option<u64>,
    pub(crate) deadline: u64,
    pub(crate) updated_at: u64,
    pub(crate) events: Vec<EventRecord>,
    pub(crate) transactions: Vec<(SignedTransaction, TransactionState)>,
    pub(crate) outbox: Option<OutboxRow>,
    pub(crate) waiting: Option<WaitingRow>,
    pub(crate) key: Option<(String, [u8; 32])>,
    pub(crate) created_at: u64,
    /// For the judge: the step at which somebody last asked to take the order up, whatever the
    /// answer.
    pub(crate) asked_at_step: u64,
}

/// A row of `outbox`.
#[derive(Debug)]
pub(crate) struct OutboxRow {
    pub(crate) attempt: u32,
    pub(crate) available_at: u64,
    pub(crate) sent_at: Option<u64>,
    pub(crate) sends: u32,
}

/// The column `state` of `transactions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionState {
    Signed,
    Ended(TransactionEnd),
}

impl Row {
    pub(crate) fn new(new: &NewOrder, lifetime: Lifetime, now: u64) -> Self {
        let deadline = match lifetime {
            Lifetime::For(duration) => now.saturating_add(ms(duration)),
            Lifetime::Until(moment) => since_begin(moment),
        };
        let order = Order::accepted(new, at(now), at(deadline));
        let first = EventRecord {
            order_id: order.id,
            seq: order.last_seq,
            status: order.status,
            attempt: order.attempt,
            at: order.created_at,
            event: LoggedEvent::Known(OrderEvent::Accepted),
        };
        let outbox = OutboxRow {
            attempt: order.attempt,
            available_at: now,
            sent_at: None,
            sends: 0,
        };
        Self {
            order,
            token: 0,
            lease_until: None,
            deadline,
            updated_at: now,
            events: vec![first],
            transactions: Vec::new(),
            outbox: Some(outbox),
            waiting: None,
            key: new
                .idempotency
                .as_ref()
                .map(|key| (key.key.clone(), key.request_hash)),
            created_at: now,
            asked_at_step: 0,
        }
    }

    pub(crate) fn id(&self) -> OrderId {
        self.order.id
    }

    /// The message that its outbox row is for.
    pub(super) fn envelope(&self, delay: Duration) -> Option<Envelope> {
        let message = ExecuteOrder {
            id: self.id(),
            attempt: self.outbox.as_ref()?.attempt,
        };
        let account = self.order.account.clone();
        Some(Envelope {
            message,
            account,
            delay,
        })
    }

    /// Whether the message is about the attempt that the order is in.
    pub(crate) fn is_meant_by(&self, message: &ExecuteOrder) -> bool {
        self.order.is_open() && self.order.attempt == message.attempt
    }

    pub(crate) fn is_held(&self, now: u64) -> bool {
        self.lease_until.is_some_and(|until| until >= now)
    }

    /// The transaction that may still land.
    pub(crate) fn open_transaction(&self) -> Option<&SignedTransaction> {
        self.transactions
            .iter()
            .find(|(_, state)| *state == TransactionState::Signed)
            .map(|(transaction, _)| transaction)
    }

    /// A transaction of that signature, with what was chosen before it.
    pub(crate) fn signed(&self, signature: &str) -> Option<EarlierSwap> {
        let mut transactions = self.transactions.iter();
        let (transaction, _) = transactions.find(|(known, _)| known.signature == signature)?;
        let mut chosen = None;
        for event in self.events.iter().filter_map(EventRecord::known) {
            if let OrderEvent::VenueChosen {
                route, quoted_out, ..
            } = event
            {
                chosen = Some((route.venue.clone(), *quoted_out));
            }
            if matches!(event, OrderEvent::Submitted { signature: sent } if sent == signature) {
                break;
            }
        }
        let (venue, quoted_out) = chosen?;
        Some(EarlierSwap {
            transaction: transaction.clone(),
            venue,
            quoted_out,
        })
    }

    /// Whether one may land, or has landed: the unique index under the fence.
    pub(crate) fn has_live_transaction(&self) -> bool {
        self.transactions.iter().any(|(_, state)| match state {
            TransactionState::Signed | TransactionState::Ended(TransactionEnd::Landed) => true,
            TransactionState::Ended(TransactionEnd::Reverted | TransactionEnd::Expired) => false,
        })
    }
}
