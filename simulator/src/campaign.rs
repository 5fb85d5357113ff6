//! Many seeds: on the engine as it is, and on each broken variant until it is caught.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{Fault, Outcome, Variant, Violation, play, point::Coverage};

/// Which seeds to play.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    /// The first seed.
    pub first: u64,
    /// How many, upwards from there.
    pub count: u64,
    /// How many are played at once.
    pub threads: usize,
}

/// What many seeds showed.
#[derive(Debug)]
pub struct Figures {
    /// Seeds played.
    pub seeds: u64,
    /// Orders stored.
    pub orders: u64,
    /// Steps taken.
    pub steps: u64,
    /// How often each fault fired, in the order of [`Fault::ALL`].
    pub faults: Vec<u64>,
    /// Crash points at which a process was killed at least once.
    pub crash_points: usize,
    /// Crash points that a process came by.
    pub crash_points_reached: usize,
    /// Seeds whose run broke a promise, with the first promise broken.
    pub violations: Vec<(u64, Violation)>,
    /// Wall time.
    pub elapsed: Duration,
}

/// Plays seeds on the engine as it is. `progress` is told how many are done, every now and then.
pub fn campaign(seeds: Seeds, progress: impl Fn(u64) + Sync) -> Figures {
    let begin = Instant::now();
    let sum = Mutex::new(Sum::default());
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..seeds.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= seeds.count {
                        return;
                    }
                    let outcome = play(seeds.first + n, None, false);
                    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                    sum.add(seeds.first + n, outcome);
                    if sum.seeds.is_multiple_of(PROGRESS_EVERY) {
                        progress(sum.seeds);
                    }
                }
            });
        }
    });
    sum.into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .figures(begin.elapsed())
}

const PROGRESS_EVERY: u64 = 50;

struct Sum {
    seeds: u64,
    orders: u64,
    steps: u64,
    faults: Vec<u64>,
    coverage: Coverage,
    violations: Vec<(u64, Violation)>,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            seeds: 0,
            orders: 0,
            steps: 0,
            faults: vec![0; Fault::ALL.len()],
            coverage: Coverage::new(),
            violations: Vec::new(),
        }
    }
}

impl Sum {
    fn add(&mut self, seed: u64, outcome: Outcome) {
        self.seeds += 1;
        self.orders += outcome.orders;
        self.steps += outcome.steps;
        self.faults
            .iter_mut()
            .zip(&outcome.faults)
            .for_each(|(sum, fired)| *sum += fired);
        self.coverage.merge(&outcome.coverage);
        self.violations
            .extend(outcome.violation.map(|violation| (seed, violation)));
    }

    fn figures(mut self, elapsed: Duration) -> Figures {
        let (crash_points, crash_points_reached) = self.coverage.counts();
        self.violations.sort_by_key(|&(seed, _)| seed);
        Figures {
            seeds: self.seeds,
            orders: self.orders,
            steps: self.steps,
            faults: self.faults,
            crash_points,
            crash_points_reached,
            violations: self.violations,
            elapsed,
        }
    }
}

/// How a broken variant fared.
#[derive(Clone, Debug)]
pub struct Hunt {
    /// The variant.
    pub variant: Variant,
    /// From each starting seed, how many seeds it took to catch it; `None` when the limit was
    /// reached.
    pub needed: Vec<Option<u64>>,
    /// The promises that it broke, each named once.
    pub broke: Vec<&'static str>,
}

impl Hunt {
    /// Whether it was caught from every starting seed.
    pub fn is_caught(&self) -> bool {
        self.needed.iter().all(Option::is_some)
    }

    /// The median of the seeds needed, if it was caught from every start.
    pub fn median(&self) -> Option<u64> {
        let mut needed: Vec<u64> = self.needed.iter().copied().collect::<Option<_>>()?;
        needed.sort_unstable();
        needed.get(needed.len() / 2).copied()
    }
}

/// Hunts every broken variant from each of the starting seeds, with at most `limit` seeds each.
/// `progress` is told how many variants are done.
pub fn hunt_all(
    starts: &[u64],
    limit: u64,
    threads: usize,
    progress: impl Fn(u64) + Sync,
) -> Vec<Hunt> {
    let hunts = Mutex::new(Vec::new());
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let n = usize::try_from(next.fetch_add(1, Ordering::Relaxed));
                    let Some((n, &variant)) = n.ok().and_then(|n| Some((n, Variant::ALL.get(n)?)))
                    else {
                        return;
                    };
                    let hunt = hunt(variant, starts, limit);
                    let mut hunts = hunts.lock().unwrap_or_else(PoisonError::into_inner);
                    hunts.push((n, hunt));
                    progress(hunts.len() as u64);
                }
            });
        }
    });
    let mut hunts = hunts.into_inner().unwrap_or_else(PoisonError::into_inner);
    hunts.sort_by_key(|&(n, _)| n);
    hunts.into_iter().map(|(_, hunt)| hunt).collect()
}

fn hunt(variant: Variant, starts: &[u64], limit: u64) -> Hunt {
    let mut broke = Vec::new();
    let needed = starts
        .iter()
        .map(|start| {
            (0..limit).find_map(|n| {
                let violation = play(start + n, Some(variant), false).violation?;
                if !broke.contains(&violation.invariant) {
                    broke.push(violation.invariant);
                }
                Some(n + 1)
            })
        })
        .collect();
    Hunt {
        variant,
        needed,
        broke,
    }
}
