//! The chain's time: slots of 400 ms since the Unix epoch, and heights that count them.

use jiff::Timestamp;

/// The length of a slot.
pub(super) const SLOT_MS: i64 = 400;
/// A transaction can land in so many slots after it was built, as with a recent blockhash.
pub(super) const VALIDITY: u64 = 150;
/// A height is final when so many more are on top of it.
pub(super) const FINALITY: u64 = 32;

/// The slot of a moment.
pub(super) fn slot(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond() / SLOT_MS).unwrap_or(0) // 1970 is over
}

/// SOL has nine decimals: a lamport is the billionth part.
pub(super) const LAMPORT_DECIMALS: u8 = 9;
