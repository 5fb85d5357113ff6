//! What is left in the markers of orders that are over, given back every so often.

use std::time::Duration;

use engine::execute::Shutdown;
use solana::Reclaim;
use tokio::time::sleep;

use crate::supervision::keep_alive;

/// The pause between two rounds. One that finds nothing is one small statement.
const PAUSE: Duration = Duration::from_secs(5);

/// Keeps giving back until `shutdown` resolves. A round that has begun is dropped then.
pub(crate) async fn keep(reclaim: Reclaim, shutdown: Shutdown) {
    let run = || async {
        loop {
            tokio::select! {
                biased;
                () = shutdown.clone() => return,
                () = async { reclaim.round().await; sleep(PAUSE).await } => {}
            }
        }
    };
    keep_alive("reclaim", shutdown.clone(), run).await;
}
