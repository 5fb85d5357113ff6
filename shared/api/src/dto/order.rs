//! Orders: as accepted, as listed, in detail.

use engine::{
    order::{
        EventRecord, LimitPrice, Order, OrderEvent, OrderId, OrderKind, Sniper, Status,
        TimeInForce, TokenAmount,
    },
    ports::Corrupt,
    routing::Offer,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    EventDto, OfferDto,
    condition::{TriggerDto, WaitingDto},
    time_text,
    words::{FailureCodeDto, OrderTypeDto, RequirementDto, StatusDto, TimeInForceDto},
};

/// An order that was accepted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Accepted)]
pub(crate) struct AcceptedDto {
    /// The order's id.
    #[schema(format = Uuid)]
    order_id: String,
    /// Where every order begins.
    #[schema(value_type = StatusDto, example = "pending")]
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
    #[schema(value_type = OrderTypeDto, example = "market")]
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
    #[schema(maximum = 5000)]
    slippage_bps: u16,
    /// The least that may be received, if the client set it; of market orders.
    #[schema(required)]
    min_amount_out: Option<String>,
    /// The least price that is accepted, `tokenOut` per `tokenIn`; of limit orders, and of sniper
    /// orders that have one.
    #[schema(required, example = "82.5")]
    limit_price: Option<String>,
    /// How long it waits; of limit orders.
    #[schema(required, value_type = Option<TimeInForceDto>)]
    time_in_force: Option<&'static str>,
    /// From then on nothing is signed any more; of limit and sniper orders.
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
    /// The terms that only sniper orders have.
    #[schema(required)]
    sniper: Option<SniperDto>,
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
    #[schema(required, value_type = Option<FailureCodeDto>)]
    failure_code: Option<&'static str>,
    /// Whether the client wants it cancelled. One whose transaction may still land is cancelled if
    /// that does not.
    cancel_requested: bool,
    /// How it waits; while it does.
    #[schema(required)]
    waiting: Option<WaitingDto>,
    /// What met its condition last.
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
        let terms = Terms::of(&order.kind);
        let venue = order.route.as_ref().map(|route| &route.venue);
        Self {
            id: order.id.to_string(),
            kind: order.kind.name(),
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            amount: swap.amount_in.to_string(),
            slippage_bps: order.kind.slippage().bps(),
            min_amount_out: terms.min_amount_out.map(|amount| amount.to_string()),
            limit_price: terms.price.map(|price| price.to_string()),
            time_in_force: terms.time_in_force.map(TimeInForce::name),
            expires_at: terms.expires_at.map(time_text),
            sniper: terms.sniper.map(SniperDto::from),
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
                .map(|waiting| WaitingDto::new(waiting, terms.price)),
            trigger: order.fired.as_ref().map(TriggerDto::from),
            created_at: time_text(order.created_at),
            updated_at: time_text(order.updated_at),
        }
    }
}

/// What of an order depends on its kind.
#[derive(Default)]
struct Terms<'a> {
    min_amount_out: Option<TokenAmount>,
    price: Option<LimitPrice>,
    time_in_force: Option<TimeInForce>,
    expires_at: Option<Timestamp>,
    sniper: Option<&'a Sniper>,
}

impl<'a> Terms<'a> {
    fn of(kind: &'a OrderKind) -> Self {
        match kind {
            OrderKind::Market(market) => Self {
                min_amount_out: market.min_amount_out,
                ..Self::default()
            },
            OrderKind::Limit(limit) => Self {
                price: Some(limit.price),
                time_in_force: Some(limit.time_in_force),
                expires_at: Some(limit.expires_at),
                ..Self::default()
            },
            OrderKind::Sniper(sniper) => Self {
                price: sniper.price,
                expires_at: Some(sniper.expires_at),
                sniper: Some(sniper),
                ..Self::default()
            },
        }
    }
}

/// The terms that only a sniper order has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sniper)]
pub(crate) struct SniperDto {
    /// Where it may buy; empty means anywhere.
    venues: Vec<String>,
    /// The least of `tokenIn` that must lie in the pool.
    #[schema(required)]
    min_liquidity: Option<String>,
    /// The most of `tokenIn` that may lie in the pool.
    #[schema(required)]
    max_liquidity: Option<String>,
    /// A pool that has been open for more slots is not bought from.
    max_age_slots: u64,
    /// What must be given out of hand.
    #[schema(value_type = Vec<RequirementDto>)]
    require: Vec<&'static str>,
}

impl From<&Sniper> for SniperDto {
    fn from(sniper: &Sniper) -> Self {
        let venues = sniper.venues.iter();
        Self {
            venues: venues.map(|venue| venue.name().to_owned()).collect(),
            min_liquidity: sniper.min_liquidity.map(|amount| amount.to_string()),
            max_liquidity: sniper.max_liquidity.map(|amount| amount.to_string()),
            max_age_slots: sniper.max_age_slots,
            require: sniper.require.names().collect(),
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
