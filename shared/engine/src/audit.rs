//! Audit: hold the order book against what must be true of it, whatever the reason that it is not.
//!
//! Every order is read some seconds after it came, again for as long as it is open and somebody is
//! to work on it, and once more when it has closed. Of those that may wait, for days and by the
//! million, one piece is read at a time, all of them in turn. What can be mended is mended and
//! counted; the rest is told to a person.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    observe,
    order::OrderId,
    ports::{AuditPosition, Auditor, Clock, StoreError},
};

/// The use case that the relay runs now and then.
#[derive(Clone)]
pub struct Audit {
    /// The order book.
    pub auditor: Arc<dyn Auditor>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How far it has come. Kept in memory: whoever starts anew reads the last day again, and all
    /// that may wait.
    pub progress: Arc<Mutex<Progress>>,
}

/// How far an audit has come.
#[derive(Debug, Default)]
pub struct Progress {
    last: Option<Timestamp>,
    position: Option<AuditPosition>,
    watched: Vec<OrderId>,
    /// How far the round of all orders that may wait has come.
    conditional: Option<AuditPosition>,
}

/// How often it runs, at most.
const EVERY: Duration = Duration::from_secs(10);
/// How far back it begins.
const BACK: Duration = Duration::from_secs(24 * 60 * 60);
/// How many orders one step reads, and how many steps it takes at a time.
const STEP: u32 = 1_000;
const STEPS: u32 = 20;

impl Audit {
    /// Goes on from where it was, unless it has just run.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part; the next one goes on from there.
    pub async fn run(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let Some((mut position, mut watched)) = self.begin(now) else {
            return Ok(());
        };
        let mut again = Vec::new();
        for _ in 0..STEPS {
            // Those that were read before are read again once, in the first step.
            let audited = self.auditor.audit(&position, &watched, STEP).await?;
            observe::audited(&audited);
            watched = Vec::new();
            again.extend(audited.again);
            position = audited.position.unwrap_or(position);
            self.keep(position, &again);
            if audited.position.is_none() {
                break;
            }
        }
        self.go_round().await
    }

    async fn go_round(&self) -> Result<(), StoreError> {
        let position = self.progress().conditional.unwrap_or(AuditPosition {
            created_at: Timestamp::UNIX_EPOCH, // they wait for weeks
            id: OrderId(Uuid::nil()),
        });
        let audited = self.auditor.audit_conditional(&position, STEP).await?;
        observe::audited(&audited);
        self.progress().conditional = audited.position;
        Ok(())
    }

    fn begin(&self, now: Timestamp) -> Option<(AuditPosition, Vec<OrderId>)> {
        let mut progress = self.progress();
        let is_early = progress
            .last
            .is_some_and(|last| now.duration_since(last).unsigned_abs() < EVERY);
        if is_early {
            return None;
        }
        progress.last = Some(now);
        let start = AuditPosition {
            created_at: now.checked_sub(BACK).unwrap_or(Timestamp::MIN),
            id: OrderId(Uuid::nil()),
        };
        Some((progress.position.unwrap_or(start), progress.watched.clone()))
    }

    fn keep(&self, position: AuditPosition, watched: &[OrderId]) {
        let mut progress = self.progress();
        progress.position = Some(position);
        progress.watched = watched.to_vec();
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        // Nothing panics while it is held.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
