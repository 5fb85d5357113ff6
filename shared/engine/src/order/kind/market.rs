//! Market orders: at once, at the best price there is.

use crate::order::swap::SlippageTolerance;

/// The terms of a market order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// How much worse than quoted the execution may be.
    pub slippage: SlippageTolerance,
}

impl Market {
    /// The name on the wire and in the database.
    pub const NAME: &'static str = "market";
}
