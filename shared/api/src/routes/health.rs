//! `GET /health`: can orders be taken?

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use engine::update::time_text;
use futures::future::{Either, select};

use crate::{Api, views::HealthView};

/// A database that takes longer to say "here" is none.
const PATIENCE: Duration = Duration::from_millis(500);

/// Tells whether orders can be taken.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "getHealth",
    tag = "operation",
    responses(
        (status = 200, description = "The database answers.", body = HealthView),
        (status = 503, description = "The database does not answer within 500 ms; `status` is `degraded`.", body = HealthView),
    )
)]
pub(crate) async fn health(State(api): State<Arc<Api>>) -> (StatusCode, Json<HealthView>) {
    let clock = &api.submit.clock;
    let answers = match select(api.orders.ping(), clock.sleep(PATIENCE)).await {
        Either::Left((answer, _)) => answer.is_ok(),
        Either::Right(_) => false,
    };
    let (code, status) = if answers {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "degraded")
    };
    (
        code,
        Json(HealthView {
            status,
            timestamp: time_text(clock.now()),
        }),
    )
}
