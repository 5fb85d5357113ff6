//! `GET /api/tokens`: what can be traded.

use std::sync::Arc;

use axum::{Json, extract::State};

use crate::{Api, dto::TokenDto, http::problem::ProblemBody};

/// Lists the tokens that can be traded.
#[utoipa::path(
    get,
    path = "/api/tokens",
    operation_id = "listTokens",
    tag = "market",
    responses(
        (status = 200, description = "The tokens.", body = Vec<TokenDto>),
        (
            status = "4XX",
            description = "429: `too_many_requests`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    )
)]
pub(crate) async fn tokens(State(api): State<Arc<Api>>) -> Json<Vec<TokenDto>> {
    Json(api.catalogue.tokens.iter().map(TokenDto::from).collect())
}
