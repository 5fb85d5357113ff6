//! The engine's memory in the course of the soak.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    task::JoinHandle,
    time::{interval, sleep},
};

use crate::engine::resident;

/// Samples, in MB.
pub(super) struct Memory {
    /// Once the engine has warmed up.
    pub(super) early: f64,
    /// When the flood ended.
    pub(super) late: f64,
    /// The most that was seen.
    pub(super) peak: f64,
}

/// Measures until it is asked.
pub(super) struct Measuring {
    process: Arc<AtomicU32>,
    early: JoinHandle<f64>,
    peak: JoinHandle<()>,
    most: Arc<AtomicU32>,
}

const EVERY: Duration = Duration::from_secs(1);

impl Measuring {
    /// The engine is warm `warm` after now.
    pub(super) fn begin(process: &Arc<AtomicU32>, warm: Duration) -> Self {
        let most = Arc::new(AtomicU32::new(0));
        let early = Arc::clone(process);
        let (watched, highest) = (Arc::clone(process), Arc::clone(&most));
        Self {
            process: Arc::clone(process),
            early: tokio::spawn(async move {
                let begin = Instant::now();
                sleep(warm).await;
                // An engine that was killed just now has none; the next one is asked.
                loop {
                    let now = tenths(&early);
                    if now > 0 || begin.elapsed() > warm * 2 {
                        return f64::from(now) / 10.0;
                    }
                    sleep(EVERY).await;
                }
            }),
            peak: tokio::spawn(async move {
                let mut tick = interval(EVERY);
                loop {
                    tick.tick().await;
                    highest.fetch_max(tenths(&watched), Ordering::Relaxed);
                }
            }),
            most,
        }
    }

    /// What it was, and is now.
    pub(super) async fn end(self) -> Memory {
        self.peak.abort();
        let late = f64::from(tenths(&self.process)) / 10.0;
        Memory {
            early: self.early.await.unwrap_or_default(),
            late,
            peak: f64::from(self.most.load(Ordering::Relaxed)) / 10.0,
        }
    }
}

/// Tenths of a MB that the process has in memory; 0 when there is none.
fn tenths(process: &AtomicU32) -> u32 {
    let resident = resident(process.load(Ordering::Relaxed), "VmRSS:").unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "megabytes of one process"
    )]
    let tenths = (resident * 10.0) as u32;
    tenths
}
