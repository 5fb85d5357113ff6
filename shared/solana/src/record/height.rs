//! Which heights can be believed. A node may answer with its slot, which is millions of blocks
//! ahead: then every transaction looks as if it could no longer land.

use std::time::{Duration, Instant, SystemTime};

use crate::rpc::Blockhash;

/// How many blocks a blockhash lives for: a rule of the chain.
const LIFE: u64 = 150;

/// How far what a node says at the same time may lie apart: one answer may be some seconds older.
const APART: u64 = 50;

/// How far a node may be behind another, or behind what it said before: a balancer may ask several.
const BEHIND: u64 = 150;

/// How far behind the highest height a blockhash may be that is signed with: what is older leaves
/// the transaction little time to land.
const STALE: u64 = 30;

/// How far it may be ahead of what time allows, after having been behind.
const AHEAD: u64 = 64;

/// Twice as fast as slots are.
const FASTEST_BLOCK: Duration = Duration::from_millis(100);

/// A moment by two clocks: one stands still while the machine sleeps, the other may be set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    running: Instant,
    of_day: SystemTime,
}

impl Moment {
    pub(super) fn now() -> Self {
        Self {
            running: Instant::now(),
            of_day: SystemTime::now(),
        }
    }

    /// How much later this is: as much as either clock says, for the chain goes on while we sleep.
    fn since(self, earlier: Self) -> Duration {
        let running = self.running.saturating_duration_since(earlier.running);
        let of_day = self.of_day.duration_since(earlier.of_day);
        running.max(of_day.unwrap_or_default())
    }
}

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

    /// What two nodes agree on: the lower height and the lower slot, unless either lie far apart.
    pub(super) fn agreed_with(self, other: Self) -> Option<Self> {
        let is_near = |one: u64, other: u64| one.abs_diff(other) <= BEHIND;
        let agree = is_near(self.blocks, other.blocks) && is_near(self.slot, other.slot);
        agree.then_some(Self {
            blocks: self.blocks.min(other.blocks),
            slot: self.slot.min(other.slot),
        })
    }
}

/// The heights that were believed so far.
#[derive(Debug, Default)]
pub(super) struct Heights {
    /// The highest that the nodes agreed on, and when it was first seen.
    agreed: Option<(Height, Moment)>,
    /// What was signed with before they did. One node's word, so it binds no others.
    trusted: Option<(Height, Moment)>,
}

impl Heights {
    /// A slot that whoever says anything of a transaction must have reached, so that they know
    /// every block below the highest height. `None` until the nodes have agreed on one: a single
    /// node that names a slot of the future would make all others look as if they were behind.
    pub(super) fn slot(&self) -> Option<u64> {
        Some(self.agreed?.0.slot)
    }

    /// Takes the first height on trust, to hold later ones against it.
    pub(super) fn begin_with(&mut self, height: Height, now: Moment) {
        self.trusted.get_or_insert((height, now));
    }

    /// Whether a height can be, after those that were agreed on and the time since.
    pub(super) fn believe(&self, height: Height, now: Moment) -> Result<Height, &'static str> {
        fits(height, self.agreed, now)
    }

    /// The same where there is one node: then what it said before is held against it, too.
    pub(super) fn believe_alone(
        &self,
        height: Height,
        now: Moment,
    ) -> Result<Height, &'static str> {
        fits(height, self.agreed.or(self.trusted), now)
    }

    /// Whether a blockhash of that height may be signed with: it is of now, not only possible.
    pub(super) fn may_sign_with(
        &self,
        height: Height,
        now: Moment,
    ) -> Result<Height, &'static str> {
        if let Some((highest, _)) = self.agreed.or(self.trusted)
            && height.blocks < highest.blocks.saturating_sub(STALE)
        {
            return Err("it is too old to be signed with");
        }
        self.believe_alone(height, now)
    }

    /// Notes a height that the nodes agree on; answers the highest so far, for nothing that was
    /// final changes again.
    pub(super) fn reached(&mut self, height: Height, now: Moment) -> u64 {
        match self.agreed {
            Some((highest, _)) if highest.blocks >= height.blocks => highest.blocks,
            before => {
                let slot = before.map_or(0, |(highest, _)| highest.slot);
                let slot = height.slot.max(slot);
                self.agreed = Some((Height { slot, ..height }, now));
                height.blocks
            }
        }
    }
}

