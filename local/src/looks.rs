//! The monitor of one machine: a look at prices and times every two seconds.

use engine::{execute::Shutdown, monitor::Monitor};

use crate::supervision::keep_alive;

/// Keeps the monitor looking until `shutdown` resolves.
pub(crate) async fn keep(monitor: Monitor, shutdown: Shutdown) {
    let run = || async {
        loop {
            monitor.tick().await;
            tokio::select! {
                biased;
                () = shutdown.clone() => return,
                () = monitor.router.clock.sleep(monitor::PAUSE) => {}
            }
        }
    };
    keep_alive("monitor", shutdown.clone(), run).await;
}
