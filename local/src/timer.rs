//! The schedule of one machine: the relay at once, and then every second.

use std::{sync::Arc, time::Duration};

use engine::{execute::Shutdown, relay::Relay};
use tokio::{
    sync::Notify,
    time::{MissedTickBehavior, interval},
};

use crate::{freshness::RelayRounds, supervision::keep_alive};

/// How often the relay runs.
const EVERY: Duration = Duration::from_secs(1);

/// How the relay begins.
#[derive(Clone, Default)]
pub(crate) struct Start {
    /// No other engine's queue can hold what was accepted before.
    pub(crate) alone: bool,
    /// The last other engine has died.
    pub(crate) alone_again: Arc<Notify>,
}

/// Keeps the relay running until `shutdown` resolves, and notes its rounds.
pub(crate) async fn keep(relay: Relay, rounds: Arc<RelayRounds>, start: Start, shutdown: Shutdown) {
    let run = || run(&relay, &rounds, &start, &shutdown);
    keep_alive("relay", shutdown.clone(), run).await;
}

async fn run(relay: &Relay, rounds: &RelayRounds, start: &Start, shutdown: &Shutdown) {
    if start.alone {
        // No message of a former process can be on its way: its queue died with it.
        relay.run_at_start(shutdown).await;
    }
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.ended();
        tokio::select! {
            biased;
            () = shutdown.clone() => return,
            () = start.alone_again.notified() => relay.run_at_start(shutdown).await,
            _ = ticks.tick() => relay.run(shutdown).await,
        }
    }
}
