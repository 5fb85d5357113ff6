//! The schedule of one machine: the relay at once, and then every second.

use std::time::Duration;

use engine::{execute::Ending, relay::Relay};
use tokio::time::{MissedTickBehavior, interval};

/// How often the relay runs.
const EVERY: Duration = Duration::from_secs(1);

/// Runs the relay until `ending` resolves.
pub(crate) async fn run(relay: Relay, ending: Ending) {
    // No message of a former process can be on its way: its queue died with it.
    relay.run_at_start(&ending).await;
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = ending.clone() => return,
            _ = ticks.tick() => relay.run(&ending).await,
        }
    }
}
