//! How prices move: a pure function of seed, stream and slot.
//!
//! A path is a sum of waves. A wave has a random height at every multiple of its period and runs
//! straight between them; longer periods have greater heights, in proportion to their square root,
//! which is how far a random walk gets in that time. The sum looks like such a walk, never leaves
//! a known range, and any slot of it is computed directly, without the slots before.

/// A price's deviation, in parts per million.
pub(super) type Ppm = i64;

/// The whole, in parts per million.
pub(super) const WHOLE: Ppm = 1_000_000;

/// Waves of the common mid price: period as a power of two in slots, height in ppm. A slot takes
/// about 0.4 s; at full size these move a price by some 10 bps in four seconds and by at most
/// 152 bps ever.
const MID_WAVES: [(u32, Ppm); 7] = [
    (1, 120),
    (3, 240),
    (5, 480),
    (7, 960),
    (9, 1_920),
    (11, 3_840),
    (13, 7_680),
];

/// Period of a venue's error against the mid price: 64 slots, about 26 s.
const ERROR_PERIOD: u32 = 6;

/// The paths of one market.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paths {
    pub(super) seed: u64,
    /// How far mid values move, in thousandths of the full size.
    pub(super) volatility: u32,
}

impl Paths {
    /// How far a token's mid value is from its anchor at `slot`. `roughness` scales its path on top
    /// of the market's volatility: 1000 is the full size.
    pub(super) fn mid(self, stream: u64, slot: u64, roughness: i64) -> Ppm {
        let waves = MID_WAVES
            .iter()
            .map(|(period, height)| wave(self.seed, stream, slot, *period, *height));
        waves.sum::<Ppm>() * roughness * i64::from(self.volatility) / 1_000_000
    }

    /// How far a venue's price is from the mid price at `slot`, at most `height` either way. Venues
    /// differ in a market that stands still, too.
    pub(super) fn error(self, stream: u64, slot: u64, height: Ppm) -> Ppm {
        wave(self.seed, stream, slot, ERROR_PERIOD, height)
    }
}

fn wave(seed: u64, stream: u64, slot: u64, period: u32, height: Ppm) -> Ppm {
    let length = 1 << period;
    let into = (slot & (length - 1)) as i64;
    let key = mix(mix(seed) ^ mix(stream << 8 | u64::from(period)));
    let corner = |index: u64| {
        let range = (2 * height + 1).unsigned_abs();
        (mix(key ^ index) % range) as i64 - height
    };
    let (from, to) = (corner(slot >> period), corner((slot >> period) + 1));
    from + (to - from) * into / length as i64
}

/// A bijection of 64 bits that spreads every input bit over all output bits: the output function
/// of the SplitMix64 generator (Steele, Lea and Flood, 2014).
fn mix(input: u64) -> u64 {
    let mut bits = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(seed: u64, volatility: u32) -> Paths {
        Paths { seed, volatility }
    }

    #[test]
    fn a_path_is_continuous_and_stays_in_its_range() {
        let range: Ppm = MID_WAVES.iter().map(|(_, height)| height).sum();
        let steepest: Ppm = MID_WAVES
            .iter()
            .map(|(period, height)| ((2 * height) >> period) + 2)
            .sum();
        for (volatility, times) in [(1_000, 1), (4_000, 4)] {
            let paths = paths(7, volatility);
            let path: Vec<Ppm> = (0..20_000).map(|slot| paths.mid(1, slot, 1_000)).collect();
            assert!(path.iter().all(|ppm| ppm.abs() <= range * times));
            assert!(
                path.windows(2)
                    .all(|pair| (pair[0] - pair[1]).abs() <= steepest * times)
            );
        }
    }

    #[test]
    fn without_volatility_a_path_stands_still_and_venues_still_differ() {
        let still = paths(7, 0);
        assert!((0..20_000).all(|slot| still.mid(1, slot, 2_500) == 0));
        assert!((0..200).any(|slot| still.error(1, slot, 500) != 0));
    }

    #[test]
    fn seeds_and_streams_have_paths_of_their_own() {
        let path = |seed, stream| {
            (0..200)
                .map(|slot| paths(seed, 1_000).mid(stream, slot, 1_000))
                .collect()
        };
        let first: Vec<Ppm> = path(1, 1);
        assert_eq!(first, path(1, 1));
        assert_ne!(first, path(1, 2));
        assert_ne!(first, path(2, 1));
        assert_ne!(
            paths(1, 1_000).mid(1, u64::MAX, 1_000),
            paths(1, 1_000).mid(2, u64::MAX, 1_000),
            "the last slot too"
        );
    }
}
