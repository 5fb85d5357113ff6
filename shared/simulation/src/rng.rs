//! Delays from a seed.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Draws from ranges; the same seed draws the same.
#[derive(Debug)]
pub(super) struct Rng {
    state: AtomicU64,
}

/// The golden ratio's fraction, SplitMix64's step (Steele, Lea, Flood 2014).
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Rng {
    pub(super) const fn new(seed: u64) -> Self {
        Self {
            state: AtomicU64::new(seed),
        }
    }

    /// A duration between the two, both included.
    pub(super) fn between(&self, range: (Duration, Duration)) -> Duration {
        let drawn = mix(self.state.fetch_add(STEP, Ordering::Relaxed));
        pick(range, drawn)
    }
}

/// The duration of `range` that belongs to `drawn`.
pub(super) fn pick((shortest, longest): (Duration, Duration), drawn: u64) -> Duration {
    let span = longest.saturating_sub(shortest).as_millis() + 1;
    // The span of two delays in ms fits.
    let part = u64::try_from(u128::from(drawn) % span).unwrap_or(0);
    shortest + Duration::from_millis(part)
}

/// SplitMix64's output function.
pub(super) const fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_cover_the_range_and_nothing_else() {
        let rng = Rng::new(7);
        let range = (Duration::from_millis(200), Duration::from_millis(203));
        let mut drawn: Vec<u128> = (0..200).map(|_| rng.between(range).as_millis()).collect();
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn, [200, 201, 202, 203]);
    }
}
