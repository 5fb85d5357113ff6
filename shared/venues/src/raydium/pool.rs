//! CPMM and AMM v4 pools as pools among others.

use super::{amm_v4, cpmm};
use crate::{
    Fill, Pool, Refusal, Side,
    pool::{after_fee, worth_in},
};

/// Compute units of a CPMM swap, measured on the program.
const CPMM_COMPUTE_UNITS: u64 = 33_000;

/// Compute units of an AMM v4 swap. An estimate: the same two transfers, and no more arithmetic.
const AMM_V4_COMPUTE_UNITS: u64 = 33_000;

impl Pool for cpmm::Pool {
    fn fill(&self, side: Side, amount_in: u64, now: i64) -> Result<Fill, Refusal> {
        let fill = self.quote(side, amount_in, now.unsigned_abs())?;
        let net_in = fill.net_in();
        let (creator_fee, fee_out) = match fill.creator_fee_on_input {
            true => (fill.creator_fee, 0),
            false => (
                worth_in(fill.creator_fee, net_in, fill.amount_out),
                fill.creator_fee,
            ),
        };
        let marginal_out = self.marginal_out(side, net_in);
        Ok(Fill {
            amount_out: fill.amount_out,
            fee: fill.trade_fee + creator_fee,
            marginal_out: marginal_out.saturating_sub(fee_out.into()),
            compute_units: CPMM_COMPUTE_UNITS,
        })
    }

    /// The reserves' ratio less the trade fee. A creator's fee only takes away from it.
    fn marginal_price(&self, side: Side) -> Result<u128, Refusal> {
        let ratio = ratio(self.reserves(), side)?;
        Ok(after_fee(ratio, self.rates.trade, cpmm::RATE_DENOMINATOR))
    }

    /// The second token's vault holds what the first one's is worth.
    fn at_price(&self, price: u128) -> Box<dyn Pool> {
        let mut moved = self.clone();
        moved.vaults[1] = worth(self.vaults[0], price);
        Box::new(moved)
    }

    fn last_swap(&self) -> i64 {
        0
    }
}

impl Pool for amm_v4::Pool {
    fn fill(&self, side: Side, amount_in: u64, now: i64) -> Result<Fill, Refusal> {
        let fill = self.quote(side, amount_in, now.unsigned_abs())?;
        Ok(Fill {
            amount_out: fill.amount_out,
            fee: fill.fee,
            marginal_out: self.marginal_out(side, fill.amount_in - fill.fee),
            compute_units: AMM_V4_COMPUTE_UNITS,
        })
    }

    /// The reserves' ratio less the swap fee.
    fn marginal_price(&self, side: Side) -> Result<u128, Refusal> {
        let ratio = ratio(self.reserves(), side)?;
        let [numerator, denominator] = self.swap_fee;
        Ok(after_fee(ratio, numerator, denominator))
    }

    /// The pc's vault holds what the coin's is worth.
    fn at_price(&self, price: u128) -> Box<dyn Pool> {
        let mut moved = self.clone();
        moved.vaults[1] = worth(self.vaults[0], price);
        Box::new(moved)
    }

    fn last_swap(&self) -> i64 {
        0
    }
}

/// What one unit in is worth in units out, Q64.64, rounded up.
fn ratio(reserves: [u64; 2], side: Side) -> Result<u128, Refusal> {
    let reserves = reserves.map(u128::from);
    let (reserve_in, reserve_out) = (reserves[side.token_in()], reserves[side.token_out()]);
    if reserve_in == 0 || reserve_out == 0 {
        return Err(Refusal::NoLiquidity);
    }
    Ok((reserve_out << 64).div_ceil(reserve_in))
}

/// What a vault of the first token is worth in the second, rounded down. More than a vault can hold
/// is as much as it can hold: every swap is too large then.
fn worth(vault: u64, price: u128) -> u64 {
    let (vault, whole, fraction) = (u128::from(vault), price >> 64, price as u64);
    let worth = vault * whole + ((vault * u128::from(fraction)) >> 64); // both are 64 bits wide
    worth.try_into().unwrap_or(u64::MAX)
}
