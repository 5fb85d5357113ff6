//! The row against the chain's record.

use engine::order::Status;

use super::broken;
use crate::{
    chain::Landed,
    store::Row,
    world::{Violation, World},
};

fn is_below_the_floor(row: &Row, swap: &Landed) -> bool {
    let floor = row.order.kind.floor(&row.order.swap);
    floor.is_some_and(|floor| swap.amount_out.units() < floor.units())
}

/// Holds the row against the chain's record.
pub(super) fn judge_swaps(row: &Row, world: &World) -> Option<Violation> {
    let (id, order) = (row.id(), &row.order);
    let mut landed = world.chain.landed(id, world.now);
    let first = landed.next();
    if let Some(second) = landed.next() {
        let both = format!("order {id}: {first:?} and {second:?}");
        return broken("at most one swap lands", both);
    }
    match (order.status, first) {
        (Status::Failed | Status::Cancelled | Status::Expired, Some(swap)) => {
            let detail = format!("order {id} is {}: {swap:?}", order.status);
            broken("never ended without a swap but executed", detail)
        }
        (_, Some(swap)) if is_below_the_floor(row, &swap) => broken(
            "no order is executed below its floor",
            format!("{order:?}: {swap:?}"),
        ),
        (Status::Confirmed, swap) => {
            let as_told = swap.is_some_and(|swap| {
                Some(&swap.signature) == order.tx_hash.as_ref()
                    && Some(swap.amount_out) == order.fill.map(|fill| fill.amount_out)
            });
            if as_told {
                None
            } else {
                broken("never confirmed but absent", format!("{order:?}"))
            }
        }
        _ => None,
    }
}
