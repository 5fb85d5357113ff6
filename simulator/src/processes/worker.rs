//! A worker: takes a batch, executes each message alone, acknowledges what has served.

use std::panic::AssertUnwindSafe;

use engine::execute::{Ending, Execute};
use futures::{FutureExt, future::join_all};

use super::invocation;
use crate::{
    fault::Fault, ports::QueuePort, queue::Receipt, stage::Stage, variants::Variant, wire::Wire,
    world::ProcessId,
};

/// An invocation is asked to come to an end after so many milliseconds.
const INVOCATION: u64 = 25_000;

/// Works for ever, on up to `batch` messages at once.
pub(crate) async fn work(stage: Stage, process: ProcessId, batch: usize) {
    let (wire, execute) = (stage.wire(process), stage.ports(process).execute());
    let queue = QueuePort(wire.clone());
    let early = stage.variant == Some(Variant::AcknowledgeBeforeCommit);
    loop {
        invocation(serve_batch(&wire, &queue, &execute, batch, early)).await;
    }
}

async fn serve_batch(wire: &Wire, queue: &QueuePort, execute: &Execute, batch: usize, early: bool) {
    let Ok(received) = queue.receive(batch).await else {
        return wire.pause(500).await;
    };
    if early {
        let _ = queue.delete(received.clone()).await;
    }
    let ending = ending(wire);
    let served = join_all(
        received
            .iter()
            .map(|receipt| serves(execute, receipt, &ending)),
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
async fn serves(execute: &Execute, receipt: &Receipt, ending: &Ending) -> bool {
    let execution = AssertUnwindSafe(execute.execute(&receipt.message, ending)).catch_unwind();
    matches!(execution.await, Ok(Ok(_)))
}

/// The end of the invocation's time, or an earlier wish to end. The order is given back then while its last push may
/// still be on its way, so a live stream may have a gap.
pub(super) fn ending(wire: &Wire) -> Ending {
    let time = {
        let mut world = wire.world.lock();
        if world.strikes(Fault::Ended) {
            world.dice.between(0, 6_000)
        } else {
            INVOCATION
        }
    };
    let wire = wire.clone();
    async move {
        wire.pause(time).await;
        wire.world.lock().disturbed = true;
    }
    .boxed()
    .shared()
}
