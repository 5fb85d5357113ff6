//! `GET /api/stats`: how it went.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
};
use engine::ports::Window;

use crate::{
    Api,
    dto::{StatsDto, WindowDto},
    http::{
        access::Reads,
        code::Code,
        problem::{ApiError, ProblemBody, shown},
        query::Query,
    },
};

/// Adds up what became of the orders of a time.
#[utoipa::path(
    get,
    path = "/api/stats",
    operation_id = "getStats",
    tag = "orders",
    description = "Adds up what became of all orders that were accepted in a window, which ends \
        now. An answer may be a second old.",
    params((
        "window" = Option<WindowDto>, Query,
        description = "How far back: an hour, a day, a week; `24h` when not given.",
    )),
    responses(
        (status = 200, description = "What became of them.", body = StatsDto),
        (
            status = "4XX",
            description = "400: `invalid_filter`; 429: `too_many_requests`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = "5XX",
            description = "503 with `Retry-After`: `unavailable`, also when the window has more \
                orders than the database adds up in three seconds: about a million on two cores.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    )
)]
pub(crate) async fn stats(
    Reads(caller): Reads,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Json<StatsDto>, ApiError> {
    let window = window(&Query::parse(query.as_deref()))?;
    let report = api.statistics.report(&caller.account, window).await?;
    Ok(Json(StatsDto::from(&*report)))
}

fn window(query: &Query) -> Result<Window, ApiError> {
    query.get("window").map_or(Ok(Window::Day), |text| {
        text.parse().map_err(|_| {
            let names = Window::ALL.map(Window::name).join(", ");
            let detail = format!("{} is not one of {names}", shown(text));
            ApiError::new(Code::InvalidFilter, detail).field("window")
        })
    })
}
