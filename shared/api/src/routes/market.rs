//! `GET /api/market`: what is traded here, and where.

use std::sync::Arc;

use axum::{Json, extract::State};

use crate::{Api, dto::MarketDto, http::problem::ProblemBody};

/// Tells what is traded here, and where.
#[utoipa::path(
    get,
    path = "/api/market",
    operation_id = "getMarket",
    tag = "market",
    description = "Tells whether the market is a simulated one, which kinds of orders are \
        taken, which venues they are routed to, which pairs can be traded, and how clients are told apart.",
    responses(
        (status = 200, description = "The market.", body = MarketDto),
        (
            status = "4XX",
            description = "429: `too_many_requests`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    )
)]
pub(crate) async fn market(State(api): State<Arc<Api>>) -> Json<MarketDto> {
    let venues = api.router.venues.iter().map(|venue| venue.id());
    Json(MarketDto::new(&api.catalogue, venues, api.access.name()))
}
