//! What happens when: drawn from a seed, so that a soak can be run again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::faults::Fault;
use crate::run::ground::Scale;

/// The course of a soak.
pub(super) struct Plan {
    /// What drew it.
    pub(super) seed: u64,
    /// How long one fault has, its recovery included.
    pub(super) period: Duration,
    /// The faults in their order, each with its moment within its period.
    pub(super) faults: Vec<(Fault, Duration)>,
    /// Orders of the backlog by which the capacity is measured.
    pub(super) backlog: usize,
}

/// The quick form is the same for everybody who runs the gate.
const QUICK_SEED: u64 = 1;

impl Plan {
    /// A fault each minute, each kind once before any comes again; when it has to be quick a few
    /// that are over at once, ten seconds apart.
    pub(super) fn new(scale: Scale) -> Self {
        let seed = scale
            .seed
            .unwrap_or_else(|| scale.pick(seed_of_now(), QUICK_SEED));
        let period = Duration::from_secs(scale.pick(60, 10));
        let count = scale.pick(scale.minutes, 6);
        let kinds: &[Fault] = scale.pick(&Fault::ALL, &Fault::QUICK);
        let mut rng = Rng(seed);
        let mut deck = Vec::new();
        let faults = (0..count)
            .map(|_| {
                if deck.is_empty() {
                    deck = kinds.to_vec();
                }
                let drawn = deck.swap_remove(rng.below(deck.len()));
                let within = period.mul_f64(0.2) / 20 * u32::try_from(rng.below(20)).unwrap_or(0);
                (drawn, period / 12 + within)
            })
            .collect();
        Self {
            seed,
            period,
            faults,
            backlog: scale.pick(3_000, 1_000),
        }
    }

    /// For how long the engine is flooded.
    pub(super) fn length(&self) -> Duration {
        self.period * u32::try_from(self.faults.len()).unwrap_or(u32::MAX)
    }
}

fn seed_of_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}

/// SplitMix64: every seed is as good as any other.
struct Rng(u64);

impl Rng {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % limit.max(1) as u64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn half_an_hour_has_every_fault_and_a_seed_always_the_same_ones() {
        let plan = |seed| Plan::new(Scale::new(false, None).soaking(30, 2.0, Some(seed)));
        let kinds: BTreeSet<Fault> = plan(7).faults.iter().map(|(fault, _)| *fault).collect();
        assert_eq!(kinds, Fault::ALL.into_iter().collect());
        assert_eq!(plan(7).faults, plan(7).faults);
        assert_ne!(plan(7).faults, plan(8).faults);
    }
}
