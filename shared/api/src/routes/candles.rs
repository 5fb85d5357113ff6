//! `GET /api/candles`: how the price of a pair went.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
};
use engine::candles::Interval;

use crate::{
    Api,
    dto::{CandleDto, IntervalDto},
    http::{
        code::Code,
        problem::{ApiError, ProblemBody, shown},
        query::Query,
    },
    requests::{listed_pair, required, row_limit},
};

const USUAL: u16 = 100;
const MOST: u16 = 500;

/// Tells how the reference price of a pair went.
#[utoipa::path(
    get,
    path = "/api/candles",
    operation_id = "listCandles",
    tag = "market",
    description = "The first, highest, lowest and last reference price of a pair, `tokenOut` for a \
        `tokenIn`, in pieces of time; the oldest first. The last piece is not over. Pieces of which \
        nothing is known are left out.",
    params(
        (
            "tokenIn" = String, Query,
            description = "The symbol of the token whose price it is.", example = "SOL",
        ),
        (
            "tokenOut" = String, Query,
            description = "The symbol of the token that it is told in.", example = "USDC",
        ),
        (
            "interval" = Option<IntervalDto>, Query,
            description = "How long a piece is; `1m` when not given.",
        ),
        (
            "limit" = Option<u16>, Query,
            description = "How many pieces; 100 when not given.",
            minimum = 1, maximum = 500,
        ),
    ),
    responses(
        (status = 200, description = "The candles.", body = Vec<CandleDto>),
        (
            status = "4XX",
            description = "400: `missing_field`, `unknown_token`, `same_token`, \
                `unsupported_pair`, `invalid_filter`, `invalid_limit`; 429: `too_many_requests`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = "5XX",
            description = "503 with `Retry-After`: `unavailable`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    )
)]
pub(crate) async fn candles(
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<CandleDto>>, ApiError> {
    let query = Query::parse(query.as_deref());
    let symbol = |name: &str| required(name, query.get(name).map(str::to_owned));
    let (token_in, token_out) = (symbol("tokenIn")?, symbol("tokenOut")?);
    let (token_in, token_out) = listed_pair(&token_in, &token_out, &api.catalogue)?;
    let interval = query.get("interval").map_or(Ok(Interval::Minute), |text| {
        Interval::named(text).ok_or_else(|| {
            let detail = format!("{} is not 1m, 5m or 1h", shown(text));
            ApiError::new(Code::InvalidFilter, detail).field("interval")
        })
    })?;
    let limit = row_limit(&query, USUAL, MOST)?;
    let candles = api.candles.newest(&token_in, &token_out, interval, limit);
    Ok(Json(candles.await?.iter().map(CandleDto::from).collect()))
}
