//! The relay: a round at the start, and one each period.

use super::{invocation, worker::shutdown};
use crate::{stage::Stage, world::ProcessId};

/// Relays for ever, every `period` milliseconds.
pub(crate) async fn relay(stage: Stage, process: ProcessId, period: u64) {
    let (network, relay) = (stage.network(process), stage.ports(process).relay());
    let at_start = network.world.lock().rng.chance(300);
    if at_start {
        invocation(relay.run_at_start(&shutdown(&network))).await;
    }
    loop {
        network.pause(period).await;
        invocation(relay.run(&shutdown(&network))).await;
    }
}
