//! Compute units that a swap is given.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use engine::order::OrderId;

/// What a transaction may take at the most: the chain's own limit, for the simulation.
pub(crate) const MOST: u32 = 1_400_000;

/// Of some more price bins than were simulated.
const ROOM: u64 = 25_000;

/// How many orders are remembered that were given too few.
const REMEMBERED: usize = 1_000;

/// What orders are given, and which of them it was too little for.
#[derive(Debug, Default)]
pub(crate) struct Units {
    short: Mutex<HashSet<OrderId>>,
}

impl Units {
    /// What a swap is given that has taken so many in the simulation: 15 % more and some room, for
    /// the pool may be in another state by then; twice as many when that was too little before.
    pub(crate) fn limit(&self, order: OrderId, simulated: u64) -> u32 {
        let with_room = simulated
            .saturating_mul(23)
            .div_ceil(20)
            .saturating_add(ROOM);
        let short = self.short.lock().unwrap_or_else(PoisonError::into_inner);
        let times = if short.contains(&order) { 2 } else { 1 };
        let limit = with_room.saturating_mul(times);
        u32::try_from(limit).map_or(MOST, |limit| limit.min(MOST))
    }

    /// An order's swap took more than it was given.
    pub(crate) fn fell_short(&self, order: OrderId) {
        let mut short = self.short.lock().unwrap_or_else(PoisonError::into_inner);
        if short.len() >= REMEMBERED {
            short.clear();
        }
        short.insert(order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_that_was_given_too_little_is_given_twice_as_much() {
        let units = Units::default();
        let [one, other] = [1, 2].map(|id| OrderId(uuid::Uuid::from_u128(id)));
        assert_eq!(units.limit(one, 100_000), 140_000);
        units.fell_short(one);
        assert_eq!(units.limit(one, 100_000), 280_000);
        assert_eq!(units.limit(other, 100_000), 140_000);
        assert_eq!(units.limit(one, 700_000), MOST);
        assert_eq!(units.limit(other, u64::MAX), MOST);
    }
}
