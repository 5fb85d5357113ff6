//! A DLMM pool as a pool among others.

use crate::{Fill, Refusal, Side};

/// Compute units of a swap: its fixed part, and for each bin. An estimate that meets the program at
/// the one end that was measured: about 200 bins use up a transaction's 1.4 million.
const COMPUTE_UNITS: u64 = 60_000;
const COMPUTE_UNITS_PER_BIN: u64 = 6_500;

impl crate::Pool for super::Pool {
    fn fill(&self, side: Side, amount_in: u64, now: i64) -> Result<Fill, Refusal> {
        let fill = self.quote(side, amount_in, now)?;
        Ok(Fill {
            amount_out: fill.amount_out,
            fee: fill.fee,
            marginal_out: fill.marginal_out(side),
            compute_units: COMPUTE_UNITS + COMPUTE_UNITS_PER_BIN * u64::from(fill.bins),
        })
    }

    fn at_price(&self, price: u128) -> Box<dyn crate::Pool> {
        Box::new(self.moved_to(price))
    }

    fn last_swap(&self) -> i64 {
        self.volatility.last_update
    }
}
