//! What Solana itself takes for a transaction.

/// Lamports for each signature; a swap has one.
const SIGNATURE: u64 = 5_000;

/// The bid for a place in a block: micro-lamports for each compute unit.
const PRIORITY: u64 = 50_000;

/// Compute units of a Raydium CPMM swap, measured on the program.
const RAYDIUM_UNITS: u64 = 33_000;

/// Compute units of a Meteora DLMM swap: its fixed part, and for each bin. An estimate that meets
/// the program at the one end that was measured: about 200 bins use up a transaction's 1.4 million.
const METEORA_UNITS: u64 = 60_000;
const METEORA_UNITS_PER_BIN: u64 = 6_500;

/// Lamports for a swap on Raydium.
pub(super) fn raydium() -> u64 {
    with_priority(RAYDIUM_UNITS)
}

/// Lamports for a swap on Meteora over `bins` bins.
pub(super) fn meteora(bins: u32) -> u64 {
    with_priority(METEORA_UNITS + METEORA_UNITS_PER_BIN * u64::from(bins))
}

fn with_priority(units: u64) -> u64 {
    SIGNATURE + (units * PRIORITY).div_ceil(1_000_000)
}
