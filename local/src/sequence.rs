//! Which events a connection was sent: its events must be in their order, whoever pushes them.

use std::collections::HashMap;

use engine::{order::OrderId, ports::EventText};

/// The last event of each order that a connection was sent.
#[derive(Debug, Default)]
pub(crate) struct Sequence(HashMap<OrderId, u64>);

/// What an event is to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The next one, or the first of its order.
    Next,
    /// It was sent before.
    Known,
    /// Events before it were not sent, from the one after this on.
    Missing {
        /// The last one that was sent.
        after: u64,
    },
}

impl Sequence {
    /// The client has everything up to `seq` and wants what comes after.
    pub(crate) fn restart(&mut self, order: OrderId, seq: u64) {
        self.0.insert(order, seq);
    }

    /// The last event of that order that was sent, if any is known.
    pub(crate) fn last(&self, order: OrderId) -> Option<u64> {
        self.0.get(&order).copied()
    }

    pub(crate) fn turn(&self, event: &EventText) -> Turn {
        match self.last(event.order) {
            None => Turn::Next,
            Some(last) if event.seq <= last => Turn::Known,
            Some(last) if event.seq == last + 1 => Turn::Next,
            Some(after) => Turn::Missing { after },
        }
    }

    /// The event was sent. A final one is the last of its order, so nothing needs to be known of it
    /// any more.
    pub(crate) fn sent(&mut self, event: &EventText) {
        if event.is_final {
            self.0.remove(&event.order);
        } else {
            self.0.insert(event.order, event.seq);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn event(order: u128, seq: u64) -> EventText {
        EventText {
            order: OrderId(Uuid::from_u128(order)),
            seq,
            is_final: seq == 9,
            text: "".into(),
        }
    }

    #[test]
    fn an_event_is_next_known_or_comes_too_early() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.turn(&event(1, 4)), Turn::Next, "the first one");
        sequence.sent(&event(1, 4));
        assert_eq!(sequence.turn(&event(1, 3)), Turn::Known);
        assert_eq!(sequence.turn(&event(1, 4)), Turn::Known);
        assert_eq!(sequence.turn(&event(1, 5)), Turn::Next);
        assert_eq!(sequence.turn(&event(1, 7)), Turn::Missing { after: 4 });
        assert_eq!(sequence.turn(&event(2, 7)), Turn::Next, "another order");
    }

    #[test]
    fn a_replay_starts_over() {
        let mut sequence = Sequence::default();
        sequence.sent(&event(1, 6));
        sequence.restart(event(1, 0).order, 2);
        assert_eq!(sequence.turn(&event(1, 3)), Turn::Next);
        assert_eq!(sequence.turn(&event(1, 7)), Turn::Missing { after: 2 });
    }

    #[test]
    fn nothing_is_kept_of_an_order_that_is_over() {
        let mut sequence = Sequence::default();
        sequence.sent(&event(1, 8));
        sequence.sent(&event(1, 9));
        assert!(sequence.0.is_empty());
    }
}
