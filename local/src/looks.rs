//! The monitor of one machine: a look at prices and times every two seconds.

use std::sync::Arc;

use engine::{execute::Shutdown, monitor::Monitor, ports::Clock};

use crate::supervision::keep_alive;

/// Keeps the monitor looking until `shutdown` resolves.
pub(crate) async fn keep(monitor: Monitor, clock: Arc<dyn Clock>, shutdown: Shutdown) {
    let run = || async {
        loop {
            monitor.tick().await;
            tokio::select! {
                biased;
                () = shutdown.clone() => return,
                () = clock.sleep(monitor::PAUSE) => {}
            }
        }
    };
    keep_alive("monitor", shutdown.clone(), run).await;
}
