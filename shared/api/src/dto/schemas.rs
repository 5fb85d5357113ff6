//! Types that exist for the API's description alone: what the API reads, it reads by hand, more
//! strictly than a derived reader would.

#![expect(dead_code, reason = "descriptions; nothing builds one")]

use serde::Serialize;
use utoipa::ToSchema;

/// An order to execute.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ExecuteRequest)]
pub(crate) struct ExecuteRequestDto {
    /// The order type; this build executes market orders.
    #[serde(rename = "type")]
    #[schema(pattern = "^market$", example = "market")]
    kind: String,
    /// The symbol of the token sold.
    #[schema(example = "SOL")]
    token_in: String,
    /// The symbol of the token bought.
    #[schema(example = "USDC")]
    token_out: String,
    /// How much of `tokenIn` is sold, in whole tokens.
    #[schema(example = "10")]
    amount: ExactDecimalDto,
    /// How much worse than quoted the execution may be, in basis points; 50 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1000, default = 50)]
    slippage_bps: Option<u16>,
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

/// Where an order stands. `confirmed` and `failed` are final.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Status)]
pub(crate) enum StatusDto {
    /// Accepted and stored.
    Pending,
    /// The venues are being asked.
    Routing,
    /// A venue was chosen; the transaction is being built.
    Building,
    /// The transaction is signed, stored and on its way.
    Submitted,
    /// The swap landed.
    Confirmed,
    /// No swap happened and none will.
    Failed,
}
