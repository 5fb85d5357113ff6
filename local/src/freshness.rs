//! When the parts of this process that work in rounds last came round: their part of health.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::ports::{HealthCheck, Unhealthy};
use tokio::time::Instant;

/// The relay's rounds. One is a second's; while the database does not answer it may take as long as
/// its statements' limits together.
pub(crate) struct RelayRounds {
    last: Mutex<Instant>,
    limit: Duration,
}

impl RelayRounds {
    /// As if a round had just ended. Stale when none has for `limit`.
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            last: Mutex::new(Instant::now()),
            limit,
        }
    }

    /// A round has ended.
    pub(crate) fn ended(&self) {
        *lock(&self.last) = Instant::now();
    }
}

#[async_trait]
impl HealthCheck for RelayRounds {
    fn name(&self) -> &'static str {
        "relay"
    }

    async fn check(&self) -> Result<(), Unhealthy> {
        let age = lock(&self.last).elapsed();
        if age <= self.limit {
            return Ok(());
        }
        Err(Unhealthy::new(format!("no round for {} s", age.as_secs())))
    }
}

/// What each worker does: nothing, or one invocation since a moment.
pub(crate) struct WorkerSlots {
    busy: Mutex<Vec<Option<Instant>>>,
    limit: Duration,
}

impl WorkerSlots {
    /// Idle workers. Stale when every one of them has been busy with one invocation for longer
    /// than `limit`.
    pub(crate) fn new(workers: u16, limit: Duration) -> Self {
        Self {
            busy: Mutex::new(vec![None; workers.into()]),
            limit,
        }
    }

    /// That worker begins an invocation.
    pub(crate) fn begin(&self, worker: u16) {
        self.set(worker, Some(Instant::now()));
    }

    /// That worker is idle.
    pub(crate) fn end(&self, worker: u16) {
        self.set(worker, None);
    }

    fn set(&self, worker: u16, since: Option<Instant>) {
        if let Some(slot) = lock(&self.busy).get_mut(usize::from(worker)) {
            *slot = since;
        }
    }
}

#[async_trait]
impl HealthCheck for WorkerSlots {
    fn name(&self) -> &'static str {
        "workers"
    }

    async fn check(&self) -> Result<(), Unhealthy> {
        let stuck = |since: &Option<Instant>| since.is_some_and(|at| at.elapsed() > self.limit);
        let busy = lock(&self.busy);
        if busy.is_empty() || !busy.iter().all(stuck) {
            return Ok(());
        }
        let seconds = self.limit.as_secs();
        Err(Unhealthy::new(format!(
            "no worker has come free for {seconds} s"
        )))
    }
}

/// No code panics while it holds one of these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    async fn a_relay_is_well_until_its_rounds_stay_away() {
        let rounds = RelayRounds::new(LIMIT);
        tokio::time::advance(LIMIT).await;
        assert_eq!(rounds.check().await, Ok(()));
        tokio::time::advance(Duration::from_secs(1)).await;
        let reason = rounds.check().await.expect_err("it is late").reason;
        assert_eq!(reason, "no round for 21 s");
        rounds.ended();
        assert_eq!(rounds.check().await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn idle_workers_are_well_and_a_pool_is_stuck_when_every_one_is() {
        let slots = WorkerSlots::new(2, LIMIT);
        tokio::time::advance(LIMIT * 10).await;
        assert_eq!(slots.check().await, Ok(()));
        slots.begin(0);
        tokio::time::advance(LIMIT * 2).await;
        assert_eq!(slots.check().await, Ok(()), "the other one is free");
        slots.begin(1);
        assert_eq!(slots.check().await, Ok(()), "the other one has just begun");
        tokio::time::advance(LIMIT * 2).await;
        assert!(slots.check().await.is_err());
        slots.end(0);
        assert_eq!(slots.check().await, Ok(()));
    }
}
