//! What the clients were told of each of their orders: the side of the judgement that the engine
//! has no hand in.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// The last that a client knows of an order that it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// 202, with this id.
    Accepted(Uuid),
    /// `outcome_unknown`, or the answer was lost.
    Unknown,
    /// Every answer so far said that nothing is stored: 429, `unavailable`, no connection.
    NotStored,
}

/// How often things happened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Orders that clients wanted to place.
    pub(super) wanted: u32,
    /// Of those the ones that never left, because every connection was busy for seconds.
    pub(super) unsent: u32,
    /// 202.
    pub(super) accepted: u32,
    /// 429.
    pub(super) busy: u32,
    /// Repeats after the pause that a 429 asked for.
    pub(super) came_back: u32,
    /// And accepted then.
    pub(super) came_back_accepted: u32,
    /// 503 `unavailable`.
    pub(super) unavailable: u32,
    /// 503 `outcome_unknown`.
    pub(super) unknown: u32,
    /// No answer: the connection broke, or was silent for too long.
    pub(super) lost: u32,
}

/// Every intent of every client.
pub(super) struct Book {
    told: Mutex<HashMap<String, Told>>,
    counts: Mutex<Counts>,
    /// Answers that no client should ever get.
    strange: Mutex<Vec<String>>,
    /// When the request was sent that was accepted and sent last.
    pub(super) accepted: watch::Sender<Instant>,
    /// One order in so many is followed.
    followed: mpsc::UnboundedSender<Uuid>,
}

/// One order in so many is followed by a socket.
const FOLLOWED: u32 = 40;
/// More strange answers than these say nothing new.
const STRANGE: usize = 20;

impl Book {
    /// An empty book. The ids of the orders to follow go to `followed`.
    pub(super) fn new(followed: mpsc::UnboundedSender<Uuid>) -> Self {
        Self {
            told: Mutex::default(),
            counts: Mutex::default(),
            strange: Mutex::default(),
            accepted: watch::Sender::new(Instant::now()),
            followed,
        }
    }

    /// Counts something.
    pub(super) fn count(&self, what: impl FnOnce(&mut Counts)) {
        what(&mut lock(&self.counts));
    }

    /// The counts so far.
    pub(super) fn counts(&self) -> Counts {
        *lock(&self.counts)
    }

    /// The order of this key was accepted, by a request that was sent then.
    pub(super) fn accept(&self, key: &str, order: Uuid, sent: Instant) {
        let former = lock(&self.told).insert(key.to_owned(), Told::Accepted(order));
        if let Some(Told::Accepted(other)) = former
            && other != order
        {
            self.wonder(format!("{key} was answered with {other} and with {order}"));
        }
        self.accepted.send_if_modified(|last| {
            let later = sent > *last;
            *last = (*last).max(sent);
            later
        });
        let mut counts = lock(&self.counts);
        counts.accepted += 1;
        if counts.accepted.is_multiple_of(FOLLOWED) {
            let _ = self.followed.send(order); // at the end nobody follows any more
        }
    }

    /// Nobody knows whether the order of this key is stored.
    pub(super) fn lose(&self, key: &str) {
        lock(&self.told).insert(key.to_owned(), Told::Unknown);
    }

    /// The order of this key is not stored; unless an answer before this one was lost.
    pub(super) fn refuse(&self, key: &str) {
        lock(&self.told)
            .entry(key.to_owned())
            .or_insert(Told::NotStored);
    }

    /// Whether a repeat is the only way to know.
    pub(super) fn is_unknown(&self, key: &str) -> bool {
        lock(&self.told).get(key) == Some(&Told::Unknown)
    }

    /// Something that must not be answered was answered.
    pub(super) fn wonder(&self, what: String) {
        let mut strange = lock(&self.strange);
        if strange.len() < STRANGE {
            strange.push(what);
        }
    }

    /// All of it, for the judge.
    pub(super) fn close(&self) -> (HashMap<String, Told>, Vec<String>) {
        let strange = std::mem::take(&mut *lock(&self.strange));
        (std::mem::take(&mut *lock(&self.told)), strange)
    }
}

/// Nothing panics while it holds one of these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_does_not_make_known_what_was_lost() {
        let book = Book::new(mpsc::unbounded_channel().0);
        book.refuse("a");
        book.lose("b");
        book.refuse("b");
        book.lose("c");
        book.accept("c", Uuid::nil(), Instant::now());
        let (told, _) = book.close();
        assert_eq!(told["a"], Told::NotStored);
        assert_eq!(told["b"], Told::Unknown);
        assert_eq!(told["c"], Told::Accepted(Uuid::nil()));
    }
}
