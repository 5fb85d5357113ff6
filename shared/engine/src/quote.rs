//! What a venue offers for a swap.

use jiff::Timestamp;

use crate::dex::Dex;

/// A venue's answer to "what would you pay for this?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Who answers.
    pub dex: Dex,
    /// The pool, by its address or label.
    pub pool: String,
    /// The token sold, as the venue understood it.
    pub token_in: String,
    /// The token bought, as the venue understood it.
    pub token_out: String,
    /// Base units of `token_in` sold.
    pub amount_in: u64,
    /// Base units of `token_out` paid after the pool's fees and price impact.
    pub amount_out: u64,
    /// The pool's fee in base units of `token_in`, contained in the above.
    pub fee: u64,
    /// How far the trade itself moves the price, in basis points.
    pub price_impact_bps: u32,
    /// The chain's fee for the transaction, in lamports.
    pub network_fee: u64,
    /// The same in base units of `token_out`, so that it can be compared.
    pub network_fee_out: u64,
    /// The moment of the market state behind the answer.
    pub as_of: Timestamp,
}

impl Quote {
    /// What the user really receives: the venue's payment less the chain's fee.
    pub const fn net_out(&self) -> u64 {
        self.amount_out.saturating_sub(self.network_fee_out)
    }
}

/// A venue's part in a routing decision: its quote, or why it had none that could be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The venue.
    pub dex: Dex,
    /// Its quote, or why it dropped out.
    pub quote: Result<Quote, Rejection>,
    /// Whether the order goes there.
    pub chosen: bool,
}

/// Why a venue dropped out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It has no pool for the pair, or not enough in it. Asking again changes nothing.
    #[error("no liquidity: {0}")]
    NoLiquidity(String),
    /// It could not be asked.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// It did not answer in time.
    #[error("no answer within {0} ms")]
    Late(u128),
    /// Its answer cannot be right.
    #[error("implausible answer: {0}")]
    Implausible(String),
}
