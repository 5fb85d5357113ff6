//! Shows once a second that this engine lives, and looks who else does.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use engine::{observe, ports::StoreError};
use postgres::{Beat, Membership};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use super::Place;
use crate::gateway::Gateway;

const EVERY: Duration = Duration::from_secs(1);
/// An engine that was silent for so long counts as dead. Longer than a statement may take, and than
/// a busy machine may stop a process.
const SILENCE: Duration = Duration::from_secs(10);
/// For how long after the last other engine was seen its deliveries may still come.
const FAREWELL: Duration = Duration::from_secs(15);

pub(super) struct Heartbeat {
    pub(super) membership: Membership,
    pub(super) gateway: Arc<Gateway>,
    pub(super) place: Place,
    /// Whether there are others, or were a moment ago.
    pub(super) company: watch::Sender<bool>,
}

impl Heartbeat {
    pub(super) async fn run(self) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut steady_since, mut company_at) = (None, None);
        loop {
            ticks.tick().await;
            match self.membership.beat().await {
                Ok(Beat {
                    alive: true,
                    others,
                }) => {
                    let now = Instant::now();
                    observe::other_engines(others);
                    company_at = (others > 0).then_some(now).or(company_at);
                    let company = company_at.is_some_and(|at| now - at < FAREWELL);
                    self.company
                        .send_if_modified(|was| std::mem::replace(was, company) != company);
                    let steady = now - *steady_since.get_or_insert(now);
                    if others > 0 && steady > SILENCE {
                        noted("bury", self.bury().await);
                    }
                }
                Ok(Beat { alive: false, .. }) => noted("join", self.join_again().await),
                Err(error) => {
                    // Whoever was cut off from the database cannot tell who else was.
                    steady_since = None;
                    observe::sharing_failed("beat", &error);
                }
            }
        }
    }

    async fn bury(&self) -> Result<(), StoreError> {
        let lost = self.membership.bury_silent(SILENCE).await?;
        if lost > 0 {
            observe::engines_lost(lost);
        }
        Ok(())
    }

    /// Others took this engine for dead and have told its connections nothing since. Their clients
    /// connect again, and ask for what they missed.
    async fn join_again(&self) -> Result<(), StoreError> {
        observe::taken_for_lost();
        self.gateway.close_all();
        self.membership.join(self.place.name()).await
    }
}

fn noted(part: &'static str, done: Result<(), StoreError>) {
    if let Err(error) = done {
        observe::sharing_failed(part, &error);
    }
}
