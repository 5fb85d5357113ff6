//! A CPMM pool as a pool among others.

use super::cpmm;
use crate::{Fill, Pool, Refusal, Side, pool::after_fee};

/// Compute units of a CPMM swap, measured on the program.
const COMPUTE_UNITS: u64 = 33_000;

impl Pool for cpmm::Pool {
    fn fill(&self, side: Side, amount_in: u64, now: i64) -> Result<Fill, Refusal> {
        let fill = self.quote(side, amount_in, now.unsigned_abs())?;
        Ok(Fill {
            amount_out: fill.amount_out,
            fee: fill.trade_fee + fill.creator_fee,
            marginal_out: self.marginal_out(side, fill.net_in()),
            compute_units: COMPUTE_UNITS,
        })
    }

    /// The reserves' ratio less the trade fee. A creator's fee only takes away from it.
    fn marginal_price(&self, side: Side) -> Result<u128, Refusal> {
        let reserves = self.reserves().map(u128::from);
        let (reserve_in, reserve_out) = (reserves[side.token_in()], reserves[side.token_out()]);
        if reserve_in == 0 || reserve_out == 0 {
            return Err(Refusal::NoLiquidity);
        }
        let ratio = (reserve_out << 64).div_ceil(reserve_in);
        Ok(after_fee(ratio, self.rates.trade, cpmm::RATE_DENOMINATOR))
    }

    /// The second token's vault holds what the first one's is worth.
    fn at_price(&self, price: u128) -> Box<dyn Pool> {
        let mut moved = self.clone();
        let (vault, whole, fraction) = (u128::from(self.vaults[0]), price >> 64, price as u64);
        let worth = vault * whole + ((vault * u128::from(fraction)) >> 64); // both are 64 bits wide
        moved.vaults[1] = worth.try_into().unwrap_or(u64::MAX); // every swap is too large then
        Box::new(moved)
    }

    fn last_swap(&self) -> i64 {
        0
    }
}
