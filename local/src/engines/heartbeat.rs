//! Shows once a second that this engine lives, and looks who else does.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use engine::{observe, ports::StoreError};
use postgres::{Membership, OtherEngine};
use tokio::{
    sync::{Notify, watch},
    time::{MissedTickBehavior, interval},
};
use uuid::Uuid;

use super::place::{Place, has_ended};
use crate::gateway::Gateway;

const EVERY: Duration = Duration::from_secs(1);
/// An engine that was silent for so long counts as dead, unless its process was seen to end before.
/// Longer than a statement may take, and than a busy machine may stop a process.
const SILENCE: Duration = Duration::from_secs(10);
/// For how long after the last other engine was seen its deliveries may still come.
const FAREWELL: Duration = Duration::from_secs(15);

pub(super) struct Heartbeat {
    pub(super) membership: Membership,
    pub(super) gateway: Arc<Gateway>,
    pub(super) place: Place,
    /// Whether there are others, or were a moment ago.
    pub(super) company: watch::Sender<bool>,
    /// The last other one was found dead.
    pub(super) alone_again: Arc<Notify>,
}

/// Since when something holds.
#[derive(Default)]
struct Since {
    /// That each beat has succeeded.
    steady: Option<Instant>,
    /// That another engine was seen, the last time.
    company: Option<Instant>,
}

/// Engines on this machine whose process has ended.
pub(super) fn dead(others: &[OtherEngine]) -> Vec<Uuid> {
    let ended = |other: &&OtherEngine| other.process.as_deref().is_some_and(has_ended);
    others.iter().filter(ended).map(|other| other.id).collect()
}

impl Heartbeat {
    pub(super) async fn run(self) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut since = Since::default();
        loop {
            ticks.tick().await;
            match self.membership.beat().await {
                Ok(beat) if beat.alive => noted("bury", self.look(&beat.others, &mut since).await),
                Ok(_) => noted("join", self.join_again().await),
                Err(error) => {
                    // Whoever was cut off from the database cannot tell who else was.
                    since.steady = None;
                    observe::sharing_failed("beat", &error);
                }
            }
        }
    }

    /// Looks at the others, and buries the dead among them.
    async fn look(&self, others: &[OtherEngine], since: &mut Since) -> Result<(), StoreError> {
        let now = Instant::now();
        observe::other_engines(others.len());
        if !others.is_empty() {
            since.company = Some(now);
        }
        let company = since.company.is_some_and(|at| now - at < FAREWELL);
        self.company
            .send_if_modified(|was| std::mem::replace(was, company) != company);
        let steady = now - *since.steady.get_or_insert(now);
        let mut lost = dead(others);
        if !lost.is_empty() {
            self.membership.bury(&lost).await?;
        }
        if lost.len() < others.len() && steady > SILENCE {
            lost.extend(self.membership.bury_silent(SILENCE).await?);
        }
        if !lost.is_empty() {
            observe::engines_lost(lost.len());
            if lost.len() == others.len() {
                self.alone_again.notify_one();
            }
        }
        Ok(())
    }

    /// Others took this engine for dead and have told its connections nothing since. Their clients
    /// connect again, and ask for what they missed.
    async fn join_again(&self) -> Result<(), StoreError> {
        observe::taken_for_lost();
        self.gateway.close_all();
        let Place { exclusive, process } = &self.place;
        self.membership
            .join(exclusive.as_deref(), process.as_deref())
            .await
    }
}

fn noted(part: &'static str, done: Result<(), StoreError>) {
    if let Err(error) = done {
        observe::sharing_failed(part, &error);
    }
}
