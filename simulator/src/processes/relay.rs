//! The relay: a round at the start, and one each period.

use super::{invocation, worker::ending};
use crate::{stage::Stage, world::ProcessId};

/// Relays for ever, every `period` milliseconds.
pub(crate) async fn relay(stage: Stage, process: ProcessId, period: u64) {
    let (wire, relay) = (stage.wire(process), stage.ports(process).relay());
    let at_start = wire.world.lock().dice.chance(300);
    if at_start {
        invocation(relay.run_at_start(&ending(&wire))).await;
    }
    loop {
        wire.pause(period).await;
        invocation(relay.run(&ending(&wire))).await;
    }
}
