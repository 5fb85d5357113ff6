//! Which events a connection was sent: its events must be in their order, whoever pushes them.

use std::collections::HashMap;

use engine::{order::OrderId, ports::EventText};
use jiff::Timestamp;

/// What a connection was sent, and from when on it follows every order.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    /// The last event of each order that is under way.
    last: HashMap<OrderId, u64>,
    all_since: Option<Timestamp>,
}

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
        self.last.insert(order, seq);
    }

    /// The client follows every order from then on.
    pub(crate) fn follow_all(&mut self, since: Timestamp) {
        self.all_since = Some(since);
    }

    /// The last event of that order that was sent, if any is known.
    pub(crate) fn last(&self, order: OrderId) -> Option<u64> {
        self.last.get(&order).copied()
    }

    /// `filling` says that the order's log is offered, because its event of that number came while
    /// others were missing.
    pub(crate) fn turn(&self, event: &EventText, filling: Option<u64>) -> Turn {
        match (self.last(event.order), self.all_since, filling) {
            // Of an order that is new to it, whoever follows all lacks what came since. The event
            // that came is not measured: it may have begun before and be committed after.
            (None, Some(_), None) if event.seq > 1 => Turn::Missing { after: 0 },
            (None, Some(since), Some(came)) if event.seq < came && event.at < since => Turn::Known,
            (None, _, _) => Turn::Next,
            (Some(last), _, _) if event.seq <= last => Turn::Known,
            (Some(last), _, _) if event.seq == last + 1 => Turn::Next,
            (Some(after), _, _) => Turn::Missing { after },
        }
    }

    /// The event was sent. A final one is the last of its order, so nothing needs to be known of it
    /// any more.
    pub(crate) fn sent(&mut self, event: &EventText) {
        if event.is_final {
            self.last.remove(&event.order);
        } else {
            self.last.insert(event.order, event.seq);
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
            at: Timestamp::from_second(seq.cast_signed()).expect("a time"),
            is_final: seq == 9,
            text: "".into(),
        }
    }

    #[test]
    fn an_event_is_next_known_or_comes_too_early() {
        let mut sequence = Sequence::default();
        assert_eq!(
            sequence.turn(&event(1, 4), None),
            Turn::Next,
            "the first one"
        );
        sequence.sent(&event(1, 4));
        assert_eq!(sequence.turn(&event(1, 3), None), Turn::Known);
        assert_eq!(sequence.turn(&event(1, 4), None), Turn::Known);
        assert_eq!(sequence.turn(&event(1, 5), None), Turn::Next);
        assert_eq!(
            sequence.turn(&event(1, 7), None),
            Turn::Missing { after: 4 }
        );
        assert_eq!(
            sequence.turn(&event(2, 7), None),
            Turn::Next,
            "another order"
        );
    }

    #[test]
    fn a_replay_starts_over() {
        let mut sequence = Sequence::default();
        sequence.sent(&event(1, 6));
        sequence.restart(event(1, 0).order, 2);
        assert_eq!(sequence.turn(&event(1, 3), None), Turn::Next);
        assert_eq!(
            sequence.turn(&event(1, 7), None),
            Turn::Missing { after: 2 }
        );
    }

    #[test]
    fn nothing_is_kept_of_an_order_that_is_over() {
        let mut sequence = Sequence::default();
        sequence.sent(&event(1, 8));
        sequence.sent(&event(1, 9));
        assert!(sequence.last.is_empty());
    }

    #[test]
    fn who_follows_all_lacks_what_came_since_of_an_order_that_is_new_to_it() {
        for (came, lacking) in [(2, vec![2]), (3, vec![3]), (5, vec![4, 5])] {
            let mut sequence = Sequence::default();
            sequence.follow_all(Timestamp::from_second(4).expect("a time"));
            let turn = sequence.turn(&event(1, came), None);
            assert_eq!(turn, Turn::Missing { after: 0 });
            let mut filled = Vec::new();
            for seq in 1..=came {
                if sequence.turn(&event(1, seq), Some(came)) == Turn::Next {
                    sequence.sent(&event(1, seq));
                    filled.push(seq);
                }
            }
            assert_eq!(filled, lacking);
            assert_eq!(sequence.turn(&event(1, came + 1), None), Turn::Next);
        }
    }
}
