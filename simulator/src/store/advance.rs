//! The one statement that moves an order: row, event, transaction and outbox together.

use engine::{
    lifecycle::{Change, Status},
    order::OrderId,
    ports::{Hold, Recorded, TransactionEnd, Transition, WriteError},
    update::Update,
};

use super::{Row, Store, TransactionState, ms};
use crate::time::at;

/// A transition without its borrows, so that it can take effect after its sender is gone.
#[derive(Clone, Debug)]
pub(crate) struct Advance {
    pub(crate) fence: Fence,
    pub(crate) to: Status,
    pub(crate) attempt: u32,
    pub(crate) change: Change,
    pub(crate) payload: serde_json::Value,
    pub(crate) lease_ms: u64,
}

/// What a fenced write is compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fence {
    pub(crate) id: OrderId,
    pub(crate) epoch: i64,
    pub(crate) status: Status,
}

impl From<&Hold<'_>> for Fence {
    fn from(hold: &Hold<'_>) -> Self {
        Self {
            id: hold.order.id,
            epoch: hold.epoch,
            status: hold.order.status,
        }
    }
}

impl From<&Transition<'_>> for Advance {
    fn from(transition: &Transition<'_>) -> Self {
        Self {
            fence: (&transition.hold).into(),
            to: transition.to,
            attempt: transition.attempt(),
            change: transition.change.clone(),
            payload: transition.payload.clone(),
            lease_ms: ms(transition.lease),
        }
    }
}

impl Store {
    pub(crate) fn advance(&mut self, advance: &Advance, now: u64) -> Result<Recorded, WriteError> {
        let one_live_transaction = self.locks.one_live_transaction;
        let row = self.fenced(advance.fence).ok_or(WriteError::Fenced)?;
        let second = matches!(advance.change, Change::Submitted { .. })
            && row.transactions.iter().any(|(_, state)| state.is_live());
        if second && one_live_transaction {
            return Err(WriteError::Fenced);
        }
        row.log(advance, now);
        row.apply(&advance.change);
        row.queue(advance, now);
        let (seq, id) = (row.order.last_seq, row.id());
        Ok(Recorded {
            seq,
            at: at(now),
            watchers: self.live(id),
        })
    }
}

impl Row {
    fn log(&mut self, advance: &Advance, now: u64) {
        let held_after =
            !advance.to.is_final() && !matches!(advance.change, Change::Retrying { .. });
        self.lease_until = held_after.then_some(now + advance.lease_ms);
        self.updated_at = now;
        self.order.updated_at = at(now);
        self.order.status = advance.to;
        self.order.attempt = advance.attempt;
        self.order.last_seq += 1;
        self.events.push(Update {
            order_id: self.order.id,
            seq: self.order.last_seq,
            status: advance.to,
            attempt: advance.attempt,
            at: at(now),
            payload: advance.payload.clone(),
        });
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Routing => {}
            Change::Building {
                dex, quoted_out, ..
            } => {
                self.order.chosen_dex = Some(*dex);
                self.order.quoted_out = Some(*quoted_out);
            }
            Change::Submitted { transaction } => {
                self.order.tx_hash = Some(transaction.signature.clone());
                self.transactions
                    .push((transaction.clone(), TransactionState::Signed));
            }
            Change::Confirmed { amount_out } => {
                self.order.amount_out = Some(*amount_out);
                self.settle(Some(TransactionEnd::Landed));
            }
            Change::Retrying { settled, .. } => {
                self.order.chosen_dex = None;
                self.order.quoted_out = None;
                self.order.tx_hash = None;
                self.settle(*settled);
            }
            Change::Failed { failure, settled } => {
                self.order.failure = Some(failure.clone());
                self.settle(*settled);
            }
        }
    }

    fn settle(&mut self, end: Option<TransactionEnd>) {
        let state = match end {
            None => return,
            Some(TransactionEnd::Landed) => TransactionState::Landed,
            Some(TransactionEnd::Reverted) => TransactionState::Reverted,
            Some(TransactionEnd::Expired) => TransactionState::Expired,
        };
        for (_, signed) in &mut self.transactions {
            if *signed == TransactionState::Signed {
                *signed = state;
            }
        }
    }

    fn queue(&mut self, advance: &Advance, now: u64) {
        if advance.to.is_final() {
            self.outbox = None;
        } else if let (Change::Retrying { after, .. }, Some(outbox)) =
            (&advance.change, &mut self.outbox)
        {
            outbox.attempt = advance.attempt;
            outbox.available_at = now + ms(*after);
            outbox.sent_at = None;
            outbox.sends = 0;
        }
    }
}
