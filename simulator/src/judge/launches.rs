//! What is known of the chain's log, and what fired an order, against the log itself.

use engine::order::{Cause, Status, TriggerPool};

use super::broken;
use crate::{
    store::Row,
    world::{Violation, World},
};

/// What the cursor has passed is known, whatever happened to whoever read it.
pub(super) fn judge_cursor(world: &World) -> Option<Violation> {
    let cursor = world.store.cursor?;
    let told = world.launches.between(0, cursor).pools;
    let known = world.store.launches.iter().map(|row| &row.pool);
    if known.eq(told.iter()) {
        return None;
    }
    let detail = format!("{:?} before slot {cursor}", world.store.launches);
    broken("what the cursor has passed is known", detail)
}

/// The pool that fired an order stays the one, and it is where the order buys.
pub(super) fn judge_trigger(row: &Row, fired: &mut Option<TriggerPool>) -> Option<Violation> {
    let order = &row.order;
    let Some(Cause::Pool(pool)) = order.fired.as_ref().map(|fired| &fired.by) else {
        return match fired {
            None => None,
            Some(_) => broken("an order is fired once", format!("{order:?}")),
        };
    };
    if fired.get_or_insert_with(|| pool.clone()) != pool {
        return broken(
            "an order is fired once",
            format!("{fired:?}, then {order:?}"),
        );
    }
    let buys_elsewhere = order
        .route
        .as_ref()
        .is_some_and(|route| route.venue != pool.venue);
    if buys_elsewhere && order.status != Status::Waiting {
        return broken(
            "an order buys at the pool that fired it",
            format!("{order:?}"),
        );
    }
    None
}
