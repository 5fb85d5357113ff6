//! What Solana itself takes for a transaction.

/// Lamports for each signature; a swap has one.
const SIGNATURE: u64 = 5_000;

/// The bid for a place in a block: micro-lamports for each compute unit.
const PRIORITY: u64 = 50_000;

/// Lamports for a swap that takes this many compute units.
pub(super) fn of(compute_units: u64) -> u64 {
    SIGNATURE + (compute_units * PRIORITY).div_ceil(1_000_000)
}