/// Whether a height can be, so long after another one.
fn fits(
    height: Height,
    before: Option<(Height, Moment)>,
    now: Moment,
) -> Result<Height, &'static str> {
    if height.slot < height.blocks {
        return Err("its slot is below its height");
    }
    let Some((highest, seen)) = before else {
        return Ok(height);
    };
    let passed = now.since(seen).as_millis() / FASTEST_BLOCK.as_millis();
    let grown = u64::try_from(passed).unwrap_or(u64::MAX);
    let most = |before: u64| before.saturating_add(grown).saturating_add(AHEAD);
    if height.blocks > most(highest.blocks) {
        return Err("its height runs faster than blocks are made");
    }
    if height.slot > most(highest.slot) {
        return Err("its slot runs faster than slots pass");
    }
    if height.blocks < highest.blocks.saturating_sub(BEHIND) {
        return Err("its height has gone back");
    }
    if height.slot < highest.slot.saturating_sub(BEHIND) {
        return Err("its slot has gone back");
    }
    Ok(height)
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

    fn after(now: Moment, seconds: u64) -> Moment {
        Moment {
            running: now.running + Duration::from_secs(seconds),
            ..now
        }
    }

    fn known() -> (Heights, Moment) {
        let mut heights = Heights::default();
        let now = Moment::now();
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
        let later = after(now, 10);
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
    fn the_chain_goes_on_while_the_machine_sleeps() {
        let (heights, now) = known();
        let woken = Moment {
            of_day: now.of_day + Duration::from_secs(3_600),
            ..after(now, 1)
        };
        assert!(heights.believe(at(10_000), woken).is_ok());
        assert!(heights.believe(at(1_065), now).is_err());
        // A clock that was set back takes nothing away.
        let set_back = Moment {
            of_day: now.of_day - Duration::from_secs(3_600),
            ..after(now, 10)
        };
        assert!(heights.believe(at(1_164), set_back).is_ok());
    }

    #[test]
    fn a_chain_that_stood_still_may_catch_up() {
        let (mut heights, now) = known();
        let later = after(now, 60);
        heights.reached(at(1_000), later);
        assert!(heights.believe(at(1_300), later).is_ok());
    }

    #[test]
    fn a_slot_cannot_run_ahead_of_time_or_be_below_its_height() {
        let (heights, now) = known();
        let of = |slot| Height {
            blocks: 1_000,
            slot,
        };
        assert!(heights.believe(of(22_001_064), now).is_ok());
        for slot in [22_001_065, u64::MAX, 22_000_849, 999] {
            assert!(heights.believe(of(slot), now).is_err(), "{slot}");
        }
    }

    #[test]
    fn two_agree_on_the_lower_height_and_the_lower_slot() {
        let ahead = Height {
            blocks: 1_001,
            slot: 22_000_990,
        };
        let agreed = Height {
            blocks: 1_000,
            slot: 22_000_990,
        };
        assert_eq!(at(1_000).agreed_with(ahead), Some(agreed));
        assert_eq!(at(1_000).agreed_with(at(1_151)), None);
        let dreams = Height {
            slot: 1 << 60,
            ..ahead
        };
        assert_eq!(at(1_000).agreed_with(dreams), None);
    }

    #[test]
    fn what_is_signed_with_is_of_now() {
        let (heights, now) = known();
        assert!(heights.may_sign_with(at(970), now).is_ok());
        assert!(heights.may_sign_with(at(969), now).is_err());
    }

    #[test]
    fn what_was_signed_with_binds_the_node_and_no_others() {
        let mut heights = Heights::default();
        let now = Moment::now();
        heights.begin_with(at(1_000), now);
        heights.begin_with(at(9_000), now);
        assert!(heights.believe_alone(at(1_065), now).is_err());
        assert!(heights.believe(at(9_000), now).is_ok());
        assert_eq!(heights.slot(), None);
        assert_eq!(heights.reached(at(900), now), 900);
        assert_eq!(heights.reached(at(890), now), 900);
        assert_eq!(heights.slot(), Some(22_000_900));
    }
}
