//! `GET /api/quote`: what each venue would pay now. Nothing is stored.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
};

use crate::{
    Api,
    problem::{Problem, ProblemBody},
    query::Query,
    terms::{Terms, required},
    views::QuoteView,
};

/// Asks every venue what it would pay now.
#[utoipa::path(
    get,
    path = "/api/quote",
    operation_id = "getQuote",
    tag = "market",
    description = "Asks every venue what it would pay now, and says where an order would go. Nothing is stored. When no \
        venue can be used the answer is 200 all the same: each offer says why, and `chosenDex` is `null`.",
    params(
        ("tokenIn" = String, Query, description = "The symbol of the token sold.", example = "SOL"),
        ("tokenOut" = String, Query, description = "The symbol of the token bought.", example = "USDC"),
        ("amount" = String, Query, description = "How much of `tokenIn` is sold, a decimal in whole tokens.", example = "10"),
        ("slippageBps" = Option<u16>, Query, description = "The slippage that `minimumReceived` allows for; 50 when not given.", maximum = 1000),
    ),
    responses(
        (status = 200, description = "The venues' offers.", body = QuoteView),
        (status = "4XX", description = "400: `missing_field`, `unknown_token`, `same_token`, `unsupported_pair`, \
            `invalid_amount`, `invalid_slippage`; 429: `too_many_requests`.",
            body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn quote(
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Json<QuoteView>, Problem> {
    let query = Query::parse(query.as_deref());
    let given = |name: &str| query.get(name).map(str::to_owned);
    let terms = Terms {
        token_in: required("tokenIn", given("tokenIn"))?,
        token_out: required("tokenOut", given("tokenOut"))?,
        amount: required("amount", given("amount"))?,
        slippage_bps: given("slippageBps"),
    };
    let swap = terms.swap(&api.catalogue)?;
    Ok(Json(match api.router.route(&swap).await {
        Ok(route) => QuoteView::new(&swap, &route.offers, route.reason),
        Err(none) => QuoteView::new(&swap, &none.offers, none.failure.reason),
    }))
}
