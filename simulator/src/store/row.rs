//! One order's rows in all tables.

use engine::{
    lifecycle::Status,
    order::{NewOrder, Order, OrderId},
    ports::SignedTransaction,
    update::Update,
};
use serde_json::json;

use crate::time::at;

/// What the store has about one order.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) order: Order,
    pub(crate) epoch: i64,
    pub(crate) lease_until: Option<u64>,
    pub(crate) deadline: u64,
    pub(crate) updated_at: u64,
    pub(crate) events: Vec<Update>,
    pub(crate) transactions: Vec<(SignedTransaction, TransactionState)>,
    pub(crate) outbox: Option<Outbox>,
    pub(crate) key: Option<(String, [u8; 32])>,
    pub(crate) created_at: u64,
    /// For the judge: the step at which somebody last asked to take the order up, whatever the answer.
    pub(crate) asked_at_step: u64,
}

/// A row of `outbox`.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub(crate) attempt: u32,
    pub(crate) available_at: u64,
    pub(crate) sent_at: Option<u64>,
    pub(crate) sends: u32,
}

/// The column `state` of `transactions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionState {
    Signed,
    Landed,
    Reverted,
    Expired,
}

impl TransactionState {
    /// May land, or has landed.
    pub(crate) const fn is_live(self) -> bool {
        matches!(self, Self::Signed | Self::Landed)
    }
}

impl Row {
    pub(crate) fn new(new: &NewOrder, lifetime_ms: u64, now: u64) -> Self {
        let deadline = now.saturating_add(lifetime_ms);
        let order = Order {
            id: new.id,
            swap: new.swap.clone(),
            status: Status::Pending,
            attempt: 1,
            last_seq: 1,
            deadline: at(deadline),
            chosen_dex: None,
            quoted_out: None,
            tx_hash: None,
            amount_out: None,
            failure: None,
            created_at: at(now),
            updated_at: at(now),
        };
        let first = Update {
            order_id: new.id,
            seq: 1,
            status: Status::Pending,
            attempt: 1,
            at: at(now),
            payload: json!({}),
        };
        let outbox = Outbox {
            attempt: 1,
            available_at: now,
            sent_at: None,
            sends: 0,
        };
        Self {
            order,
            epoch: 0,
            lease_until: None,
            deadline,
            updated_at: now,
            events: vec![first],
            transactions: Vec::new(),
            outbox: Some(outbox),
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
}
