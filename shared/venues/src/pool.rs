//! What the pools of all venues have in common.

use std::fmt::Debug;

use crate::{Refusal, Side};

/// One swap, as far as venues can be compared by it. Amounts are base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// What the user receives, pool fees already taken.
    pub amount_out: u64,
    /// The pool's fees, in the token that goes in. What is taken from the output is told as what it
    /// is worth there ([`worth_in`]).
    pub fee: u64,
    /// What the input would buy at the pool's own price before the swap, less the fees.
    pub marginal_out: u128,
    /// What the swap takes of a transaction's compute budget.
    pub compute_units: u64,
}

impl Fill {
    /// How much less comes out than at the pool's own price before the swap, fees left aside. Basis
    /// points, rounded up.
    pub fn price_impact_bps(&self) -> u32 {
        let short = self.marginal_out.saturating_sub(self.amount_out.into());
        // At most the whole, 10 000.
        (short * 10_000).div_ceil(self.marginal_out.max(1)) as u32
    }
}

/// A pool in one state.
pub trait Pool: Debug + Send + Sync {
    /// What a swap of exactly `amount_in` pays at unix time `now`, in seconds.
    ///
    /// # Errors
    /// [`Refusal`] for a swap that the venue's program would not execute.
    fn fill(&self, side: Side, amount_in: u64, now: i64) -> Result<Fill, Refusal>;

    /// What the next unit pays, fees inside: units received for a unit sent, Q64.64, rounded up. A
    /// bound: no swap of any size is paid more for a unit, because a swap only moves the price
    /// against itself and what is rounded is rounded for the pool.
    ///
    /// # Errors
    /// [`Refusal`] when no swap of any size would be executed.
    fn marginal_price(&self, side: Side) -> Result<u128, Refusal>;

    /// The same liquidity around another price, Q64.64 of the second token for the first.
    fn at_price(&self, price: u128) -> Box<dyn Pool>;

    /// Unix seconds of the last swap, where the fee depends on how long ago that was; else 0.
    fn last_swap(&self) -> i64;
}

/// What a fee that was taken from the output is worth in the token that goes in: its part of what
/// `traded` of that token has bought. Rounded up, and not more than `traded`.
pub(crate) fn worth_in(fee_out: u64, traded: u64, amount_out: u64) -> u64 {
    let bought = u128::from(amount_out) + u128::from(fee_out);
    let worth = (u128::from(fee_out) * u128::from(traded)).div_ceil(bought.max(1));
    worth as u64 // not above `traded`
}

/// What is left of a price after a fee of `part` of `whole`, rounded up.
pub(crate) fn after_fee(price: u128, part: u64, whole: u64) -> u128 {
    let (part, whole) = (u128::from(part), u128::from(whole));
    // In two halves, because the product need not fit.
    price - (price / whole) * part - (price % whole) * part / whole
}
