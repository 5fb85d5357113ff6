//! The statements of the order book.

use std::time::Duration;

use engine::{
    lifecycle::{Change, Status},
    order::{NewOrder, Order, OrderId},
    ports::{
        Claim, ExecuteOrder, Held, Hold, Inserted, PageQuery, Recorded, TransactionEnd, Transition,
        Unavailable, WriteError,
    },
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
    pub(crate) fn insert(
        &mut self,
        new: &NewOrder,
        lifetime: Duration,
        now: u64,
    ) -> Result<Inserted, Unavailable> {
        if let Some(key) = &new.idempotency {
            let known = self.rows.values().find_map(|row| {
                let (taken, hash) = row.key.as_ref()?;
                (*taken == key.key).then(|| (row.id(), hash.to_vec()))
            });
            if let Some((id, request_hash)) = known {
                return Ok(Inserted::Known { id, request_hash });
            }
        }
        if self.rows.contains_key(&new.id) {
            return Err(Unavailable("a unique index refused the row".into()));
        }
        self.rows.insert(new.id, Row::new(new, ms(lifetime), now));
        Ok(Inserted::New)
    }

    pub(crate) fn claim(
        &mut self,
        message: &ExecuteOrder,
        lease: Duration,
        now: u64,
        step: u64,
    ) -> Claim {
        let Some(row) = self.rows.get_mut(&message.id) else {
            return Claim::Stale;
        };
        row.asked_at_step = step;
        if row.order.status.is_final() || row.order.attempt != message.attempt {
            return Claim::Stale;
        }
        if row.is_held(now) {
            return Claim::Busy;
        }
        let abandoned = row.lease_until.is_some();
        row.epoch += 1;
        row.lease_until = Some(now + ms(lease));
        Claim::Held(Box::new(Held {
            order: row.order.clone(),
            epoch: row.epoch,
            transaction: row.open_transaction().cloned(),
            abandoned,
        }))
    }

    /// What a claim answers when another statement holds the row's lock at that moment.
    pub(crate) fn skip_locked(&mut self, message: &ExecuteOrder, step: u64) -> Claim {
        match self.rows.get_mut(&message.id) {
            Some(row) if !row.order.status.is_final() && row.order.attempt == message.attempt => {
                row.asked_at_step = step;
                Claim::Busy
            }
            _ => Claim::Stale,
        }
    }

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

    pub(crate) fn renew(
        &mut self,
        fence: Fence,
        lease: Duration,
        now: u64,
    ) -> Result<(), WriteError> {
        let row = self.fenced(fence).ok_or(WriteError::Fenced)?;
        row.lease_until = Some(now + ms(lease));
        Ok(())
    }

    pub(crate) fn release(
        &mut self,
        fence: Fence,
        pause: Duration,
        now: u64,
    ) -> Result<(), WriteError> {
        let row = self.fenced(fence).ok_or(WriteError::Fenced)?;
        row.lease_until = None;
        if let Some(outbox) = &mut row.outbox {
            outbox.available_at = now + ms(pause);
            outbox.sent_at = None;
            outbox.given_at_step = None;
        }
        Ok(())
    }

    pub(crate) fn page(&self, query: &PageQuery) -> Vec<Order> {
        let mut found: Vec<&Order> = self
            .rows
            .values()
            .map(|row| &row.order)
            .filter(|order| {
                query
                    .before
                    .is_none_or(|last| (order.created_at, order.id) < last)
            })
            .filter(|order| query.status.is_none_or(|status| order.status == status))
            .collect();
        found.sort_by_key(|order| std::cmp::Reverse((order.created_at, order.id)));
        found
            .into_iter()
            .take(query.limit.into())
            .cloned()
            .collect()
    }

    pub(crate) fn events(&self, id: OrderId, after: u64) -> Vec<Update> {
        let events = self.rows.get(&id).map_or(&[][..], |row| &row.events);
        events
            .iter()
            .filter(|update| update.seq > after)
            .cloned()
            .collect()
    }

    fn fenced(&mut self, fence: Fence) -> Option<&mut Row> {
        let locked = self.locks.fence;
        self.rows
            .get_mut(&fence.id)
            .filter(|row| !locked || (row.epoch, row.order.status) == (fence.epoch, fence.status))
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
            outbox.given_at_step = None;
        }
    }
}
