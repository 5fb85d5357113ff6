//! What each venue would pay now.

use engine::{
    order::{OrderKind, Swap},
    routing::Offer,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{OfferDto, time_text};

/// What each venue would pay now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quote)]
pub(crate) struct QuoteDto {
    /// The token sold.
    #[schema(example = "SOL")]
    token_in: String,
    /// The token bought.
    #[schema(example = "USDC")]
    token_out: String,
    /// How much of `tokenIn` is sold, an exact decimal.
    #[schema(example = "10")]
    amount: String,
    /// The slippage that `minimumReceived` allows for, in basis points.
    #[schema(maximum = 1000)]
    slippage_bps: u16,
    /// One offer for each venue, also of those that dropped out.
    quotes: Vec<OfferDto>,
    /// The venue that an order would go to now; `null` when no venue can be used.
    #[schema(required, example = "Meteora")]
    chosen_dex: Option<String>,
    /// The least that an order would accept there: as an order's `minAmountOut` it binds what is
    /// shown now; `null` when no venue can be used.
    #[schema(required, example = "787.028194")]
    minimum_received: Option<String>,
    /// Why, in words.
    reason: String,
    /// When the venues were asked.
    #[schema(format = DateTime)]
    quoted_at: String,
}

impl QuoteDto {
    /// A routing decision about that swap, or why there is none.
    pub(crate) fn new(
        swap: &Swap,
        kind: &OrderKind,
        offers: &[Offer],
        reason: String,
        at: Timestamp,
    ) -> Self {
        let chosen = offers.iter().find(|offer| offer.chosen);
        let quote = chosen.and_then(|offer| offer.quote.as_ref().ok());
        Self {
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            amount: swap.amount_in.to_string(),
            slippage_bps: kind.slippage().bps(),
            quotes: offers.iter().map(OfferDto::from).collect(),
            chosen_dex: chosen.map(|offer| offer.venue.name().to_owned()),
            minimum_received: quote.map(|quote| quote.min_out.to_string()),
            reason,
            quoted_at: time_text(at),
        }
    }
}
