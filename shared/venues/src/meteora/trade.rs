//! A DLMM pool as a pool among others.

use crate::{
    Fill, Refusal, Side,
    pool::{after_fee, worth_in},
};

use super::fee;

/// Compute units of a swap: its fixed part, and for each bin. An estimate that meets the program at
/// the one end that was measured: about 200 bins use up a transaction's 1.4 million.
const COMPUTE_UNITS: u64 = 60_000;
const COMPUTE_UNITS_PER_BIN: u64 = 6_500;

impl crate::Pool for super::Pool {
    fn fill(&self, side: Side, amount_in: u64, now: i64) -> Result<Fill, Refusal> {
        let fill = self.quote(side, amount_in, now)?;
        let (fee, fee_out) = match fill.fee_on_input {
            true => (fill.fee, 0),
            false => (worth_in(fill.fee, amount_in, fill.amount_out), fill.fee),
        };
        Ok(Fill {
            amount_out: fill.amount_out,
            fee,
            marginal_out: fill.marginal_out(side).saturating_sub(fee_out.into()),
            compute_units: COMPUTE_UNITS + COMPUTE_UNITS_PER_BIN * u64::from(fill.bins),
        })
    }

    /// The first bin's price less the base fee, to which volatility only adds.
    fn marginal_price(&self, side: Side) -> Result<u128, Refusal> {
        let price = self.first_price(side)?;
        let paid = match side {
            Side::Sell => price,
            Side::Buy => u128::MAX / price + 1, // 2^128 / price, rounded up
        };
        let rate = fee::base_rate(&self.fees).min(fee::MAX_RATE.into()) as u64; // below 2^64
        Ok(after_fee(paid, rate, fee::RATE_PRECISION))
    }

    fn at_price(&self, price: u128) -> Box<dyn crate::Pool> {
        Box::new(self.moved_to(price))
    }

    fn last_swap(&self) -> i64 {
        self.volatility.last_update
    }
}
