//! `GET /health`: can orders be taken, and will they be executed? `GET /health/live`: does the
//! process run?

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};

use crate::{
    Api,
    dto::{HealthDto, LiveDto},
};

/// Tells whether orders can be taken, and will be executed.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "getHealth",
    tag = "operation",
    description = "Tells whether an order can be stored, taken up and executed now. Tries a write; \
        answers within a second. An answer may be a second old.",
    responses(
        (status = 200, description = "An order can be stored, taken up and executed.", body = HealthDto),
        (
            status = 503,
            description = "It cannot: `status` is `degraded`, and `checks` says what is wrong.",
            body = HealthDto,
        ),
    )
)]
pub(crate) async fn health(State(api): State<Arc<Api>>) -> (StatusCode, Json<HealthDto>) {
    let report = api.health.report().await;
    let code = if report.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (code, Json(HealthDto::new(&report)))
}

/// Tells that the process runs, and looks at nothing else.
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "getLiveness",
    tag = "operation",
    description = "Tells that the process runs; looks at nothing else. For whoever restarts a \
        process that does not answer: a database that is away is no reason to.",
    responses((status = 200, description = "The process runs.", body = LiveDto)),
)]
pub(crate) async fn live(State(api): State<Arc<Api>>) -> Json<LiveDto> {
    Json(LiveDto::new(api.submit.clock.now()))
}
