//! `GET /api/quote`: what each venue would pay now. Nothing is stored.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
};

use engine::order::{Market, Needs, OrderKind, SlippageTolerance, Swap};

use crate::{
    Api,
    dto::QuoteDto,
    http::{
        access::Reads,
        problem::{ApiError, ProblemBody},
        query::Query,
    },
    requests::{SwapRequest, required, slippage},
};

/// Asks every venue what it would pay now.
#[utoipa::path(
    get,
    path = "/api/quote",
    operation_id = "getQuote",
    tag = "market",
    description = "Asks every venue what it would pay now, and says where an order would go. \
        Nothing is stored. When no venue can be used the answer is 200 all the same: each offer \
        says why, and `chosenDex` is `null`.",
    params(
        (
            "tokenIn" = String, Query,
            description = "The symbol of the token sold.", example = "SOL",
        ),
        (
            "tokenOut" = String, Query,
            description = "The symbol of the token bought.", example = "USDC",
        ),
        (
            "amount" = String, Query,
            description = "How much of `tokenIn` is sold, a decimal in whole tokens.",
            example = "10",
        ),
        (
            "slippageBps" = Option<u16>, Query,
            description = "The slippage that `minimumReceived` allows for; 50 when not given.",
            maximum = 1000,
        ),
    ),
    responses(
        (status = 200, description = "The venues' offers.", body = QuoteDto),
        (
            status = "4XX",
            description = "400: `missing_field`, `unknown_token`, `same_token`, \
                `unsupported_pair`, `invalid_amount`, `invalid_slippage`; \
                429: `too_many_requests`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    )
)]
pub(crate) async fn quote(
    _: Reads,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Json<QuoteDto>, ApiError> {
    let query = Query::parse(query.as_deref());
    let given = |name: &str| query.get(name).map(str::to_owned);
    let request = SwapRequest {
        token_in: required("tokenIn", given("tokenIn"))?,
        token_out: required("tokenOut", given("tokenOut"))?,
        amount: required("amount", given("amount"))?,
    };
    let market = |_: &Swap| {
        Ok(OrderKind::Market(Market {
            slippage: slippage(
                query.get("slippageBps"),
                SlippageTolerance::DEFAULT,
                SlippageTolerance::MAX_BPS,
            )?,
            min_amount_out: None,
        }))
    };
    let (swap, kind) = request.for_kind(Needs::ListedPair, market, &api.catalogue)?;
    let (offers, reason) = match api.router.route(&swap, &kind).await {
        Ok(decision) => (decision.offers, decision.reason),
        Err(no_route) => (no_route.offers, no_route.failure.reason),
    };
    Ok(Json(QuoteDto::new(
        &swap,
        &kind,
        &offers,
        reason,
        api.submit.clock.now(),
    )))
}
