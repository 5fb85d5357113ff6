//! Health: can an order be stored, taken up and executed right now?

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Either, Shared, join_all, select},
};
use jiff::Timestamp;

use crate::{
    observe,
    ports::{Clock, HealthCheck, Unhealthy},
};

/// A part that takes longer to answer is not well. The whole answer has to be given within a
/// second.
const PATIENCE: Duration = Duration::from_millis(800);
/// For how long an answer serves whoever asks again. Longer than [`PATIENCE`], so that however many
/// ask, one look is under way at the most.
const KEPT: Duration = Duration::from_secs(1);

/// The use case behind `GET /health`. Cheap to clone; clones share what they saw.
#[derive(Clone)]
pub struct Health {
    checks: Arc<[Arc<dyn HealthCheck>]>,
    clock: Arc<dyn Clock>,
    latest: Arc<Mutex<Option<Look>>>,
}

/// A look at every part, finished or under way.
struct Look {
    since: Timestamp,
    report: Shared<BoxFuture<'static, Arc<HealthReport>>>,
}

/// What was seen.
#[derive(Debug)]
pub struct HealthReport {
    /// When.
    pub at: Timestamp,
    /// Each part by its name.
    pub parts: Vec<(&'static str, Result<(), Unhealthy>)>,
}

impl HealthReport {
    /// Whether every part is well.
    pub fn is_ok(&self) -> bool {
        self.parts.iter().all(|(_, result)| result.is_ok())
    }
}

impl Health {
    /// Health as these checks see it.
    pub fn new(checks: Vec<Arc<dyn HealthCheck>>, clock: Arc<dyn Clock>) -> Self {
        Self {
            checks: checks.into(),
            clock,
            latest: Arc::default(),
        }
    }

    /// How things stand: seen a second ago at the most. Answers within a second, whatever hangs.
    pub async fn report(&self) -> Arc<HealthReport> {
        self.look().await
    }

    fn look(&self) -> Shared<BoxFuture<'static, Arc<HealthReport>>> {
        let now = self.clock.now();
        // No code panics while it holds the lock.
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(look) = latest.as_ref().filter(|look| look.serves(now)) {
            return look.report.clone();
        }
        let (checks, clock) = (Arc::clone(&self.checks), Arc::clone(&self.clock));
        let report = async move {
            let parts = join_all(checks.iter().map(|check| within_time(&**check, &*clock))).await;
            let at = clock.now();
            Arc::new(HealthReport { at, parts })
        };
        let report = report.boxed().shared();
        *latest = Some(Look {
            since: now,
            report: report.clone(),
        });
        report
    }
}

impl Look {
    /// A clock that was set back must not keep an answer for ever.
    fn serves(&self, now: Timestamp) -> bool {
        Duration::try_from(now.duration_since(self.since)).is_ok_and(|age| age < KEPT)
    }
}

async fn within_time(
    check: &dyn HealthCheck,
    clock: &dyn Clock,
) -> (&'static str, Result<(), Unhealthy>) {
    let result = match select(check.check(), clock.sleep(PATIENCE)).await {
        Either::Left((result, _)) => result,
        Either::Right(_) => Err(Unhealthy::new("no answer in time")),
    };
    if let Err(unhealthy) = &result {
        observe::unhealthy(check.name(), unhealthy);
    }
    (check.name(), result)
}
