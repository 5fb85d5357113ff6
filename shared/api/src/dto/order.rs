//! Orders: as accepted, as listed, in detail.

use engine::{
    order::{EventRecord, Fired, Limit, Order, OrderEvent, OrderId, OrderKind, Status, Waiting},
    ports::Corrupt,
    routing::Offer,
};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{EventDto, OfferDto, StatusDto, time_text};

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
    /// The least that may be received, if the client set it; of market orders.
    #[schema(required)]
    min_amount_out: Option<String>,
    /// The least price that is accepted, `tokenOut` per `tokenIn`; of limit orders.
    #[schema(required, example = "82.5")]
    limit_price: Option<String>,
    /// `GTD` or `IOC`; of limit orders.
    #[schema(required, example = "GTD")]
    time_in_force: Option<&'static str>,
    /// From then on nothing is signed any more; of limit orders.
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
    /// The client's own name for it.
    #[schema(required)]
    client_order_id: Option<String>,
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
    /// Why it failed, or expired; once it did.
    #[schema(required)]
    failure_reason: Option<String>,
    /// The stable name of that.
    #[schema(required, example = "slippage_exceeded")]
    failure_code: Option<&'static str>,
    /// Whether the client wants it cancelled. One whose transaction may still land is cancelled if
    /// that does not.
    cancel_requested: bool,
    /// How it waits; while it does.
    #[schema(required)]
    waiting: Option<WaitingDto>,
    /// What ended its waiting last.
    #[schema(required)]
    trigger: Option<TriggerDto>,
    /// When it was accepted.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it last moved.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl OrderDto {
    /// The names of [`OrderDto::cells`], those of the JSON.
    pub(super) const NAMES: [&'static str; 22] = [
        "id",
        "type",
        "tokenIn",
        "tokenOut",
        "amount",
        "slippageBps",
        "minAmountOut",
        "limitPrice",
        "timeInForce",
        "expiresAt",
        "clientOrderId",
        "status",
        "attempt",
        "chosenDex",
        "txHash",
        "executedPrice",
        "amountOut",
        "failureCode",
        "failureReason",
        "cancelRequested",
        "createdAt",
        "updatedAt",
    ];

    /// What fits into a line: all but what is nested. What is not there is empty.
    pub(super) fn cells(self) -> [String; Self::NAMES.len()] {
        let or_empty = Option::unwrap_or_default;
        [
            self.id,
            self.kind.to_owned(),
            self.token_in,
            self.token_out,
            self.amount,
            self.slippage_bps.to_string(),
            or_empty(self.min_amount_out),
            or_empty(self.limit_price),
            self.time_in_force.unwrap_or_default().to_owned(),
            or_empty(self.expires_at),
            or_empty(self.client_order_id),
            self.status.to_owned(),
            self.attempt.to_string(),
            or_empty(self.chosen_dex),
            or_empty(self.tx_hash),
            or_empty(self.executed_price),
            or_empty(self.amount_out),
            self.failure_code.unwrap_or_default().to_owned(),
            or_empty(self.failure_reason),
            self.cancel_requested.to_string(),
            self.created_at,
            self.updated_at,
        ]
    }
}

impl From<&Order> for OrderDto {
    fn from(order: &Order) -> Self {
        let (swap, fill) = (&order.swap, order.fill);
        let (min_amount_out, limit) = match &order.kind {
            OrderKind::Market(market) => (market.min_amount_out, None),
            OrderKind::Limit(limit) => (None, Some(limit)),
        };
        let venue = order.route.as_ref().map(|route| &route.venue);
        Self {
            id: order.id.to_string(),
            kind: order.kind.name(),
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            amount: swap.amount_in.to_string(),
            slippage_bps: order.kind.slippage().bps(),
            min_amount_out: min_amount_out.map(|amount| amount.to_string()),
            limit_price: limit.map(|limit| limit.price.to_string()),
            time_in_force: limit.map(|limit| limit.time_in_force.name()),
            expires_at: limit.map(|limit| time_text(limit.expires_at)),
            client_order_id: order
                .client_order_id
                .as_ref()
                .map(|id| id.as_str().to_owned()),
            status: order.status.name(),
            attempt: order.attempt,
            chosen_dex: venue.map(|venue| venue.name().to_owned()),
            tx_hash: order.tx_hash.clone(),
            executed_price: fill.map(|fill| fill.price.normalize().to_string()),
            amount_out: fill.map(|fill| fill.amount_out.to_string()),
            failure_reason: order.failure.as_ref().map(|failure| failure.reason.clone()),
            failure_code: order.failure.as_ref().map(|failure| failure.code.name()),
            cancel_requested: order.cancel_requested,
            waiting: order
                .waiting
                .as_ref()
                .map(|waiting| WaitingDto::new(waiting, limit)),
            trigger: order.fired.as_ref().map(TriggerDto::from),
            created_at: time_text(order.created_at),
            updated_at: time_text(order.updated_at),
        }
    }
}

/// How an order waits.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Waiting)]
pub(crate) struct WaitingDto {
    /// Why its condition is not met.
    #[schema(example = "limit_not_met")]
    reason: &'static str,
    /// The best price there was for all of it, fees and impact inside.
    #[schema(required, example = "79.098311")]
    best_price: Option<String>,
    /// Who would pay that.
    #[schema(required, example = "Meteora")]
    best_dex: Option<String>,
    /// By how much that has to rise to meet the limit, in basis points, rounded up.
    #[schema(required)]
    distance_bps: Option<i64>,
    /// When it was looked at last.
    #[schema(format = DateTime)]
    checked_at: String,
    /// How often it was looked at since it began to wait.
    checks: u32,
}

impl WaitingDto {
    fn new(waiting: &Waiting, limit: Option<&Limit>) -> Self {
        let best = waiting.unmet.best.as_ref();
        Self {
            reason: waiting.unmet.reason.name(),
            best_price: best.map(|best| best.price.normalize().to_string()),
            best_dex: best.map(|best| best.venue.name().to_owned()),
            distance_bps: best
                .zip(limit)
                .and_then(|(best, limit)| distance_bps(best.price, limit.price.value())),
            checked_at: time_text(waiting.checked_at),
            checks: waiting.checks,
        }
    }
}

/// ceil((limit − best) / best × 10⁴); `None` when that is no number to tell.
fn distance_bps(best: Decimal, limit: Decimal) -> Option<i64> {
    let short = limit.checked_sub(best)?.checked_div(best)?;
    i64::try_from(short.checked_mul(10_000.into())?.ceil()).ok()
}

/// What ended an order's waiting.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Trigger)]
pub(crate) struct TriggerDto {
    /// When it was seen.
    #[schema(format = DateTime)]
    at: String,
    /// The price for all of the order that met the limit.
    #[schema(example = "82.51")]
    price: String,
    /// Who would pay it.
    #[schema(example = "Meteora")]
    venue: String,
}

impl From<&Fired> for TriggerDto {
    fn from(fired: &Fired) -> Self {
        Self {
            at: time_text(fired.at),
            price: fired.by.price.normalize().to_string(),
            venue: fired.by.venue.name().to_owned(),
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
