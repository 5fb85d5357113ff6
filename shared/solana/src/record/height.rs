//! Which heights can be believed. A node may answer with its slot, which is millions of blocks
//! ahead: then every transaction looks as if it could no longer land.

use std::time::{Duration, Instant};

use crate::rpc::Blockhash;

/// How many blocks a blockhash lives for: a rule of the chain.
const LIFE: u64 = 150;

/// How far what a node says at the same time may lie apart: one answer may be some seconds older.
const APART: u64 = 50;

/// How far a node may be behind another, or behind what it said before: a balancer may ask several.
const BEHIND: u64 = 150;

/// How far it may be ahead of what time allows, after having been behind.
const AHEAD: u64 = 64;

/// Twice as fast as slots are.
const FASTEST_BLOCK: Duration = Duration::from_millis(100);

/// A height of the chain, and a slot that is not before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Height {
    /// How many blocks there are.
    pub(super) blocks: u64,
    slot: u64,
}

impl Height {
    /// The height at which a blockhash was the newest.
    pub(super) fn of(blockhash: &Blockhash) -> Option<Self> {
        Some(Self {
            blocks: blockhash.last_valid_height.checked_sub(LIFE)?,
            slot: blockhash.slot,
        })
    }

    /// The lower one of this and the height that the node names, unless they lie far apart.
    pub(super) fn confirmed_by(self, named: u64) -> Option<Self> {
        let blocks = self.blocks.min(named);
        (self.blocks.abs_diff(named) <= APART).then_some(Self { blocks, ..self })
    }
}

/// The heights that were believed so far.
#[derive(Debug, Default)]
pub(super) struct Heights {
    /// The highest, and when it was first seen.
    highest: Option<(Height, Instant)>,
    /// Whether the nodes agreed on it. One that was only signed with is no final height.
    is_agreed: bool,
}

impl Heights {
    /// A slot that whoever says anything of a transaction must have reached, so that they know
    /// every block below the highest height.
    pub(super) fn slot(&self) -> Option<u64> {
        Some(self.highest?.0.slot)
    }

    /// Takes the first height on trust, to hold later ones against it.
    pub(super) fn begin_with(&mut self, height: Height, now: Instant) {
        self.highest.get_or_insert((height, now));
    }

    /// Whether a height can be, after those before and the time since.
    pub(super) fn believe(&self, height: Height, now: Instant) -> Result<Height, &'static str> {
        let Some((highest, seen)) = self.highest else {
            return Ok(height);
        };
        let passed = now.saturating_duration_since(seen).as_millis() / FASTEST_BLOCK.as_millis();
        let grown = u64::try_from(passed).unwrap_or(u64::MAX);
        if height.blocks > highest.blocks.saturating_add(grown).saturating_add(AHEAD) {
            return Err("its height runs faster than blocks are made");
        }
        if height.blocks < highest.blocks.saturating_sub(BEHIND) {
            return Err("its height has gone back");
        }
        Ok(height)
    }

    /// Notes a height that the nodes agree on; answers the highest so far, for nothing that was
    /// final changes again.
    pub(super) fn reached(&mut self, height: Height, now: Instant) -> u64 {
        match self.highest {
            Some((highest, _)) if self.is_agreed && highest.blocks >= height.blocks => {
                highest.blocks
            }
            _ => {
                self.highest = Some((height, now));
                self.is_agreed = true;
                height.blocks
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(blocks: u64) -> Height {
        Height {
            blocks,
            slot: blocks + 22_000_000,
        }
    }

    fn known() -> (Heights, Instant) {
        let mut heights = Heights::default();
        let now = Instant::now();
        assert_eq!(heights.reached(at(1_000), now), 1_000);
        (heights, now)
    }

    #[test]
    fn a_height_is_as_high_as_both_answers_say() {
        assert_eq!(at(1_000).confirmed_by(1_002), Some(at(1_000)));
        let lower = at(1_000).confirmed_by(998).map(|height| height.blocks);
        assert_eq!(lower, Some(998));
        for slot in [1_051, 949, 22_001_000] {
            assert_eq!(at(1_000).confirmed_by(slot), None, "{slot}");
        }
    }

    #[test]
    fn a_height_cannot_run_ahead_of_time() {
        let (heights, now) = known();
        let later = now + Duration::from_secs(10);
        assert!(heights.believe(at(1_164), later).is_ok());
        assert!(heights.believe(at(1_165), later).is_err());
        assert!(heights.believe(at(1_065), now).is_err());
    }

    #[test]
    fn a_height_that_lags_is_not_taken_and_does_not_take_back() {
        let (mut heights, now) = known();
        assert!(heights.believe(at(850), now).is_ok());
        assert!(heights.believe(at(849), now).is_err());
        assert_eq!(heights.reached(at(850), now), 1_000);
        assert_eq!(heights.slot(), Some(22_001_000));
    }

    #[test]
    fn a_chain_that_stood_still_may_catch_up() {
        let (mut heights, now) = known();
        let later = now + Duration::from_secs(60);
        heights.reached(at(1_000), later);
        assert!(heights.believe(at(1_300), later).is_ok());
    }

    #[test]
    fn what_was_signed_for_is_the_first_height_and_not_a_later_one() {
        let (mut heights, now) = known();
        heights.begin_with(at(2_000), now);
        assert!(heights.believe(at(2_000), now).is_err());
    }

    #[test]
    fn what_was_signed_for_is_not_final() {
        let mut heights = Heights::default();
        let now = Instant::now();
        heights.begin_with(at(1_000), now);
        assert_eq!(heights.reached(at(900), now), 900);
        assert_eq!(heights.reached(at(890), now), 900);
    }
}
