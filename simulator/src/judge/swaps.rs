//! The row against the chain's record.

use engine::lifecycle::Status;

use super::Complaint;
use crate::{store::Row, world::World};

/// Holds the row against the chain's record.
pub(super) fn judge_swaps(row: &Row, world: &World) -> Option<Complaint> {
    let (id, order) = (row.id(), &row.order);
    let mut landed = world.chain.landed(id, world.now);
    let first = landed.next();
    if let Some(second) = landed.next() {
        let both = format!("order {id}: {first:?} and {second:?}");
        return Some(("at most one swap lands", both));
    }
    match (order.status, first) {
        (Status::Failed, Some(swap)) => {
            Some(("never failed but executed", format!("order {id}: {swap:?}")))
        }
        (Status::Confirmed, swap) => {
            let as_told = swap.is_some_and(|swap| {
                Some(&swap.signature) == order.tx_hash.as_ref()
                    && Some(swap.amount_out) == order.amount_out
            });
            (!as_told).then(|| ("never confirmed but absent", format!("{order:?}")))
        }
        _ => None,
    }
}
