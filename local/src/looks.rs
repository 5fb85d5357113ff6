//! The monitor of one machine: a look at prices and times every so often.

use std::time::Duration;

use engine::{execute::Shutdown, monitor::Monitor};

use crate::supervision::keep_alive;

/// Keeps the monitor looking, with such a pause between two looks, until `shutdown` resolves.
pub(crate) async fn keep(monitor: Monitor, pause: Duration, shutdown: Shutdown) {
    let run = || async {
        loop {
            monitor.tick().await;
            tokio::select! {
                biased;
                () = shutdown.clone() => return,
                () = monitor.router.clock.sleep(pause) => {}
            }
        }
    };
    keep_alive("monitor", shutdown.clone(), run).await;
}
