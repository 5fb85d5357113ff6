//! Orders: as accepted, as listed, in detail.

use engine::{
    order::{EventRecord, Order, OrderEvent, OrderId, Status},
    ports::Corrupt,
    routing::Offer,
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{EventDto, OfferDto, StatusDto, slippage_bps, time_text};

/// An order that was accepted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Accepted)]
pub(crate) struct AcceptedDto {
    /// The order's id.
    #[schema(format = Uuid)]
    order_id: String,
    /// Where every order begins.
    #[schema(example = "pending")]
    status: &'static str,
    #[doc = " The address of a socket that streams the order's events; absent when this \
    installation has none."]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        example = "ws://127.0.0.1:3000/api/orders/ws?orderId=0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e"
    )]
    ws: Option<String>,
}

impl AcceptedDto {
    /// The answer to an order, however often it is repeated and however far the order is by then.
    pub(crate) fn new(id: OrderId, ws: Option<String>) -> Self {
        Self {
            order_id: id.to_string(),
            status: Status::Pending.name(),
            ws,
        }
    }
}

/// An order and where it stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Order)]
pub(crate) struct OrderDto {
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
    #[schema(value_type = StatusDto)]
    status: &'static str,
    /// The attempt that it is in, from 1.
    attempt: u32,
    /// The venue of this attempt, once chosen.
    #[schema(required, example = "Meteora")]
    chosen_dex: Option<String>,
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

impl From<&Order> for OrderDto {
    fn from(order: &Order) -> Self {
        let (swap, fill) = (&order.swap, order.fill);
        let venue = order.route.as_ref().map(|route| &route.venue);
        Self {
            id: order.id.to_string(),
            kind: order.kind.name(),
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            amount: swap.amount_in.to_string(),
            slippage_bps: slippage_bps(&order.kind),
            status: order.status.name(),
            attempt: order.attempt,
            chosen_dex: venue.map(|venue| venue.name().to_owned()),
            tx_hash: order.tx_hash.clone(),
            executed_price: fill.map(|fill| fill.price.normalize().to_string()),
            amount_out: fill.map(|fill| fill.amount_out.to_string()),
            failure_reason: order.failure.as_ref().map(|failure| failure.reason.clone()),
            created_at: time_text(order.created_at),
            updated_at: time_text(order.updated_at),
        }
    }
}

/// A stored order that this build cannot read: its place in the history, and no more.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UnreadableOrder)]
pub(crate) struct UnreadableOrderDto {
    /// The order's id.
    #[schema(format = Uuid)]
    id: String,
    /// `unreadable`, which is no status of an order.
    #[schema(pattern = "^unreadable$", example = "unreadable")]
    status: &'static str,
    /// When it was accepted.
    #[schema(format = DateTime)]
    created_at: String,
    /// What that means, in words.
    detail: &'static str,
}

impl From<&Corrupt> for UnreadableOrderDto {
    fn from(corrupt: &Corrupt) -> Self {
        Self {
            id: corrupt.id.to_string(),
            status: "unreadable",
            created_at: time_text(corrupt.created_at),
            detail: "the stored order cannot be read",
        }
    }
}

/// A place in the history.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ListedOrderDto {
    Order(Box<OrderDto>),
    Unreadable(UnreadableOrderDto),
}

impl From<&Result<Order, Corrupt>> for ListedOrderDto {
    fn from(row: &Result<Order, Corrupt>) -> Self {
        match row {
            Ok(order) => Self::Order(Box::new(order.into())),
            Err(corrupt) => Self::Unreadable(corrupt.into()),
        }
    }
}

/// An order with the routing decision of its newest attempt and all of its events.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderDetails)]
pub(crate) struct OrderDetailsDto {
    #[serde(flatten)]
    order: OrderDto,
    /// What each venue offered when the order was last routed; empty before.
    #[schema(value_type = Vec<OfferDto>)]
    quotes: Value,
    /// Why the chosen venue was chosen, in words.
    #[schema(required)]
    reason: Option<String>,
    /// Everything that happened to the order, oldest first.
    events: Vec<EventDto>,
}

impl OrderDetailsDto {
    /// The order, and its whole log.
    pub(crate) fn new(order: &Order, log: &[EventRecord]) -> Self {
        let (offers, reason) = newest_decision(log).unzip();
        Self {
            order: order.into(),
            // As a value, like in the events: offers in stored events have their fields sorted.
            quotes: json!(offers.map_or_else(Vec::new, |offers| {
                offers.iter().map(OfferDto::from).collect()
            })),
            reason: reason.map(str::to_owned),
            events: log.iter().map(EventDto::from).collect(),
        }
    }
}

/// The newest decision in the log; it is stored there and nowhere else. One that cannot be read is
/// unknown: an older one in its place would be about another attempt.
fn newest_decision(log: &[EventRecord]) -> Option<(&[Offer], &str)> {
    let mut newest_first = log.iter().rev();
    let decided = newest_first.find(|record| record.status == Status::Building)?;
    let OrderEvent::VenueChosen { offers, reason, .. } = decided.known()? else {
        return None;
    };
    Some((offers, reason))
}
