//! The queue of one machine, with SQS's semantics: delays, a visibility time-out, a receive count,
//! dead letters after three.
//!
//! It lives in memory and may: the outbox in the database is the guarantee, the queue only the fast
//! path.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::OrderId,
    ports::{Client, Envelope, ExecuteOrder, Queue, Unavailable},
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

mod lines;
mod pace;
#[cfg(test)]
mod tests;
mod turns;

use self::{lines::Sender, pace::Pace, turns::Turns};

/// A message that was received so often and never served is a dead letter.
pub const MAX_RECEIVES: u32 = 3;

/// Delivers messages to workers, at least once.
pub struct LocalQueue {
    state: Mutex<State>,
    changed: Notify,
    visibility: Duration,
}

/// A message in a worker's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Names this message; a message that is sent again has another.
    pub id: u64,
    /// What it says.
    pub message: ExecuteOrder,
    /// Whose order it is about.
    pub account: AccountId,
    /// How often it was received, this time included.
    pub receives: u32,
    /// Where it waited, so that it can go back there.
    place: Place,
}

/// Where a message waits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    since: Instant,
    line: Line,
}

/// Among which of its account's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    /// Those that waited for their time.
    Due,
    /// The new ones of a sender.
    New(Sender),
}

/// How full the queue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Messages that can be received now.
    pub ready: usize,
    /// Messages that wait for their delay.
    pub delayed: usize,
    /// Messages in workers' hands.
    pub in_flight: usize,
    /// Messages that were given up.
    pub dead: usize,
    /// For how long the oldest message that can be received has been waiting.
    pub oldest: Duration,
}

/// How much those who receive can do, and how much of it may wait.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// How many messages they hold at once at the most.
    pub slots: u32,
    /// How long an order may be expected to wait for its turn.
    pub max_wait: Duration,
    /// How long all that waits may be expected to take. Newcomers have turns, so what was to wait
    /// for `max_wait` may wait for longer: for so long, and then it goes first among its account's,
    /// and has every second turn among the accounts. Twice this bounds every wait where there is
    /// one account, three times where there are several.
    pub max_backlog: Duration,
}

struct State {
    ready: Turns,
    capacity: Capacity,
    pace: Pace,
    later: BTreeMap<(Instant, u64), Received>,
    in_flight: BTreeMap<(Instant, u64), Received>,
    /// What is ready or delayed: the same message again adds nothing.
    waiting: HashSet<ExecuteOrder>,
    dead: Vec<Received>,
    last_id: u64,
}

impl LocalQueue {
    /// An empty queue. A message that was received and not deleted is seen again after
    /// `visibility`.
    pub fn new(visibility: Duration, capacity: Capacity) -> Self {
        let state = State {
            ready: Turns::new(capacity.max_backlog),
            capacity,
            pace: Pace::new(capacity.slots, Instant::now()),
            later: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            waiting: HashSet::new(),
            dead: Vec::new(),
            last_id: 0,
        };
        Self {
            state: Mutex::new(state),
            changed: Notify::new(),
            visibility,
        }
    }

    /// Waits for messages and takes up to `most` of them.
    pub async fn receive(&self, most: usize) -> Vec<Received> {
        loop {
            let changed = self.changed.notified();
            let wake = {
                let mut state = self.lock();
                let now = Instant::now();
                state.bring_forward(now);
                if state.ready.len() > 0 {
                    let taken = state.take(most, now, now + self.visibility);
                    if state.ready.len() > 0 {
                        self.changed.notify_one(); // there is work for another worker
                    }
                    return taken;
                }
                state.next_change()
            };
            match wake {
                Some(at) => tokio::select! { () = changed => {} () = sleep_until(at) => {} },
                None => changed.await,
            }
        }
    }

    /// Forgets messages that were served.
    pub fn delete(&self, served: &[Received]) {
        let ids: HashSet<u64> = served.iter().map(|received| received.id).collect();
        let mut state = self.lock();
        state.pass_time(Instant::now());
        state.in_flight.retain(|(_, id), _| !ids.contains(id));
    }

