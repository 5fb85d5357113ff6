//! The promises, as they are checked at every step, from the store's rows, the chain's record and
//! the clients' eyes alone.

mod launches;
mod log;
mod messages;
mod refusal;
mod swaps;
mod wakes;

use std::collections::BTreeMap;

use engine::{
    order::{OrderId, TriggerPool},
    policy::Policy,
};

use self::{
    launches::{judge_cursor, judge_trigger},
    log::{Seen, judge_log},
    refusal::judge_refusal,
    swaps::judge_swaps,
};
use crate::{
    store::Row,
    world::{Violation, World},
};

/// Looks at a world after each step.
pub(crate) struct Judge {
    policy: Policy,
    seen: BTreeMap<OrderId, Seen>,
    fired: BTreeMap<OrderId, Option<TriggerPool>>,
    reads_logs: bool,
}

/// A promise that does not hold, and what was seen.
const fn broken(invariant: &'static str, detail: String) -> Option<Violation> {
    Some(Violation { invariant, detail })
}

/// That somebody is to look at an open order: a worker by its outbox row, or the monitor while it
/// waits; and not both. A row that was damaged on purpose is the auditor's to mend.
fn judge_turn(row: &Row, world: &World) -> Option<Violation> {
    let turns = [row.outbox.is_some(), row.is_asleep()];
    if !row.order.is_open() || world.damaged || turns[0] != turns[1] {
        return None;
    }
    let detail = format!("{:?} with outbox and waiting row: {turns:?}", row.order);
    broken(
        "an open order has exactly one row that brings it back",
        detail,
    )
}

impl Judge {
    pub(crate) fn new(policy: &Policy) -> Self {
        Self {
            policy: policy.clone(),
            seen: BTreeMap::new(),
            fired: BTreeMap::new(),
            reads_logs: true,
        }
    }

    /// Asks the chain's record alone. Without the fence the log shows the trouble long before a
    /// second swap lands.
    pub(crate) fn of_swaps_alone(policy: &Policy) -> Self {
        Self {
            reads_logs: false,
            ..Self::new(policy)
        }
    }

    /// Checks everything that the last step may have changed.
    pub(crate) fn inspect(&mut self, world: &mut World) {
        let mut violation = judge_cursor(world);
        for row in world.store.rows.values() {
            if self.reads_logs {
                let seen = self.seen.entry(row.id()).or_default();
                violation = violation
                    .or_else(|| judge_log(&self.policy, row, seen))
                    .or_else(|| judge_turn(row, world))
                    .or_else(|| judge_trigger(row, self.fired.entry(row.id()).or_default()));
            }
            violation = violation
                .or_else(|| judge_refusal(row, world))
                .or_else(|| judge_swaps(row, world));
        }
        if let Some(Violation { invariant, detail }) = violation {
            world.violated(invariant, || detail);
        }
    }

    /// Checks, once nothing can go wrong any more and time is up, that nothing was left undone.
    pub(crate) fn conclude(&self, world: &mut World) {
        let open = world.store.rows.values().find(|row| row.order.is_open());
        let open = open.map(|row| format!("order {} is {}", row.id(), row.order.status));
        if let Some(detail) = open {
            world.violated("every accepted order becomes final", || detail);
        }
        let waiting = world
            .gateway
            .subscribers
            .iter()
            .find(|subscriber| !subscriber.complete);
        let waiting = waiting.map(|subscriber| {
            format!("order {}: seen up to {}", subscriber.order, subscriber.seen)
        });
        if let Some(detail) = waiting {
            world.violated("every subscriber sees all of it", || detail);
        }
    }
}
