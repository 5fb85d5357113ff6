//! The queue's semantics, SQS's: at least once, in any order, delays, a visibility time-out, dead
//! letters after three receives.

use std::{collections::BTreeMap, task::Waker};

use engine::ports::ExecuteOrder;

use crate::rng::Rng;

/// A message received this often and not deleted is a dead letter when its time-out ends.
pub(crate) const MAX_RECEIVES: u32 = 3;

/// The messages, and who waits for them.
#[derive(Debug, Default)]
pub(crate) struct SimulatedQueue {
    messages: BTreeMap<u64, Message>,
    pub(crate) dead: Vec<ExecuteOrder>,
    waiting: Vec<Waker>,
    last: u64,
    /// For the judge: the step at which each message was accepted last.
    pub(crate) accepted_at_step: BTreeMap<(uuid::Uuid, u32), u64>,
    /// How often any message of an order was received, ever.
    pub(crate) receives: BTreeMap<uuid::Uuid, u32>,
}

#[derive(Debug)]
struct Message {
    body: ExecuteOrder,
    visible_at: u64,
    receives: u32,
}

/// A message in a worker's hands.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) id: u64,
    pub(crate) message: ExecuteOrder,
    /// For the judge: the step at which it was received.
    pub(crate) at_step: u64,
}

impl SimulatedQueue {
    pub(crate) fn accept(&mut self, body: ExecuteOrder, visible_at: u64, step: u64) {
        self.last += 1;
        self.messages.insert(
            self.last,
            Message {
                body,
                visible_at,
                receives: 0,
            },
        );
        self.accepted_at_step
            .insert((body.id.0, body.attempt), step);
        self.wake();
    }

    /// Takes at most `limit` visible messages, in any order, and hides them for `visibility_ms`.
    pub(crate) fn receive(
        &mut self,
        limit: usize,
        visibility_ms: u64,
        (now, step): (u64, u64),
        rng: &mut Rng,
    ) -> Vec<Receipt> {
        self.bury(now);
        let mut visible: Vec<u64> = self.visible(now).collect();
        let mut taken = Vec::new();
        while taken.len() < limit && !visible.is_empty() {
            let drawn = rng.below(visible.len() as u64);
            let id = visible.swap_remove(usize::try_from(drawn).unwrap_or(0)); // below the length
            let Some(message) = self.messages.get_mut(&id) else {
                continue;
            };
            message.receives += 1;
            message.visible_at = now + visibility_ms;
            *self.receives.entry(message.body.id.0).or_default() += 1;
            taken.push(Receipt {
                id,
                message: message.body,
                at_step: step,
            });
        }
        taken
    }

    pub(crate) fn delete(&mut self, id: u64) {
        self.messages.remove(&id);
    }

    /// Shows a message again that is in somebody's hands.
    pub(crate) fn show_again(&mut self, id: u64, now: u64) {
        if let Some(message) = self.messages.get_mut(&id) {
            message.visible_at = now;
        }
    }

    /// When the next message becomes visible; `None` when there is none.
    pub(crate) fn next_visible(&self) -> Option<u64> {
        self.messages
            .values()
            .map(|message| message.visible_at)
            .min()
    }

    pub(crate) fn wait(&mut self, waker: &Waker) {
        self.waiting.push(waker.clone());
    }

    pub(crate) fn wake(&mut self) {
        self.waiting.drain(..).for_each(Waker::wake);
    }

    pub(crate) fn visible(&self, now: u64) -> impl Iterator<Item = u64> {
        self.messages
            .iter()
            .filter(move |(_, message)| message.visible_at <= now)
            .map(|(&id, _)| id)
    }

    fn bury(&mut self, now: u64) {
        let dead =
            |message: &Message| message.visible_at <= now && message.receives >= MAX_RECEIVES;
        self.dead.extend(
            self.messages
                .values()
                .filter(|message| dead(message))
                .map(|m| m.body),
        );
        self.messages.retain(|_, message| !dead(message));
    }
}
