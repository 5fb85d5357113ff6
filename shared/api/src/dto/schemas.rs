//! Types that exist for the API's description alone: what the API reads, it reads by hand, more
//! strictly than a derived reader would.

#![expect(dead_code, reason = "descriptions; nothing builds one")]

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    LimitsDto,
    words::{OrderTypeDto, RequirementDto, ScopeDto, StatusDto, TimeInForceDto},
};

/// An order to execute.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ExecuteRequest)]
pub(crate) struct ExecuteRequestDto {
    /// The order type.
    #[serde(rename = "type")]
    #[schema(value_type = OrderTypeDto, example = "market")]
    kind: String,
    /// The symbol of the token sold.
    #[schema(example = "SOL")]
    token_in: String,
    /// The symbol of the token bought; of sniper orders its mint, base58.
    #[schema(example = "USDC")]
    token_out: String,
    /// How much of `tokenIn` is sold, in whole tokens.
    #[schema(example = "10")]
    amount: ExactDecimalDto,
    /// How much worse than quoted the execution may be, in basis points; 50 when not given, and at
    /// most 1000. Of sniper orders 1000 when not given, and at most 5000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 5000)]
    slippage_bps: Option<u16>,
    /// The client's own name for the order; no other order may ever have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9._:-]+$"
    )]
    client_order_id: Option<String>,
    /// Of market orders: the least `tokenOut` that may be received, whatever is quoted by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "783.9")]
    min_amount_out: Option<ExactDecimalDto>,
    /// Of limit orders, which must have it, and of sniper orders, which may: the least price that
    /// is accepted, `tokenOut` per `tokenIn`. An order is never executed below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "82.5")]
    limit_price: Option<ExactDecimalDto>,
    /// Of limit orders; `GTD` when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    time_in_force: Option<TimeInForceDto>,
    /// Of limit and sniper orders: from then on nothing is signed any more. 10 s to 30 days from
    /// now; 7 days when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_at: Option<String>,
    /// Of sniper orders: where it may buy; anywhere when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1)]
    venues: Option<Vec<String>>,
    /// Of sniper orders: the least of `tokenIn` that must lie in the pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "50")]
    min_liquidity: Option<ExactDecimalDto>,
    /// Of sniper orders: the most of `tokenIn` that may lie in the pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "500")]
    max_liquidity: Option<ExactDecimalDto>,
    /// Of sniper orders: a pool that has been open for more slots is not bought from; 300 when not
    /// given. A pool is seen within five slots or so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 216_000)]
    max_age_slots: Option<u64>,
    /// Of sniper orders: what must be given out of hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    require: Option<Vec<RequirementDto>>,
}

/// Orders to cancel: `ids`, or `all` with what they have in common.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = BulkCancelRequest)]
pub(crate) struct BulkCancelRequestDto {
    /// These orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 100)]
    ids: Option<Vec<String>>,
    /// All open orders; `true`, and never by omission.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    all: Option<bool>,
    /// With `all`: only those of this type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kind: Option<OrderTypeDto>,
    /// With `all`: only those that sell this token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_in: Option<String>,
    /// With `all`: only those that buy this token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_out: Option<String>,
}

/// An exact decimal: a number, read from its digits and never rounded, or a string.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ExactDecimal)]
pub(crate) enum ExactDecimalDto {
    /// `10`
    Number(f64),
    /// `"10"`, for clients whose numbers are floats.
    Text(String),
}

/// Which orders are meant. All that is given must be true of an order.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct FilterDto {
    /// Only orders in this status.
    status: Option<StatusDto>,
    /// Only orders of this type.
    #[param(rename = "type")]
    kind: Option<OrderTypeDto>,
    /// Only open orders, or only closed ones.
    open: Option<bool>,
    /// Only orders that sell this token.
    token_in: Option<String>,
    /// Only orders that buy this token.
    token_out: Option<String>,
    /// Only the order that the client gave this name.
    client_order_id: Option<String>,
    /// Only orders accepted at this time or later.
    #[param(format = DateTime)]
    since: Option<String>,
    /// Only orders accepted before this time.
    #[param(format = DateTime)]
    until: Option<String>,
}

/// A key that is asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = KeyRequest)]
pub(crate) struct KeyRequestDto {
    /// What it is to allow; nothing that the key does not allow with which it is asked for.
    #[schema(min_items = 1, example = json!(["orders:read", "stream"]))]
    scopes: Vec<ScopeDto>,
    /// What its owner calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    label: Option<String>,
    /// From when on it is to be worth nothing; when not given, when the key ends with which it is
    /// asked for, if it ever does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<String>,
    /// How much may be done with it, within what the account may. A key that has limits cannot have
    /// the scope `keys`.
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<LimitsDto>,
}

/// Which orders a ticket is for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = TicketRequest)]
pub(crate) struct TicketRequestDto {
    /// Only these; all of the account's when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 100)]
    order_ids: Option<Vec<String>>,
}
