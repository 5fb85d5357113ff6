//! Marks, acknowledgements and pushes, judged at the moment they happen.

use std::collections::BTreeMap;

use engine::ports::{Envelope, ExecuteOrder};
use uuid::Uuid;

use crate::{gateway::Arrived, ports::encode, queue::Receipt, world::World};

impl World {
    /// A relay notes messages as sent: the queue must have taken each since that relay was given
    /// it.
    pub(crate) fn judge_marks(
        &mut self,
        messages: &[ExecuteOrder],
        given: &BTreeMap<(Uuid, u32), u64>,
    ) {
        for message in messages {
            let key = (message.id.0, message.attempt);
            let taken = self.queue.accepted_at_step.get(&key);
            if taken < given.get(&key) {
                self.violated("marked as sent only what the queue took", || {
                    format!("{message:?}")
                });
            }
        }
    }

    /// Whoever sends a message says whose order it is about.
    pub(crate) fn judge_sent(&mut self, envelope: &Envelope) {
        let row = self.store.rows.get(&envelope.message.id);
        if row.is_some_and(|row| row.order.account != envelope.account) {
            self.violated("a message counts for its order's account", || {
                format!("{envelope:?}")
            });
        }
    }

    /// A message leaves the queue: somebody must have asked for its order since, or the attempt
    /// must be over.
    pub(crate) fn judge_acknowledgement(&mut self, receipt: &Receipt) {
        let message = receipt.message;
        let served = self.store.rows.get(&message.id).is_none_or(|row| {
            !row.order.is_open()
                || row.order.attempt > message.attempt
                || row.asked_at_step >= receipt.at_step
        });
        if !served {
            self.violated("acknowledged only what was served", || {
                format!("{message:?}")
            });
        }
    }

    /// Something arrived at a client: it must be in the log, and nothing before it may be missing
    /// without a reason.
    pub(crate) fn judge_arrival(&mut self, arrived: Option<Arrived>, text: &str) {
        let Some(arrived) = arrived else { return };
        let order = self.gateway.subscribers[arrived.subscriber].order;
        let index = usize::try_from(arrived.seq)
            .ok()
            .and_then(|seq| seq.checked_sub(1));
        let logged = self
            .store
            .rows
            .get(&order)
            .zip(index)
            .and_then(|(row, index)| row.events.get(index))
            .is_some_and(|event| encode(event) == text);
        self.note(|| {
            format!(
                "subscriber {} gets event {}",
                arrived.subscriber, arrived.seq
            )
        });
        if !logged {
            self.violated("nothing is pushed that is not in the log", || {
                text.to_owned()
            });
        }
        if arrived.gap && !self.disturbed {
            self.violated("an undisturbed stream has no gap", || text.to_owned());
        }
    }
}
