//! `GET /api/launches`: tokens that got a pool just now.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
};

use crate::{
    Api,
    dto::LaunchDto,
    http::{
        problem::{ApiError, ProblemBody},
        query::Query,
    },
    requests::page_limit,
};

/// Lists the newest pools.
#[utoipa::path(
    get,
    path = "/api/launches",
    operation_id = "listLaunches",
    tag = "market",
    description = "The newest pools that are known, newest first. The simulated market knows its \
        next ones, too: they come before them, marked `announced`.",
    params(
        (
            "limit" = Option<u16>, Query,
            description = "How many known pools there are at the most; 50 when not given.",
            minimum = 1, maximum = 200,
        ),
    ),
    responses(
        (status = 200, description = "The pools.", body = Vec<LaunchDto>),
        (
            status = "4XX",
            description = "400: `invalid_limit`; 429: `too_many_requests`.",
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
pub(crate) async fn launches(
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<LaunchDto>>, ApiError> {
    let limit = page_limit(&Query::parse(query.as_deref()))?;
    let known = api.launch_log.newest(limit).await?;
    let announced = api.launches.announced();
    let next = announced
        .iter()
        .rev()
        .map(|pool| LaunchDto::new(pool, true));
    let known = known.iter().map(|pool| LaunchDto::new(pool, false));
    Ok(Json(next.chain(known).collect()))
}
