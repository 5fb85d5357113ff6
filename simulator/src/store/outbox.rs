//! The statements of the relay.

use std::time::Duration;

use engine::{
    order::OrderId,
    ports::{Envelope, ExecuteOrder, Grace, OutboxStats},
};

use super::{Row, Store, row::OutboxRow};
use crate::time::ms;

const KEYS_ARE_KEPT: u64 = 24 * 60 * 60 * 1_000;
/// The same where the key of an open order is not kept: a run has minutes and no days.
const OPEN_KEYS_ARE_KEPT: u64 = 5_000;

impl Store {
    /// When the newest order came that a worker holds, or was sent again.
    fn newest_held(&self, now: u64) -> Option<u64> {
        let held = self.rows.values().filter(|row| row.is_held(now));
        let sent = |row: &Row| row.outbox.as_ref().and_then(|outbox| outbox.sent_at);
        held.map(|row| sent(row).unwrap_or(row.created_at)).max()
    }

    /// Up to which moment messages should have been taken up.
    fn taken_up(&self, grace: Grace, now: u64) -> Option<u64> {
        match grace {
            Grace::Of(_) => Some(now),
            Grace::Overtaken(_) => self.newest_held(now),
        }
    }

    pub(crate) fn due(&mut self, grace: Grace, limit: u32, now: u64) -> Vec<Envelope> {
        let taken_up = self.taken_up(grace, now);
        let grace = ms(grace.time());
        let mut due: Vec<&mut Row> = self
            .rows
            .values_mut()
            .filter(|row| !row.is_held(now))
            .filter(|row| {
                let until = row.lease_until.map_or(taken_up, |_| Some(now));
                let waits = |outbox: &OutboxRow| outbox.available_at.saturating_add(grace);
                row.outbox.as_ref().is_some_and(|outbox| {
                    outbox.sent_at.is_none() && until.is_some_and(|until| waits(outbox) <= until)
                })
            })
            .collect();
        due.sort_by_key(|row| row.outbox.as_ref().map(|outbox| outbox.available_at));
        due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        due.into_iter()
            .filter_map(|row| {
                row.outbox.as_mut()?.available_at = now;
                row.envelope(Duration::ZERO)
            })
            .collect()
    }

    pub(crate) fn delayed(&self, limit: u32, now: u64) -> Vec<Envelope> {
        let mut delayed: Vec<Envelope> = self
            .rows
            .values()
            .filter(|row| !row.is_held(now))
            .filter_map(|row| {
                let outbox = row.outbox.as_ref()?;
                let later = outbox.sent_at.is_none() && outbox.available_at > now;
                let left = later.then(|| Duration::from_millis(outbox.available_at - now))?;
                row.envelope(left)
            })
            .collect();
        delayed.sort_by_key(|envelope| envelope.delay);
        delayed.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        delayed
    }

    pub(crate) fn mark_sent(&mut self, messages: &[ExecuteOrder], now: u64) {
        for message in messages {
            let outbox = self
                .rows
                .get_mut(&message.id)
                .and_then(|row| row.outbox.as_mut());
            if let Some(outbox) = outbox.filter(|outbox| outbox.attempt == message.attempt) {
                outbox.sent_at.get_or_insert(now);
            }
        }
    }

    pub(crate) fn requeue_stuck(&mut self, grace: Grace, now: u64) -> u64 {
        let taken_up = self.taken_up(grace, now);
        let grace = ms(grace.time());
        let mut requeued = 0;
        for row in self.rows.values_mut() {
            let lease_until = row.lease_until;
            let Some(outbox) = &mut row.outbox else {
                continue;
            };
            let doublings = 2u64.pow(outbox.sends.min(10));
            let since = |at: u64, wait: u64| at.saturating_add(wait) <= now;
            let lost = match (lease_until, outbox.sent_at) {
                (None, None) => false,
                (None, Some(sent_at)) => {
                    taken_up.is_some_and(|until| sent_at.saturating_add(grace * doublings) <= until)
                }
                (Some(until), _) if until >= now => false,
                (Some(_), None) => !since(outbox.available_at, grace),
                (Some(_), Some(sent_at)) => since(sent_at, (doublings - 1) * 1_000),
            };
            if lost {
                let sent_at = outbox.sent_at.take();
                outbox.sends += u32::from(sent_at.is_some());
                outbox.available_at = sent_at.unwrap_or(now).min(now.saturating_sub(grace));
                requeued += 1;
            }
        }
        requeued
    }

