//! What a client was told against what is stored.

use super::broken;
use crate::{
    store::Row,
    world::{Violation, World},
};

/// An order that was refused is not there, and one that may have been stored is not stored later.
pub(super) fn judge_refusal(row: &Row, world: &World) -> Option<Violation> {
    let refused = world.refused.get(&row.id())?;
    let detail = || {
        format!(
            "order {}: stored at {}, {refused:?}",
            row.id(),
            row.created_at
        )
    };
    if refused.for_good {
        return broken("unavailable means nothing is stored", detail());
    }
    if row.created_at > refused.at {
        return broken("nothing is stored after its client was answered", detail());
    }
    None
}
