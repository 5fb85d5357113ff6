//! New orders, in fair turns: one of each client's after the other, so that nobody waits for the
//! whole of another's burst; but what has waited for long enough goes first, so that no stream of
//! newcomers keeps it waiting for ever.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use engine::{order::OrderId, ports::Client};
use tokio::time::Instant;

use super::Received;

/// Whose an order is. Those of nobody known (sent by the relay, or seen again) share a line.
type Owner = Option<Client>;

/// A line for each client. Whoever was served goes to the end of `turns`.
pub(super) struct Turns {
    /// Who has waited for so long is served first.
    patience: Duration,
    lines: HashMap<Owner, Line>,
    /// Each client with a message that waits, once.
    turns: VecDeque<Owner>,
    /// All messages as they came. Those that had their turn are passed over.
    arrivals: VecDeque<(Instant, u64, Owner)>,
    /// Orders that were admitted and are not sent yet.
    coming: HashMap<OrderId, Owner>,
    waiting: usize,
}

#[derive(Default)]
struct Line {
    messages: VecDeque<(Instant, Received)>,
    /// How many of `coming` are the client's.
    coming: usize,
}

impl Line {
    fn len(&self) -> usize {
        self.messages.len() + self.coming
    }
}

impl Turns {
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            patience,
            lines: HashMap::new(),
            turns: VecDeque::new(),
            arrivals: VecDeque::new(),
            coming: HashMap::new(),
            waiting: 0,
        }
    }

    /// How many messages can be taken.
    pub(super) const fn len(&self) -> usize {
        self.waiting
    }

    /// Since when the one waits that has waited longest.
    pub(super) fn oldest(&self) -> Option<Instant> {
        let first = |line: &Line| line.messages.front().map(|&(since, _)| since);
        self.lines.values().filter_map(first).min()
    }

    /// How many orders are taken up before the next one of this client: all of its own, of each
    /// other no more than as many and one, and those that have waited for long enough.
    pub(super) fn ahead_of(&self, client: Option<&Client>, now: Instant) -> usize {
        let client = client.cloned();
        let own = self.lines.get(&client).map_or(0, Line::len);
        let others = self.lines.iter().filter(|(other, _)| **other != client);
        let turns = others.map(|(_, line)| line.len().min(own + 1));
        let first = self
            .arrivals
            .partition_point(|&(since, ..)| self.has_waited(since, now));
        (own + turns.sum::<usize>() + first).min(self.all())
    }

    fn has_waited(&self, since: Instant, now: Instant) -> bool {
        now.saturating_duration_since(since) >= self.patience
    }

    /// Every order that waits or is coming.
    pub(super) fn all(&self) -> usize {
        self.waiting + self.coming.len()
    }

    /// Keeps a place for an order.
    pub(super) fn reserve(&mut self, id: OrderId, client: Option<&Client>) {
        let owner = client.cloned();
        self.lines.entry(owner.clone()).or_default().coming += 1;
        self.coming.insert(id, owner);
    }

    /// Gives an order's place back, if there is one; answers whose it was.
    pub(super) fn give_back(&mut self, id: OrderId) -> Owner {
        let owner = self.coming.remove(&id)?;
        if let Some(line) = self.lines.get_mut(&owner) {
            line.coming -= 1;
        }
        self.forget_empty(&owner);
        owner
    }

    /// A message comes: into the line of whoever has a place for its order.
    pub(super) fn push(&mut self, since: Instant, received: Received) {
        let owner = self.give_back(received.message.id);
        let line = self.lines.entry(owner.clone()).or_default();
        if line.messages.is_empty() {
            self.turns.push_back(owner.clone());
        }
        self.arrivals.push_back((since, received.id, owner));
        line.messages.push_back((since, received));
        self.waiting += 1;
    }

    /// The message whose turn it is.
    pub(super) fn pop(&mut self, now: Instant) -> Option<Received> {
        let owner = match self.longest_waiting(now) {
            Some(owner) => {
                let turn = self.turns.iter().position(|other| *other == owner)?;
                self.turns.remove(turn)?
            }
            None => self.turns.pop_front()?,
        };
        let line = self.lines.get_mut(&owner)?;
        let (_, received) = line.messages.pop_front()?;
        self.waiting -= 1;
        if line.messages.is_empty() {
            self.forget_empty(&owner);
        } else {
            self.turns.push_back(owner);
        }
        Some(received)
    }

    /// Whose message has waited for long enough and for longer than any other.
    fn longest_waiting(&mut self, now: Instant) -> Option<Owner> {
        loop {
            let (since, id, owner) = self.arrivals.front()?;
            let line = self.lines.get(owner);
            let first = line.and_then(|line| line.messages.front());
            if first.is_some_and(|(_, received)| received.id == *id) {
                return self.has_waited(*since, now).then(|| owner.clone());
            }
            self.arrivals.pop_front();
        }
    }

    fn forget_empty(&mut self, owner: &Owner) {
        if self.lines.get(owner).is_some_and(|line| line.len() == 0) {
            self.lines.remove(owner);
        }
    }
}