    /// Takes messages back that came at a bad time: each to the head of its line, as if it had not
    /// been received.
    pub fn take_back(&self, unserved: Vec<Received>) {
        let mut state = self.lock();
        state.pass_time(Instant::now());
        let ids: HashSet<u64> = unserved.iter().map(|received| received.id).collect();
        state.in_flight.retain(|(_, id), _| !ids.contains(id));
        for received in unserved.into_iter().rev() {
            state.take_back(received);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// How full it is now.
    pub fn depth(&self) -> Depth {
        let state = self.lock();
        Depth {
            ready: state.ready.len(),
            delayed: state.later.len(),
            in_flight: state.in_flight.len(),
            dead: state.dead.len(),
            oldest: state
                .ready
                .oldest()
                .map_or(Duration::ZERO, |since| since.elapsed()),
        }
    }

    /// Gives an order of this account and client a place, until it is sent or the place is given
    /// back.
    ///
    /// # Errors
    /// For how long too long it would wait: when it would be given one, if nothing else came.
    pub(crate) fn reserve(
        &self,
        id: OrderId,
        account: &AccountId,
        client: Option<&Client>,
    ) -> Result<(), Duration> {
        let mut state = self.lock();
        let now = Instant::now();
        state.pass_time(now);
        let ahead = state.ready.ahead_of(account, client, now);
        let turn = state.pace.time_for(ahead);
        let end = state.expected_wait();
        let Capacity {
            max_wait,
            max_backlog,
            ..
        } = state.capacity;
        let too_long = turn
            .saturating_sub(max_wait)
            .max(end.saturating_sub(max_backlog));
        if too_long > Duration::ZERO {
            return Err(too_long);
        }
        state.ready.reserve(id, account, client);
        Ok(())
    }

    /// The order is not sent after all, or is sent.
    pub(crate) fn give_back(&self, id: OrderId) {
        self.lock().ready.give_back(id);
    }

    /// How long the last of those that wait has to expect to.
    pub(crate) fn expected_wait(&self) -> Duration {
        let mut state = self.lock();
        state.pass_time(Instant::now());
        state.expected_wait()
    }

    /// What was given up.
    pub fn dead_letters(&self) -> Vec<Received> {
        self.lock().dead.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Queue for LocalQueue {
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        let now = Instant::now();
        let mut state = self.lock();
        for envelope in batch {
            if state.waiting.insert(envelope.message) {
                state.last_id += 1;
                let received = Received {
                    id: state.last_id,
                    message: envelope.message,
                    account: envelope.account.clone(),
                    receives: 0,
                    place: Place {
                        since: now,
                        line: Line::New(None),
                    },
                };
                state.put(now + envelope.delay, now, received);
            }
        }
        drop(state);
        self.changed.notify_one();
        Ok(vec![true; batch.len()])
    }

    /// It knows again what waits.
    async fn waiting(&self) -> Result<u64, Unavailable> {
        Ok(0)
    }
}

impl State {
    fn expected_wait(&self) -> Duration {
        self.pace.time_for(self.ready.all_new())
    }

    /// Before anything changes in what is in flight.
    fn pass_time(&mut self, now: Instant) {
        self.pace.pass(now, self.in_flight.len());
    }

    fn put(&mut self, at: Instant, now: Instant, received: Received) {
        if at > now {
            self.later.insert((at, received.id), received);
        } else {
            self.ready.push_new(now, received);
        }
    }

    /// Delays that are over, and messages that nobody deleted in time.
    fn bring_forward(&mut self, now: Instant) {
        self.pass_time(now);
        let later = self.later.split_off(&(now, u64::MAX));
        for received in std::mem::replace(&mut self.later, later).into_values() {
            self.ready.push_due(now, received);
        }
        while let Some(entry) = self
            .in_flight
            .first_entry()
            .filter(|entry| entry.key().0 <= now)
        {
            let received = entry.remove();
            if received.receives >= MAX_RECEIVES {
                tracing::error!(order = %received.message.id, "defect: a message was received {MAX_RECEIVES} times and never served");
                self.dead.push(received);
            } else if self.waiting.insert(received.message) {
                match received.place.line {
                    Line::Due => self.ready.push_due(now, received),
                    Line::New(_) => self.ready.push_new(now, received),
                }
            }
        }
    }

    fn take_back(&mut self, received: Received) {
        if !self.waiting.insert(received.message) {
            return; // it was sent again meanwhile
        }
        if matches!(received.place.line, Line::New(_)) {
            self.pace.took_back(1);
        }
        self.ready.put_back(Received {
            receives: received.receives - 1,
            ..received
        });
    }

    fn take(&mut self, most: usize, now: Instant, visible_at: Instant) -> Vec<Received> {
        let new = self.ready.len_new();
        let next = std::iter::from_fn(|| self.ready.pop(now));
        let mut taken: Vec<Received> = next.take(most).collect();
        self.pace.took(new - self.ready.len_new());
        for received in &mut taken {
            received.receives += 1;
        }
        for received in &taken {
            self.waiting.remove(&received.message);
            self.in_flight
                .insert((visible_at, received.id), received.clone());
        }
        taken
    }

    fn next_change(&self) -> Option<Instant> {
        let first = |map: &BTreeMap<(Instant, u64), Received>| map.keys().next().map(|&(at, _)| at);
        first(&self.later)
            .into_iter()
            .chain(first(&self.in_flight))
            .min()
    }
}