    pub(crate) fn overdue(
        &self,
        after: Option<OrderId>,
        limit: u32,
        now: u64,
    ) -> Vec<ExecuteOrder> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        self.rows // in the order of their ids
            .values()
            .filter(|row| row.deadline < now && !row.is_held(now) && Some(row.id()) > after)
            .filter_map(|row| {
                let attempt = row.outbox.as_ref()?.attempt;
                Some(ExecuteOrder {
                    id: row.id(),
                    attempt,
                })
            })
            .take(limit)
            .collect()
    }

    pub(crate) fn purge(&mut self, limit: u32, now: u64) -> bool {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut left = limit;
        self.subscriptions.retain(|_, subscription| {
            let goes = subscription.expires_at < now && left > 0;
            left -= usize::from(goes);
            !goes
        });
        let mut more = left == 0;
        left = limit;
        self.subscriptions_to_all.retain(|_, (_, expires_at)| {
            let goes = *expires_at < now && left > 0;
            left -= usize::from(goes);
            !goes
        });
        more |= left == 0;
        let keeps_open = self.locks.open_keys;
        let old = self.rows.values_mut().filter(|row| {
            let goes_at = match row.order.is_open() {
                true if keeps_open => u64::MAX,
                true => row.created_at.saturating_add(OPEN_KEYS_ARE_KEPT),
                false => row.updated_at.saturating_add(KEYS_ARE_KEPT),
            };
            row.key.is_some() && goes_at < now
        });
        let mut cleared = 0;
        for row in old.take(limit) {
            row.key = None;
            cleared += 1;
        }
        more | (cleared == limit)
    }

    /// Damages the outbox row of an open order that nobody holds, if there is one.
    pub(crate) fn lose_outbox_row(&mut self, drawn: u64) {
        let open: Vec<OrderId> = self
            .rows
            .values()
            .filter(|row| row.order.is_open() && row.lease_until.is_none())
            .map(Row::id)
            .collect();
        let Ok(count) = u64::try_from(open.len()) else {
            return;
        };
        let chosen = (drawn >> 1).checked_rem(count).unwrap_or(0);
        let Some(row) = usize::try_from(chosen)
            .ok()
            .and_then(|chosen| open.get(chosen))
            .and_then(|id| self.rows.get_mut(id))
        else {
            return;
        };
        match &mut row.outbox {
            Some(outbox) if drawn & 1 == 1 => outbox.attempt = outbox.attempt.saturating_sub(1),
            Some(_) | None => row.outbox = None,
        }
    }

    pub(crate) fn stats(&self, now: u64) -> OutboxStats {
        let unsent = |row: &&Row| {
            !row.is_held(now)
                && row
                    .outbox
                    .as_ref()
                    .is_some_and(|outbox| outbox.sent_at.is_none() && outbox.available_at <= now)
        };
        let open = || self.rows.values().filter(|row| row.outbox.is_some());
        let oldest = open()
            .filter(unsent)
            .filter_map(|row| row.outbox.as_ref())
            .map(|outbox| now - outbox.available_at)
            .max();
        OutboxStats {
            unsent: open().filter(unsent).count() as u64,
            oldest_seconds: oldest.unwrap_or(0) / 1_000,
            stuck_orders: open().filter(|row| row.deadline < now).count() as u64,
        }
    }
}
