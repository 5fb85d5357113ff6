//! The only source of chance: the same seed draws the same world.

/// Draws numbers from a seed (SplitMix64; Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

/// The golden ratio's fraction, SplitMix64's step.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Rng {
    /// Begins with a seed. Neighbouring seeds draw unrelated numbers.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub(crate) const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub(crate) const fn below(&mut self, end: u64) -> u64 {
        match self.draw().checked_rem(end) {
            Some(drawn) => drawn,
            None => 0,
        }
    }

    /// A number from `low` to `high`, both included.
    pub(crate) const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True in `per_mille` of a thousand draws.
    pub(crate) const fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1_000) < per_mille as u64
    }

    /// One of `choices`, which are not empty.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let drawn = self.below(choices.len() as u64);
        choices[usize::try_from(drawn).unwrap_or(0)] // below the length of a slice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_the_next_one_something_else() {
        let drawn = |seed| {
            let mut rng = Rng::new(seed);
            [rng.draw(), rng.draw(), rng.below(10), rng.between(3, 5)]
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn draws_cover_their_range_and_nothing_else() {
        let mut rng = Rng::new(1);
        let mut drawn: Vec<u64> = (0..200).map(|_| rng.between(3, 6)).collect();
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn, [3, 4, 5, 6]);
    }
}
