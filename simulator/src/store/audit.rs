//! The order book against itself.

use engine::{
    order::{OrderId, Status, TransactionEnd, Trigger},
    ports::{AuditPosition, Audited},
};

use super::{OutboxRow, Row, Store, TransactionState};
use crate::time::at;

/// What was touched since is left alone.
const UNTOUCHED: u64 = 15_000;

impl Store {
    pub(crate) fn audit(
        &mut self,
        position: &AuditPosition,
        watched: &[OrderId],
        limit: u32,
        now: u64,
    ) -> Audited {
        self.audit_those(position, watched, limit, now, |_| true)
    }

    pub(crate) fn audit_conditional(
        &mut self,
        position: &AuditPosition,
        limit: u32,
        now: u64,
    ) -> Audited {
        self.audit_those(position, &[], limit, now, |row| {
            row.order.kind.trigger() != Trigger::Immediately
        })
    }

    fn audit_those(
        &mut self,
        position: &AuditPosition,
        watched: &[OrderId],
        limit: u32,
        now: u64,
        which: fn(&Row) -> bool,
    ) -> Audited {
        let after = (position.created_at, position.id);
        let place = |row: &Row| (at(row.created_at), row.id());
        let mut come: Vec<(jiff::Timestamp, OrderId)> = self
            .rows
            .values()
            .filter(|row| {
                which(row) && place(row) > after && row.created_at.saturating_add(UNTOUCHED) < now
            })
            .map(place)
            .collect();
        come.sort_unstable();
        come.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let mut audited = Audited {
            position: come
                .last()
                .map(|&(created_at, id)| AuditPosition { created_at, id }),
            ..Audited::default()
        };
        let mut ids: Vec<OrderId> = come.iter().map(|&(_, id)| id).collect();
        ids.extend(watched);
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let Some(row) = self.rows.get_mut(&id) else {
                continue;
            };
            if row.order.is_open() {
                if row.order.status != Status::Waiting {
                    audited.again.push(id);
                }
                row.mend(now, &mut audited);
            } else if row.updated_at.saturating_add(UNTOUCHED) >= now {
                audited.again.push(id);
            } else {
                row.judge(&mut audited);
            }
        }
        audited
    }
}

impl Row {
    fn mend(&mut self, now: u64, audited: &mut Audited) {
        let is_idle = self.updated_at.saturating_add(UNTOUCHED) < now
            && self
                .lease_until
                .is_none_or(|until| until.saturating_add(UNTOUCHED) < now);
        let attempt = self.order.attempt;
        let found = self.outbox.as_ref().map(|outbox| outbox.attempt);
        if !is_idle || found == Some(attempt) || found.is_none() && self.is_asleep() {
            return;
        }
        match found {
            None => audited.rows_missing += 1,
            Some(_) => audited.rows_of_another_attempt += 1,
        }
        self.outbox = Some(OutboxRow {
            attempt,
            available_at: now,
            sent_at: None,
            sends: 0,
        });
    }

    fn judge(&mut self, audited: &mut Audited) {
        audited.rows_left_over += u64::from(self.outbox.take().is_some());
        self.waiting = None;
        let ended = |end| TransactionState::Ended(end);
        let count = |state| {
            let of = |found: &&(_, TransactionState)| found.1 == state;
            self.transactions.iter().filter(of).count()
        };
        let is_confirmed = self.order.status == Status::Confirmed;
        if (count(ended(TransactionEnd::Landed)) == 1) != is_confirmed {
            audited.contradictions.push((self.id(), "not as landed"));
        }
        if count(TransactionState::Signed) > 0 {
            audited.contradictions.push((self.id(), "still signed"));
        }
        if self.events.len() as u64 != self.order.last_seq {
            audited.contradictions.push((self.id(), "a gap"));
        }
    }
}
