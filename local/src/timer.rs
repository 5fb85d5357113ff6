//! The schedule of one machine: the relay at once, and then every second.

use std::{sync::Arc, time::Duration};

use engine::{execute::Shutdown, relay::Relay};
use tokio::time::{MissedTickBehavior, interval};

use crate::{freshness::RelayRounds, supervision::keep_alive};

/// How often the relay runs.
const EVERY: Duration = Duration::from_secs(1);

/// Keeps the relay running until `shutdown` resolves, and notes its rounds.
pub(crate) async fn keep(relay: Relay, rounds: Arc<RelayRounds>, shutdown: Shutdown) {
    let run = || run(&relay, &rounds, &shutdown);
    keep_alive("relay", shutdown.clone(), run).await;
}

async fn run(relay: &Relay, rounds: &RelayRounds, shutdown: &Shutdown) {
    // No message of a former process can be on its way: its queue died with it.
    relay.run_at_start(shutdown).await;
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.ended();
        tokio::select! {
            biased;
            () = shutdown.clone() => return,
            _ = ticks.tick() => relay.run(shutdown).await,
        }
    }
}
