//! Market orders: at once, at the best price there is.

use crate::{
    amount::TokenAmount,
    order::swap::{SlippageTolerance, Swap},
};

/// The terms of a market order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// How much worse than quoted the execution may be.
    pub slippage: SlippageTolerance,
    /// The least that may be received, whatever is quoted by then: what binds a quote that the
    /// client was shown.
    pub min_amount_out: Option<TokenAmount>,
}

impl Market {
    /// The name on the wire and in the database.
    pub const NAME: &'static str = "market";

    /// The floor, if the client set one.
    pub(super) const fn floor(&self, _: &Swap) -> Option<TokenAmount> {
        self.min_amount_out
    }
}
