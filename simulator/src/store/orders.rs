//! The statements of the order book, but for the one that moves an order.

use std::time::Duration;

use engine::{
    account::AccountId,
    order::{EventRecord, Lifetime, NewOrder, Order, OrderId},
    ports::{
        Authority, Claim, ExecuteOrder, Inserted, Lease, LeasedOrder, OrderFilter, PageQuery,
        StoreError,
    },
};

use super::{Row, Store};
use crate::time::ms;

impl Store {
    pub(crate) fn insert(
        &mut self,
        new: &NewOrder,
        lifetime: Lifetime,
        now: u64,
    ) -> Result<Inserted, StoreError> {
        let for_all = !self.locks.keys_of_account;
        let is_own = |row: &&Row| for_all || row.order.account == new.by.account;
        let mut own = self.rows.values().filter(is_own);
        if let Some(key) = &new.idempotency {
            let known = own.clone().find_map(|row| {
                let (taken, hash) = row.key.as_ref()?;
                (*taken == key.key).then(|| (row.id(), hash.to_vec()))
            });
            if let Some((id, request_hash)) = known {
                return Ok(Inserted::Known { id, request_hash });
            }
        }
        if let Some(name) = &new.client_order_id {
            let named = own.find(|row| row.order.client_order_id.as_ref() == Some(name));
            if let Some(row) = named {
                return Ok(Inserted::NameTaken(row.id()));
            }
        }
        if self.rows.contains_key(&new.id) {
            return Err(StoreError::Rejected("the id is taken".into()));
        }
        self.rows.insert(new.id, Row::new(new, lifetime, now));
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
        if !row.is_meant_by(message) {
            return Claim::Stale;
        }
        if row.is_held(now) {
            return Claim::Busy;
        }
        let abandoned = row.lease_until.is_some();
        row.token += 1;
        row.lease_until = Some(now + ms(lease));
        let begun = row.begin(now);
        let mut leased = LeasedOrder {
            order: row.order.clone(),
            begun,
            token: row.token,
            transaction: row.open_transaction().cloned(),
            abandoned,
        };
        if let Some(begun) = &mut leased.begun {
            begun.subscribers = self.live(message.id);
        }
        Claim::Leased(Box::new(leased))
    }

    /// What a claim answers when another statement holds the row's lock at that moment.
    pub(crate) fn skip_locked(&mut self, message: &ExecuteOrder, step: u64) -> Claim {
        match self.rows.get_mut(&message.id) {
            Some(row) if row.is_meant_by(message) => {
                row.asked_at_step = step;
                Claim::Busy
            }
            _ => Claim::Stale,
        }
    }

    pub(crate) fn renew(
        &mut self,
        lease: Lease,
        duration: Duration,
        now: u64,
    ) -> Result<(), StoreError> {
        let row = self.fenced(lease).ok_or(StoreError::Conflict)?;
        row.lease_until = Some(now + ms(duration));
        Ok(())
    }

    pub(crate) fn release(
        &mut self,
        lease: Lease,
        pause: Duration,
        now: u64,
    ) -> Result<(), StoreError> {
        let row = self.fenced(lease).ok_or(StoreError::Conflict)?;
        row.lease_until = None;
        if let Some(outbox) = &mut row.outbox {
            outbox.available_at = now + ms(pause);
            outbox.sent_at = None;
        }
        Ok(())
    }

    /// The order of that account.
    pub(crate) fn order(&self, account: &AccountId, id: OrderId) -> Option<&Row> {
        self.rows
            .get(&id)
            .filter(|row| row.order.account == *account)
    }

    pub(crate) fn page(&self, account: &AccountId, query: &PageQuery) -> Vec<Order> {
        let mut found: Vec<&Order> = self
            .rows
            .values()
            .filter(|row| row.order.account == *account)
            .map(|row| &row.order)
            .filter(|order| {
                query
                    .before
                    .is_none_or(|last| (order.created_at, order.id) < last)
            })
            .filter(|order| is_meant(order, &query.only))
            .collect();
        found.sort_by_key(|order| std::cmp::Reverse((order.created_at, order.id)));
        found
            .into_iter()
            .take(query.limit.into())
            .cloned()
            .collect()
    }

    pub(crate) fn events(&self, id: OrderId, after: u64) -> Vec<EventRecord> {
        let events = self.rows.get(&id).map_or(&[][..], |row| &row.events);
        events
            .iter()
            .filter(|record| record.seq > after)
            .cloned()
            .collect()
    }

    /// The row, if whoever writes may.
    pub(super) fn allowed(&mut self, by: &Authority) -> Option<&mut Row> {
        match by {
            Authority::Lease(lease) => self.fenced(*lease),
            Authority::Seen { order, status, seq } => self
                .rows
                .get_mut(order)
                .filter(|row| (row.order.status, row.order.last_seq) == (*status, *seq)),
        }
    }

    /// The row, if the lease stands.
    pub(super) fn fenced(&mut self, lease: Lease) -> Option<&mut Row> {
        let locked = self.locks.fence;
        self.rows
            .get_mut(&lease.order)
            .filter(|row| !locked || (row.token, row.order.status) == (lease.token, lease.status))
    }
}

fn is_meant(order: &Order, only: &OrderFilter) -> bool {
    let is =
        |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
    only.status.is_none_or(|status| order.status == status)
        && only.kind.is_none_or(|kind| order.kind.name() == kind)
        && only.open.is_none_or(|open| order.is_open() == open)
        && is(&only.token_in, &order.swap.token_in.symbol)
        && is(&only.token_out, &order.swap.token_out.symbol)
        && (only.client_order_id.is_none() || only.client_order_id == order.client_order_id)
        && only.since.is_none_or(|since| order.created_at >= since)
        && only.until.is_none_or(|until| order.created_at < until)
}
