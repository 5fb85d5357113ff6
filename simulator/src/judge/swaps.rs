//! The row against the chain's record.

use engine::order::Status;

use super::broken;
use crate::{
    store::Row,
    world::{Violation, World},
};

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
        (Status::Failed, Some(swap)) => {
            broken("never failed but executed", format!("order {id}: {swap:?}"))
        }
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
