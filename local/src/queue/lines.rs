//! One account's messages. What has waited for its time goes before what is new: its orders are
//! under way, and must not wait behind a burst. New orders have fair turns: one of each client's
//! after the other, so that nobody waits for the whole of another's burst; but what has waited for
//! long enough goes first, so that no stream of newcomers keeps it waiting for ever.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use engine::ports::Client;
use tokio::time::Instant;

use super::{Line, Received};

/// Who sent an order. Those of nobody known (sent by the relay or the monitor, or seen again) share
/// a line.
pub(super) type Sender = Option<Client>;

/// A line for each client. Whoever was served goes to the end of `turns`.
pub(super) struct Lines {
    /// Who has waited for so long is served first.
    patience: Duration,
    /// What has waited for its time.
    due: VecDeque<Received>,
    lines: HashMap<Sender, ClientLine>,
    /// Each client with a message that waits, once.
    turns: VecDeque<Sender>,
    /// All new messages as they came. Those that had their turn are passed over.
    arrivals: VecDeque<(Instant, u64, Sender)>,
    /// How many of the account's orders were admitted and are not sent yet.
    coming: usize,
    new: usize,
}

/// A client's new messages.
#[derive(Default)]
struct ClientLine {
    messages: VecDeque<Received>,
    /// How many of those that are coming are the client's.
    coming: usize,
}

impl ClientLine {
    fn len(&self) -> usize {
        self.messages.len() + self.coming
    }
}

impl Lines {
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            patience,
            due: VecDeque::new(),
            lines: HashMap::new(),
            turns: VecDeque::new(),
            arrivals: VecDeque::new(),
            coming: 0,
            new: 0,
        }
    }

    /// How many messages can be taken.
    pub(super) fn len(&self) -> usize {
        self.due.len() + self.new
    }

    /// How many of them are new.
    pub(super) const fn len_new(&self) -> usize {
        self.new
    }

    /// Every new order that waits or is coming.
    pub(super) const fn all_new(&self) -> usize {
        self.new + self.coming
    }

    /// Since when the one waits that has waited longest.
    pub(super) fn oldest(&self) -> Option<Instant> {
        let first = |line: &ClientLine| Some(line.messages.front()?.place.since);
        let due = self.due.front().map(|received| received.place.since);
        self.lines.values().filter_map(first).chain(due).min()
    }

    /// How many orders of the account are taken up before the next one of this client: all of its
    /// own, of each other no more than as many and one, and those that have waited for long enough.
    pub(super) fn ahead_of(&self, client: &Sender, now: Instant) -> usize {
        let own = self.lines.get(client).map_or(0, ClientLine::len);
        let others = self.lines.iter().filter(|(other, _)| *other != client);
        let turns = others.map(|(_, line)| line.len().min(own + 1));
        (own + turns.sum::<usize>() + self.late(now)).min(self.all_new())
    }

    /// How many have waited for long enough.
    pub(super) fn late(&self, now: Instant) -> usize {
        let is_late = |&(since, ..): &(Instant, u64, Sender)| self.has_waited(since, now);
        self.arrivals.partition_point(is_late)
    }

    fn has_waited(&self, since: Instant, now: Instant) -> bool {
        now.saturating_duration_since(since) >= self.patience
    }

    /// Keeps a place for an order.
    pub(super) fn reserve(&mut self, client: Sender) {
        self.lines.entry(client).or_default().coming += 1;
        self.coming += 1;
    }

    /// Gives a place back that was kept.
    pub(super) fn give_back(&mut self, client: &Sender) {
        if let Some(line) = self.lines.get_mut(client) {
            line.coming -= 1;
            self.coming -= 1;
        }
        self.forget_empty(client);
    }

    /// Another message, behind those of its line.
    pub(super) fn push(&mut self, received: Received) {
        let Line::New(client) = received.place.line.clone() else {
            return self.due.push_back(received);
        };
        let arrival = (received.place.since, received.id, client.clone());
        self.arrivals.push_back(arrival);
        let line = self.lines.entry(client.clone()).or_default();
        if line.messages.is_empty() {
            self.turns.push_back(client);
        }
        line.messages.push_back(received);
        self.new += 1;
    }

    /// A message that was taken, before those of its line.
    pub(super) fn put_back(&mut self, received: Received) {
        let Line::New(client) = received.place.line.clone() else {
            return self.due.push_front(received);
        };
        let since = received.place.since;
        let arrived = (since, received.id, client.clone());
        let at = self.arrivals.partition_point(|other| other.0 < since);
        let mut alike = self
            .arrivals
            .range(at..)
            .take_while(|other| other.0 == since);
        if !alike.any(|other| *other == arrived) {
            self.arrivals.insert(at, arrived);
        }
        let line = self.lines.entry(client.clone()).or_default();
        if line.messages.is_empty() {
            self.turns.push_front(client);
        }
        line.messages.push_front(received);
        self.new += 1;
    }

    /// The message whose turn it is.
    pub(super) fn pop(&mut self, now: Instant) -> Option<Received> {
        if let Some(received) = self.due.pop_front() {
            return Some(received);
        }
        let client = match self.longest_waiting(now) {
            Some((_, client)) => {
                let turn = self.turns.iter().position(|other| *other == client)?;
                self.turns.remove(turn)?
            }
            None => self.turns.pop_front()?,
        };
        let line = self.lines.get_mut(&client)?;
        let received = line.messages.pop_front()?;
        self.new -= 1;
        if line.messages.is_empty() {
            self.forget_empty(&client);
        } else {
            self.turns.push_back(client);
        }
        Some(received)
    }

    /// Whose message has waited for long enough and for longer than any other, and since when.
    pub(super) fn longest_waiting(&mut self, now: Instant) -> Option<(Instant, Sender)> {
        loop {
            let (since, id, client) = self.arrivals.front()?;
            let line = self.lines.get(client);
            let first = line.and_then(|line| line.messages.front());
            if first.is_some_and(|received| received.id == *id) {
                let is_late = self.has_waited(*since, now);
                return is_late.then(|| (*since, client.clone()));
            }
            self.arrivals.pop_front();
        }
    }

    /// Whether nothing can be taken.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing waits here and nothing is coming.
    pub(super) fn is_idle(&self) -> bool {
        self.is_empty() && self.coming == 0
    }

    fn forget_empty(&mut self, client: &Sender) {
        if self.lines.get(client).is_some_and(|line| line.len() == 0) {
            self.lines.remove(client);
        }
    }
}
