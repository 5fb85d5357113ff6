//! The schedule of one machine: the relay at once, and then every second.

use std::{sync::Arc, time::Duration};

use engine::{execute::Shutdown, relay::Relay};
use tokio::{
    sync::Notify,
    time::{MissedTickBehavior, interval},
};

/// How often the relay runs.
const EVERY: Duration = Duration::from_secs(1);

/// Runs the relay until `shutdown` resolves. `alone` says that no other engine's queue can hold
/// what was accepted before; `alone_again`, that the last other engine has died.
pub(crate) async fn run(relay: Relay, alone: bool, alone_again: Arc<Notify>, shutdown: Shutdown) {
    if alone {
        // No message of a former process can be on its way: its queue died with it.
        relay.run_at_start(&shutdown).await;
    }
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = shutdown.clone() => return,
            () = alone_again.notified() => relay.run_at_start(&shutdown).await,
            _ = ticks.tick() => relay.run(&shutdown).await,
        }
    }
}
