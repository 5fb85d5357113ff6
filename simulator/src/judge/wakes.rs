//! A monitor's look, against the orders that waited when it began.

use engine::order::OrderId;
use rust_decimal::Decimal;

use crate::{store::Row, world::World};

/// An order that sleeps: which, in which attempt, and after how many looks.
type Sleeper = (OrderId, u32, u32);

/// What a monitor finds when it begins to look.
pub(crate) struct Look {
    price: Decimal,
    faults: u64,
    met: Vec<Sleeper>,
}

impl World {
    pub(crate) fn begin_look(&self) -> Look {
        Look {
            price: self.marginal_price(),
            faults: self.faults.fired().iter().sum(),
            met: self.sleepers_to_be_woken(),
        }
    }

    /// A look wakes whoever's price is met and whoever's pool is known, however that came about:
    /// while nobody looked, or in a jump. One that met a fault, or another price, has shown
    /// nothing.
    pub(crate) fn judge_look(&mut self, look: &Look) {
        let now = self.begin_look();
        if (now.price, now.faults) != (look.price, look.faults) {
            return;
        }
        let left = now.met.iter().find(|sleeper| look.met.contains(sleeper));
        if let Some((id, ..)) = left {
            self.violated("an order whose condition may be met is woken", || {
                format!("order {id} sleeps at {}", look.price)
            });
        }
    }

    fn sleepers_to_be_woken(&self) -> Vec<Sleeper> {
        let price = self.marginal_price();
        let is_met = |row: &&Row| {
            let waiting = row.waiting.as_ref();
            let wake_at = waiting.and_then(|waiting| waiting.wake_at_price);
            let pool_is_known = row.pool_after().is_some_and(|after| {
                let pools = self.store.launches_of(&row.order.swap.token_out.symbol);
                pools.iter().any(|pool| pool.place.slot > after)
            });
            row.is_asleep() && (pool_is_known || wake_at.is_some_and(|wake_at| wake_at <= price))
        };
        let looks = |row: &Row| row.order.waiting.as_ref().map_or(0, |waits| waits.checks);
        let met = self.store.rows.values().filter(is_met);
        met.map(|row| (row.id(), row.order.attempt, looks(row)))
            .collect()
    }
}
