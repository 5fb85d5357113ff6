//! The monitor: a look every two seconds.

use super::invocation;
use crate::{stage::Stage, world::ProcessId};

/// The time between two looks, in milliseconds.
const PAUSE: u64 = 2_000;

/// Watches for ever.
pub(crate) async fn watch(stage: Stage, process: ProcessId) {
    let (network, monitor) = (stage.network(process), stage.ports(process).monitor());
    loop {
        invocation(async {
            let look = stage.world.lock().begin_look();
            monitor.tick().await;
            stage.world.lock().judge_look(&look);
        })
        .await;
        network.pause(PAUSE).await;
    }
}
