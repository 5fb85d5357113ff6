//! A worker: takes a batch, executes each message alone, acknowledges what has served.

use std::panic::AssertUnwindSafe;

use engine::execute::{Execute, Shutdown};
use futures::{FutureExt, future::join_all};

use super::invocation;
use crate::{
    fault::Fault, network::Network, ports::QueuePort, queue::Receipt, stage::Stage,
    variants::Variant, world::ProcessId,
};

/// An invocation is asked to come to an end after this many milliseconds.
const INVOCATION: u64 = 25_000;

/// Works for ever, on at most `batch` messages at once.
pub(crate) async fn work(stage: Stage, process: ProcessId, batch: usize) {
    let (network, execute) = (stage.network(process), stage.ports(process).execute());
    let queue = QueuePort(network.clone());
    let early = stage.variant == Some(Variant::AcknowledgeBeforeCommit);
    loop {
        invocation(serve_batch(&network, &queue, &execute, batch, early)).await;
    }
}

async fn serve_batch(
    network: &Network,
    queue: &QueuePort,
    execute: &Execute,
    batch: usize,
    early: bool,
) {
    let Ok(received) = queue.receive(batch).await else {
        return network.pause(500).await;
    };
    if early {
        let _ = queue.delete(received.clone()).await;
    }
    let shutdown = shutdown(network);
    let served = join_all(
        received
            .iter()
            .map(|receipt| serves(execute, receipt, &shutdown)),
    )
    .await;
    let served: Vec<Receipt> = received
        .into_iter()
        .zip(served)
        .filter(|(_, served)| *served)
        .map(|(r, _)| r)
        .collect();
    if !served.is_empty() && !early {
        // What cannot be deleted now is delivered again, and is stale then.
        let _ = queue.delete(served).await;
    }
}

/// Whether the message has served. A panic is this message's alone.
async fn serves(execute: &Execute, receipt: &Receipt, shutdown: &Shutdown) -> bool {
    let execution = AssertUnwindSafe(execute.execute(&receipt.message, shutdown)).catch_unwind();
    matches!(execution.await, Ok(Ok(_)))
}

/// The end of the invocation's time, or an earlier wish to end. The order is given back then while
/// its last push may still be on its way, so a live stream may have a gap.
pub(super) fn shutdown(network: &Network) -> Shutdown {
    let time = {
        let mut world = network.world.lock();
        if world.strikes(Fault::Ended) {
            world.rng.between(0, 6_000)
        } else {
            INVOCATION
        }
    };
    let network = network.clone();
    async move {
        network.pause(time).await;
        network.world.lock().disturbed = true;
    }
    .boxed()
    .shared()
}
