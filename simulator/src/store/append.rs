//! The one statement that moves an order: row, event, transaction and outbox together.

use engine::{
    order::{LogEntry, Order, SignedTransaction, Status, TransactionEnd},
    ports::{Appended, Authority, Next, StoreError, Subscribers, Transition},
};

use super::{Row, Store, TransactionState, WaitingRow};
use crate::time::{at, ms};

/// A transition without its borrows, so that it can take effect after its sender is gone.
#[derive(Clone, Debug)]
pub(crate) struct OwnedTransition {
    pub(crate) by: Authority,
    pub(crate) entries: Vec<LogEntry>,
    pub(crate) order: Order,
    pub(crate) transaction: Option<SignedTransaction>,
    pub(crate) next: Next,
}

impl From<&Transition<'_>> for OwnedTransition {
    fn from(transition: &Transition<'_>) -> Self {
        Self {
            by: transition.by,
            entries: transition.entries.to_vec(),
            order: transition.order.clone(),
            transaction: transition.transaction.cloned(),
            next: transition.next,
        }
    }
}

impl OwnedTransition {
    fn settles(&self) -> Option<TransactionEnd> {
        self.entries.iter().find_map(|entry| entry.event.settles())
    }
}

impl Store {
    pub(crate) fn append(
        &mut self,
        transition: &OwnedTransition,
        now: u64,
    ) -> Result<Appended, StoreError> {
        let locks = self.locks;
        let next = match transition.next {
            Next::Wait(wake) => Next::Wait(self.hurried(transition.by.order(), wake)),
            other => other,
        };
        let row = self.allowed(&transition.by).ok_or(StoreError::Conflict)?;
        let second = transition.transaction.is_some() && row.has_live_transaction();
        if second && locks.one_live_transaction {
            return Err(StoreError::Conflict);
        }
        let seq = row.order.last_seq + transition.entries.len() as u64;
        // The database need not look at this: nothing happens behind a holder's back while every
        // other writer raises the token.
        if locks.fence && locks.stop_fence && transition.order.last_seq != seq {
            return Err(StoreError::Rejected(format!("the last event is {seq}")));
        }
        if let Authority::Seen { .. } = transition.by {
            row.token += i64::from(locks.stop_fence);
        }
        if transition.by.status() == Status::Waiting {
            row.waiting = None;
            row.bring_back(now);
        }
        row.write(&transition.order, seq, now);
        row.log(&transition.entries);
        row.settle(transition.settles());
        row.sign(transition.transaction.as_ref());
        row.hand_on(next, now);
        let id = row.id();
        Ok(Appended {
            seq,
            at: at(now),
            subscribers: self.live(id),
        })
    }
}

impl Row {
    /// What is written with a claim.
    pub(super) fn begin(&mut self, now: u64) -> Option<Appended> {
        if !self.order.begins_at_once() || self.order.deadline < at(now) {
            return None;
        }
        let mut order = self.order.clone();
        let seq = order.last_seq + 1;
        let entry = order.entry(Order::BEGINNING).ok()?;
        self.write(&order, seq, now);
        self.log(&[entry]);
        Some(Appended {
            seq,
            at: at(now),
            subscribers: Subscribers::default(),
        })
    }

    fn write(&mut self, order: &Order, seq: u64, now: u64) {
        self.updated_at = now;
        self.order = Order {
            last_seq: seq,
            updated_at: at(now),
            ..order.clone()
        };
    }

    /// The entries of the move that the row has made.
    fn log(&mut self, entries: &[LogEntry]) {
        let order = &self.order;
        let first = order.last_seq + 1 - entries.len() as u64;
        let records = (first..).zip(entries.iter().cloned());
        self.events
            .extend(records.map(|(seq, entry)| entry.recorded(order.id, seq, order.updated_at)));
    }

    fn settle(&mut self, end: Option<TransactionEnd>) {
        let Some(end) = end else { return };
        for (_, state) in &mut self.transactions {
            if *state == TransactionState::Signed {
                *state = TransactionState::Ended(end);
            }
        }
    }

    fn sign(&mut self, transaction: Option<&SignedTransaction>) {
        let Some(transaction) = transaction else {
            return;
        };
        // One that was taken for dead, and has landed, is there already.
        self.transactions
            .retain(|(known, _)| known.signature != transaction.signature);
        self.transactions
            .push((transaction.clone(), TransactionState::Signed));
    }

    /// Whose turn it is now: lease and outbox row.
    fn hand_on(&mut self, next: Next, now: u64) {
        self.lease_until = match next {
            Next::Hold(duration) => Some(now + ms(duration)),
            Next::Retry(_) | Next::Wait(_) | Next::Close => None,
        };
        match (next, &mut self.outbox) {
            (Next::Close, outbox) => *outbox = None,
            (Next::Wait(wake), outbox) => {
                *outbox = None;
                self.waiting = Some(WaitingRow::new(wake, now));
            }
            (Next::Retry(pause), Some(outbox)) => {
                outbox.attempt = self.order.attempt;
                outbox.available_at = now + ms(pause);
                outbox.sent_at = None;
                outbox.sends = 0;
            }
            (Next::Retry(_), None) | (Next::Hold(_), _) => {}
        }
    }
}
