//! The message a client gets: one event of an order, the same on the socket, in `/events` and in the log.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    amount::{Amount, price},
    lifecycle::{Change, Status},
    order::{OrderId, Swap},
    quote::Offer,
};

/// An event of an order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Update {
    /// The order.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = Uuid))]
    pub order_id: OrderId,
    /// Its number within the order: 1, 2, 3 … without a gap.
    pub seq: u64,
    /// The status that the order went into.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "building"))]
    pub status: Status,
    /// The attempt it belongs to.
    pub attempt: u32,
    /// When it was committed.
    #[serde(serialize_with = "as_time")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// What happened; its fields depend on the status.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub payload: Value,
}

impl Update {
    /// The message as it goes over the wire.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() // plain data with string keys always serializes
    }
}

/// RFC 3339 in UTC with milliseconds.
pub fn time_text(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn as_text<T: ToString, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

fn as_time<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time_text(*at))
}

/// A venue's offer as a client sees it. Amounts are in whole tokens; they are absent when the venue dropped out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OfferView {
    /// `Raydium` or `Meteora`.
    pub dex: String,
    /// The pool asked.
    #[cfg_attr(feature = "schema", schema(required))]
    pub pool: Option<String>,
    /// `tokenIn` sold.
    #[cfg_attr(feature = "schema", schema(required))]
    pub amount_in: Option<String>,
    /// `tokenOut` paid, after the pool's fee and price impact.
    #[cfg_attr(feature = "schema", schema(required))]
    pub amount_out: Option<String>,
    /// The same less the chain's fee: what venues are compared by.
    #[cfg_attr(feature = "schema", schema(required))]
    pub net_amount_out: Option<String>,
    /// `tokenOut` paid per `tokenIn` sold.
    #[cfg_attr(feature = "schema", schema(required))]
    pub price: Option<String>,
    /// The pool's fee, in `tokenIn`.
    #[cfg_attr(feature = "schema", schema(required))]
    pub fee: Option<String>,
    /// How far this trade itself moves the price.
    #[cfg_attr(feature = "schema", schema(required))]
    pub price_impact_bps: Option<u32>,
    /// The chain's fee, in SOL.
    #[cfg_attr(feature = "schema", schema(required))]
    pub network_fee: Option<String>,
    /// The least that an order at this quote would accept.
    #[cfg_attr(feature = "schema", schema(required))]
    pub minimum_received: Option<String>,
    /// Whether the router prefers it.
    pub chosen: bool,
    /// Why the venue dropped out, if it did.
    #[cfg_attr(feature = "schema", schema(required))]
    pub rejected: Option<String>,
}

/// SOL has nine decimals.
const LAMPORT_DECIMALS: u8 = 9;

impl OfferView {
    /// The view of an offer for that swap.
    pub fn new(offer: &Offer, swap: &Swap) -> Self {
        let quote = offer.quote.as_ref().ok();
        let sent = |units| Amount::from_units(units, swap.token_in.decimals);
        Self {
            dex: offer.dex.to_string(),
            pool: quote.map(|q| q.pool.clone()),
            amount_in: quote.map(|q| sent(q.amount_in).to_string()),
            amount_out: quote.map(|q| swap.received(q.amount_out).to_string()),
            net_amount_out: quote.map(|q| swap.received(q.net_out()).to_string()),
            price: quote.map(|q| price(sent(q.amount_in), swap.received(q.amount_out)).to_string()),
            fee: quote.map(|q| sent(q.fee).to_string()),
            price_impact_bps: quote.map(|q| q.price_impact_bps),
            network_fee: quote
                .map(|q| Amount::from_units(q.network_fee, LAMPORT_DECIMALS).to_string()),
            minimum_received: quote.map(|q| {
                swap.received(swap.slippage.minimum_of(q.amount_out))
                    .to_string()
            }),
            chosen: offer.chosen,
            rejected: offer.quote.as_ref().err().map(ToString::to_string),
        }
    }
}

/// `tokenOut` received per `tokenIn` sent.
pub fn executed_price(swap: &Swap, amount_out: u64) -> Decimal {
    price(swap.sent(), swap.received(amount_out))
}

/// What the log and the clients are told about a change.
pub fn payload(change: &Change, swap: &Swap, tx_hash: Option<&str>) -> Value {
    match change {
        Change::Routing => json!({}),
        Change::Building {
            offers,
            dex,
            reason,
            ..
        } => json!({
            "chosenDex": dex.name(),
            "quotes": offers.iter().map(|offer| OfferView::new(offer, swap)).collect::<Vec<_>>(),
            "reason": reason,
            "txHash": null,
        }),
        Change::Submitted { transaction } => json!({ "txHash": transaction.signature }),
        Change::Confirmed { amount_out } => json!({
            "txHash": tx_hash,
            "executedPrice": executed_price(swap, *amount_out).to_string(),
            "amountOut": swap.received(*amount_out).to_string(),
        }),
        Change::Retrying { failure, .. } => {
            json!({ "reason": failure.reason, "code": failure.code.name() })
        }
        Change::Failed { failure, .. } => {
            json!({ "failureReason": failure.reason, "code": failure.code.name() })
        }
    }
}
