//! `GET /api/limits`: how much an account may do.

use std::sync::Arc;

use axum::{Json, extract::State};

use crate::{
    Api,
    dto::{LimitsDto, OwnLimitsDto},
    http::{
        access::Reads,
        problem::{ApiError, ProblemBody},
    },
};

/// Shows the limits that bind the caller.
#[utoipa::path(
    get,
    path = "/api/limits",
    operation_id = "getLimits",
    tag = "access",
    description = "Shows how much the account, and the key with which it is asked, may do. An order \
        beyond a limit is answered 429 and is not stored.",
    responses(
        (status = 200, description = "The limits.", body = OwnLimitsDto),
        (
            status = "4XX",
            description = "429: `too_many_requests`.",
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
pub(crate) async fn limits(
    Reads(caller): Reads,
    State(api): State<Arc<Api>>,
) -> Result<Json<OwnLimitsDto>, ApiError> {
    let account = api.limits.of_account(&caller.account).await?;
    let key = match &caller.key {
        Some(key) => Some(api.limits.of_key(&caller.account, key).await?),
        None => None,
    };
    Ok(Json(OwnLimitsDto {
        account: LimitsDto::from(&account),
        key: key.as_ref().map(LimitsDto::from),
    }))
}
