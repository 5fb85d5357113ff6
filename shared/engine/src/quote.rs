//! What a venue offers for a swap.

use jiff::Timestamp;

use crate::{amount::TokenAmount, venue::VenueId};

/// Where an order goes, with all that a signer needs to build the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The venue.
    pub venue: VenueId,
    /// The pool there; `None` once the transaction is signed, and for an order that was routed by
    /// version 0.1, which kept no more than the venue.
    pub pool: Option<PoolRef>,
}

impl Route {
    /// The same venue, and nothing that only a signer needs.
    pub(crate) fn without_pool(self) -> Self {
        Self { pool: None, ..self }
    }
}

/// A pool, as it was when it was quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolRef {
    /// Its address, or a label that says that it is synthetic.
    pub address: String,
    /// The mint of the token sold, base58.
    pub mint_in: String,
    /// The mint of the token bought, base58.
    pub mint_out: String,
    /// The chain's slot whose state was quoted.
    pub slot: u64,
}

/// A venue's answer to "what would you pay for this?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Who answers.
    pub venue: VenueId,
    /// The pool.
    pub pool: PoolRef,
    /// The symbol of the token sold, as the venue understood it.
    pub token_in: String,
    /// The symbol of the token bought, as the venue understood it.
    pub token_out: String,
    /// What it would pay, and what that costs.
    pub terms: QuoteTerms,
    /// The moment of the market state behind the answer.
    pub as_of: Timestamp,
}

impl Quote {
    /// Where an order at this quote goes.
    pub fn route(&self) -> Route {
        Route {
            venue: self.venue.clone(),
            pool: Some(self.pool.clone()),
        }
    }
}

/// The numbers of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuoteTerms {
    /// What is sold.
    pub amount_in: TokenAmount,
    /// What is paid for it, after the pool's fees and price impact.
    pub amount_out: TokenAmount,
    /// The pool's fee, of the token sold; contained in the above.
    pub fee: TokenAmount,
    /// How far the trade itself moves the price, in basis points.
    pub price_impact_bps: u32,
    /// The chain's fee for the transaction, of the chain's own token.
    pub network_fee: TokenAmount,
    /// The same in the token bought, so that it can be compared.
    pub network_fee_out: TokenAmount,
}

impl QuoteTerms {
    /// What the user really receives: the venue's payment less the chain's fee.
    pub const fn net_out(&self) -> TokenAmount {
        self.amount_out.less(self.network_fee_out)
    }
}

/// A venue's part in a routing decision: its quote, or why it had none that could be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The venue.
    pub venue: VenueId,
    /// Its quote, or why it dropped out.
    pub quote: Result<OfferedQuote, Rejection>,
    /// Whether the order goes there.
    pub chosen: bool,
}

/// The part of a quote that is worth keeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedQuote {
    /// The pool's address.
    pub pool: String,
    /// What it would pay, and what that costs.
    pub terms: QuoteTerms,
    /// The least that this order would accept at this quote.
    pub min_out: TokenAmount,
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
    /// It did not answer in time, in milliseconds.
    #[error("no answer within {0} ms")]
    Late(u64),
    /// Its answer cannot be right.
    #[error("implausible answer: {0}")]
    Implausible(String),
}
