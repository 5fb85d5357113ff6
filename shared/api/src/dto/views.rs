//! What the API answers with. Types of the wire only: nothing inside the engine is serialized as it is.

use engine::{
    order::{Listing, Order},
    quote::Offer,
    update::{OfferView, Update, executed_price, time_text},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::described::StatusName;

/// An order that was accepted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Accepted)]
pub(crate) struct AcceptedView {
    /// The order's id.
    #[schema(format = Uuid)]
    pub(crate) order_id: String,
    /// Where every order begins.
    #[schema(example = "pending")]
    pub(crate) status: &'static str,
    /// The address of a socket that streams the order's events; absent when this installation has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        example = "ws://127.0.0.1:3000/api/orders/ws?orderId=0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e"
    )]
    pub(crate) ws: Option<String>,
}

/// An order and where it stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Order)]
pub(crate) struct OrderView {
    /// The order's id.
    #[schema(format = Uuid)]
    id: String,
    /// The order type.
    #[serde(rename = "type")]
    #[schema(example = "market")]
    kind: &'static str,
    /// The token sold.
    #[schema(example = "SOL")]
    token_in: String,
    /// The token bought.
    #[schema(example = "USDC")]
    token_out: String,
    /// How much of `tokenIn` is sold, an exact decimal.
    #[schema(example = "10")]
    amount: String,
    /// The slippage allowed, in basis points.
    #[schema(maximum = 1000)]
    slippage_bps: u16,
    /// Where the order stands.
    #[schema(value_type = StatusName)]
    status: &'static str,
    /// The attempt that it is in, from 1.
    attempt: u32,
    /// The venue of this attempt, once chosen.
    #[schema(required, example = "Meteora")]
    chosen_dex: Option<&'static str>,
    /// The signature of the newest transaction.
    #[schema(required)]
    tx_hash: Option<String>,
    /// `tokenOut` received per `tokenIn` sent, an exact decimal; once confirmed.
    #[schema(required, example = "79.098311")]
    executed_price: Option<String>,
    /// `tokenOut` received, an exact decimal; once confirmed.
    #[schema(required, example = "790.98311")]
    amount_out: Option<String>,
    /// Why it failed; once failed.
    #[schema(required)]
    failure_reason: Option<String>,
    /// When it was accepted.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it last moved.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<&Order> for OrderView {
    fn from(order: &Order) -> Self {
        let swap = &order.swap;
        Self {
            id: order.id.to_string(),
            kind: "market",
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            amount: swap.sent().to_string(),
            slippage_bps: swap.slippage.get(),
            status: order.status.name(),
            attempt: order.attempt,
            chosen_dex: order.chosen_dex.map(engine::order::Dex::name),
            tx_hash: order.tx_hash.clone(),
            executed_price: order
                .amount_out
                .map(|out| executed_price(swap, out).to_string()),
            amount_out: order.amount_out.map(|out| swap.received(out).to_string()),
            failure_reason: order.failure.as_ref().map(|failure| failure.reason.clone()),
            created_at: time_text(order.created_at),
            updated_at: time_text(order.updated_at),
        }
    }
}

/// An order with the routing decision of its newest attempt and all of its events.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderDetails)]
pub(crate) struct OrderDetailsView {
    #[serde(flatten)]
    order: OrderView,
    /// What each venue offered when the order was last routed; empty before.
    #[schema(value_type = Vec<OfferView>)]
    quotes: Value,
    /// Why the chosen venue was chosen, in words.
    #[schema(required, value_type = Option<String>)]
    reason: Option<Value>,
    /// Everything that happened to the order, oldest first.
    events: Vec<Update>,
}

impl OrderDetailsView {
    /// The decision is the newest one in the log; it is stored there and nowhere else.
    pub(crate) fn new(order: &Order, events: Vec<Update>) -> Self {
        let decision = events
            .iter()
            .rev()
            .find_map(|event| event.payload.get("quotes").map(|_| &event.payload));
        let part = |name: &str| decision.and_then(|payload| payload.get(name)).cloned();
        Self {
            order: order.into(),
            quotes: part("quotes").unwrap_or_else(|| Value::Array(Vec::new())),
            reason: part("reason"),
            events,
        }
    }
}

/// What each venue would pay now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quote)]
pub(crate) struct QuoteView {
    /// The token sold.
    #[schema(example = "SOL")]
    pub(crate) token_in: String,
    /// The token bought.
    #[schema(example = "USDC")]
    pub(crate) token_out: String,
    /// How much of `tokenIn` is sold, an exact decimal.
    #[schema(example = "10")]
    pub(crate) amount: String,
    /// The slippage that `minimumReceived` allows for, in basis points.
    #[schema(maximum = 1000)]
    pub(crate) slippage_bps: u16,
    /// One offer for each venue, also of those that dropped out.
    pub(crate) quotes: Vec<OfferView>,
    /// The venue that an order would go to now; `null` when no venue can be used.
    #[schema(required, example = "Meteora")]
    pub(crate) chosen_dex: Option<&'static str>,
    /// Why, in words.
    pub(crate) reason: String,
}

impl QuoteView {
    /// The view of a routing decision.
    pub(crate) fn new(swap: &engine::order::Swap, offers: &[Offer], reason: String) -> Self {
        let chosen = offers.iter().find(|offer| offer.chosen);
        Self {
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            amount: swap.sent().to_string(),
            slippage_bps: swap.slippage.get(),
            quotes: offers
                .iter()
                .map(|offer| OfferView::new(offer, swap))
                .collect(),
            chosen_dex: chosen.map(|offer| offer.dex.name()),
            reason,
        }
    }
}

/// A token that can be traded.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenView {
    /// The symbol that orders use. Case-sensitive.
    #[schema(example = "SOL")]
    symbol: String,
    /// The address of its mint on chain, base58.
    #[schema(example = "So11111111111111111111111111111111111111112")]
    mint: String,
    /// The number of decimals of a whole token.
    #[schema(example = 9)]
    decimals: u8,
}

impl From<&Listing> for TokenView {
    fn from(listing: &Listing) -> Self {
        Self {
            symbol: listing.token.symbol.clone(),
            mint: listing.mint.clone(),
            decimals: listing.token.decimals,
        }
    }
}

/// Whether the engine can take orders.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthView {
    /// `ok`, or `degraded` when the database does not answer in time.
    #[schema(example = "ok")]
    pub(crate) status: &'static str,
    /// When the question was answered.
    #[schema(format = DateTime)]
    pub(crate) timestamp: String,
}
