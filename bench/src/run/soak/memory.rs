//! The engine's memory in the course of the soak.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::{engine::resident, sample::median};

/// What it was, in MB. Of a period that is its median: a crowd that is there for some seconds is
/// no measure.
pub(super) struct Memory {
    /// In the period in which the engine counts as warm.
    pub(super) early: f64,
    /// In the flood's last period.
    pub(super) late: f64,
    /// The most that was seen.
    pub(super) peak: f64,
}

/// Samples, each with its time since the begin.
type Samples = Arc<Mutex<Vec<(Duration, f64)>>>;

/// Measures until it is asked.
pub(super) struct Measuring {
    begin: Instant,
    samples: Samples,
    task: JoinHandle<()>,
}

const EVERY: Duration = Duration::from_secs(1);

impl Measuring {
    /// Begins to measure this process, which may become another one.
    pub(super) fn begin(process: &Arc<AtomicU32>) -> Self {
        let (begin, samples) = (Instant::now(), Samples::default());
        let (process, taken) = (Arc::clone(process), Arc::clone(&samples));
        let task = tokio::spawn(async move {
            let mut tick = interval(EVERY);
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                // One that was killed just now has none.
                if let Ok(memory) = resident(process.load(Ordering::Relaxed), "VmRSS:") {
                    let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                    taken.push((begin.elapsed(), memory));
                }
            }
        });
        Self {
            begin,
            samples,
            task,
        }
    }

    /// What it was in the period that ended `warm` after the begin, and in the one that ends now.
    pub(super) fn end(self, warm: Duration, period: Duration) -> Memory {
        self.task.abort();
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let before = |end: Duration| -> Vec<f64> {
            let within = |at: Duration| at <= end && at + period > end;
            let samples = samples.iter().filter(|(at, _)| within(*at));
            samples.map(|&(_, memory)| memory).collect()
        };
        Memory {
            early: median(&before(warm)),
            late: median(&before(self.begin.elapsed())),
            peak: samples.iter().fold(0.0, |most, &(_, now)| now.max(most)),
        }
    }
}
