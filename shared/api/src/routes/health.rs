//! `GET /health`: can orders be taken?

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use futures::future::{Either, select};

use crate::{Api, dto::HealthDto};

/// A database that takes longer to say "here" is none.
const PATIENCE: Duration = Duration::from_millis(500);

/// Tells whether orders can be taken.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "getHealth",
    tag = "operation",
    responses(
        (status = 200, description = "The database answers.", body = HealthDto),
        (
            status = 503,
            description = "The database does not answer within 500 ms; `status` is `degraded`.",
            body = HealthDto,
        ),
    )
)]
pub(crate) async fn health(State(api): State<Arc<Api>>) -> (StatusCode, Json<HealthDto>) {
    let clock = &api.submit.clock;
    let answers = match select(api.reader.ping(), clock.sleep(PATIENCE)).await {
        Either::Left((answer, _)) => answer.is_ok(),
        Either::Right(_) => false,
    };
    let code = if answers {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (code, Json(HealthDto::new(answers, clock.now())))
}
