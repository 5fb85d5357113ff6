//! Raydium: constant-product pools.
//!
//! [`cpmm`] is the current program, [`amm_v4`] the older one whose pools still hold much of the
//! liquidity. Both keep `x·y` from falling and differ in what they subtract from the vaults and
//! how they round the fee.

pub mod amm_v4;
pub mod cpmm;
mod cpmm_fees;
mod cpmm_layout;
mod pool;

use crate::Venue;

/// Its line in the registry.
pub const VENUE: Venue = Venue { name: "Raydium" };

/// What `net_in` buys from a constant-product pool, rounded down: `net_in·out/(in + net_in)`.
///
/// Products of two 64-bit amounts fit into 128 bits, so nothing wider is needed.
fn constant_product_out(net_in: u64, reserve_in: u64, reserve_out: u64) -> u64 {
    let (net_in, reserve_in) = (u128::from(net_in), u128::from(reserve_in));
    let out = match reserve_in + net_in {
        0 => 0,
        total => net_in * u128::from(reserve_out) / total,
    };
    // Less than `reserve_out`, because `net_in / (reserve_in + net_in)` is at most one.
    out as u64
}
