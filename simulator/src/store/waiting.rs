//! The statements of the monitor, and the one with which an order waits again.

use std::time::Duration;

use engine::{
    order::{Order, OrderId, Status, Unmet, Waiting},
    ports::{Envelope, Lease, StoreError, Wake},
};
use rust_decimal::Decimal;

use super::{Row, Store, row::OutboxRow};
use crate::time::{at, ms};

/// A row of `waiting`; why it waits stands in the order.
#[derive(Debug)]
pub(crate) struct WaitingRow {
    pub(crate) wake_at_price: Option<Decimal>,
    pub(crate) recheck_at: Option<u64>,
    pub(crate) pool_after: Option<u64>,
    pub(crate) woken: bool,
}

impl WaitingRow {
    pub(crate) fn new(wake: Wake, now: u64) -> Self {
        Self {
            wake_at_price: wake.at_price,
            recheck_at: wake.after.map(|after| now + ms(after)),
            pool_after: wake.pool_after,
            woken: false,
        }
    }
}

impl Store {
    pub(crate) fn wait_again(
        &mut self,
        lease: Lease,
        unmet: &Unmet,
        wake: Wake,
        now: u64,
    ) -> Result<(), StoreError> {
        let wake = self.hurried(lease.order, wake);
        let row = self.fenced(lease).ok_or(StoreError::Conflict)?;
        row.lease_until = None;
        row.outbox = None;
        row.waiting = Some(WaitingRow::new(wake, now));
        let checks = row
            .order
            .waiting
            .as_ref()
            .map_or(0, |waiting| waiting.checks);
        row.order.waiting = Some(Waiting {
            unmet: unmet.clone(),
            checks: checks + 1,
            checked_at: at(now),
        });
        Ok(())
    }

    /// A pool may have become known since the order looked for one.
    pub(super) fn hurried(&self, id: OrderId, wake: Wake) -> Wake {
        let mint = |row: &Row| row.order.swap.token_out.symbol.clone();
        let mint = self.rows.get(&id).map(mint);
        let is_known = mint
            .zip(wake.pool_after)
            .is_some_and(|(mint, after)| self.knows_pool_after(&mint, after));
        Wake {
            after: if is_known {
                Some(Duration::ZERO)
            } else {
                wake.after
            },
            ..wake
        }
    }

    pub(crate) fn wake_at(
        &mut self,
        pair: (&str, &str),
        price: Decimal,
        limit: u32,
        now: u64,
    ) -> Vec<Envelope> {
        self.wake_within(pair, |wake| wake <= price, limit, now)
    }

    /// As [`Store::wake_at`], for the wake prices that are `meant`.
    pub(crate) fn wake_within(
        &mut self,
        pair: (&str, &str),
        meant: impl Fn(Decimal) -> bool,
        limit: u32,
        now: u64,
    ) -> Vec<Envelope> {
        let at_once = self.locks.wakes_at_once;
        let met = |row: &Row| {
            let waiting = row.waiting.as_ref()?;
            let at_price = waiting.wake_at_price.filter(|wake| meant(*wake))?;
            (is_of(&row.order, pair) && !waiting.woken).then_some(at_price)
        };
        let mut due: Vec<(Decimal, &mut Row)> = self
            .rows // in the order of their ids
            .values_mut()
            .filter_map(|row| Some((met(row)?, row)))
            .collect();
        due.sort_by_key(|(at_price, _)| *at_price);
        due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        due.into_iter()
            .map(|(_, row)| row.wake(at_once, now))
            .collect()
    }

    pub(crate) fn wake_due(&mut self, limit: u32, now: u64) -> Vec<Envelope> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let at_once = self.locks.wakes_at_once;
        let is_due = |row: &&mut Row| {
            let deadline = row.deadline;
            row.waiting.as_ref().is_some_and(|waiting| {
                let again = waiting.recheck_at.is_some_and(|at| at <= now);
                !waiting.woken && (again || deadline <= now)
            })
        };
        let due = self.rows.values_mut().filter(is_due).take(limit);
        due.map(|row| row.wake(at_once, now)).collect()
    }

    /// Queues what was marked as woken: for a variant that does not do both at once.
    pub(crate) fn queue_woken(&mut self, woken: &[Envelope], now: u64) {
        for envelope in woken {
            if let Some(row) = self.rows.get_mut(&envelope.message.id) {
                row.bring_back(now);
            }
        }
    }
}

fn is_of(order: &Order, (token_in, token_out): (&str, &str)) -> bool {
    order.swap.token_in.symbol == token_in && order.swap.token_out.symbol == token_out
}

impl Row {
    pub(super) fn wake(&mut self, at_once: bool, now: u64) -> Envelope {
        if let Some(waiting) = &mut self.waiting {
            waiting.woken = true;
        }
        if at_once {
            self.bring_back(now);
        }
        Envelope::of(&self.order, Duration::ZERO)
    }

    /// Sees to it that there is an outbox row.
    pub(super) fn bring_back(&mut self, now: u64) {
        self.outbox.get_or_insert(OutboxRow {
            attempt: self.order.attempt,
            available_at: now,
            sent_at: None,
            sends: 0,
        });
    }

    /// The slot after which a pool wakes it.
    pub(crate) fn pool_after(&self) -> Option<u64> {
        self.waiting.as_ref()?.pool_after
    }

    /// Whether it waits for its condition, and for no worker.
    pub(crate) fn is_asleep(&self) -> bool {
        self.order.status == Status::Waiting
            && self.waiting.as_ref().is_some_and(|waiting| !waiting.woken)
    }
}
