//! A venue's part in a routing decision.

use engine::{
    order::{TokenAmount, price},
    routing::Offer,
};
use serde::Serialize;
use utoipa::ToSchema;

#[doc = " A venue's offer as a client sees it. Amounts are in whole tokens; they are absent when \
the venue dropped out."]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OfferView)]
pub(crate) struct OfferDto {
    /// The venue, for example `Raydium`.
    dex: String,
    /// The pool asked.
    #[schema(required)]
    pool: Option<String>,
    /// `tokenIn` sold.
    #[schema(required)]
    amount_in: Option<String>,
    /// `tokenOut` paid, after the pool's fee and price impact.
    #[schema(required)]
    amount_out: Option<String>,
    /// The same less the chain's fee: what venues are compared by.
    #[schema(required)]
    net_amount_out: Option<String>,
    /// `tokenOut` paid per `tokenIn` sold.
    #[schema(required)]
    price: Option<String>,
    /// The pool's fee, in `tokenIn`.
    #[schema(required)]
    fee: Option<String>,
    /// How far this trade itself moves the price.
    #[schema(required)]
    price_impact_bps: Option<u32>,
    /// The chain's fee, in SOL.
    #[schema(required)]
    network_fee: Option<String>,
    /// The least that an order at this quote would accept.
    #[schema(required)]
    minimum_received: Option<String>,
    /// Whether the router prefers it.
    chosen: bool,
    /// Why the venue dropped out, if it did.
    #[schema(required)]
    rejected: Option<String>,
}

impl From<&Offer> for OfferDto {
    fn from(offer: &Offer) -> Self {
        let quote = offer.quote.as_ref().ok();
        let terms = quote.map(|quote| quote.terms);
        let text = |amount: TokenAmount| amount.to_string();
        Self {
            dex: offer.venue.name().to_owned(),
            pool: quote.map(|quote| quote.pool.clone()),
            amount_in: terms.map(|terms| text(terms.amount_in)),
            amount_out: terms.map(|terms| text(terms.amount_out)),
            net_amount_out: terms.map(|terms| text(terms.net_out())),
            price: terms.map(|terms| price(terms.amount_in, terms.amount_out).to_string()),
            fee: terms.map(|terms| text(terms.fee)),
            price_impact_bps: terms.map(|terms| terms.price_impact_bps),
            network_fee: terms.map(|terms| text(terms.network_fee)),
            minimum_received: quote.map(|quote| text(quote.min_out)),
            chosen: offer.chosen,
            rejected: offer.quote.as_ref().err().map(ToString::to_string),
        }
    }
}
