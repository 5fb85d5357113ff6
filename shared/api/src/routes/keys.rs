//! `/api/keys` and `POST /api/tickets`: what an account's programs show.

use std::sync::Arc;

use auth::NotMade;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode},
};
use engine::account::KeyId;

use crate::{
    Api,
    dto::{KeyDto, KeyRequestDto, NewKeyDto, TicketDto, TicketRequestDto},
    http::{
        access::{ManagesKeys, Streams},
        body,
        code::Code,
        problem::{ApiError, ProblemBody, shown},
    },
    requests::{key_request, ticket_request},
};

/// Lists the account's keys.
#[utoipa::path(
    get,
    path = "/api/keys",
    operation_id = "listKeys",
    tag = "access",
    responses(
        (
            status = 200,
            description = "The keys, the newest first, without their secrets; a thousand at most.",
            body = Vec<KeyDto>,
        ),
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
pub(crate) async fn list(
    ManagesKeys(caller): ManagesKeys,
    State(api): State<Arc<Api>>,
) -> Result<Json<Vec<KeyDto>>, ApiError> {
    let keys = api.keys.list(&caller.account).await?;
    Ok(Json(keys.into_iter().map(KeyDto::from).collect()))
}

/// Makes a key for the account.
#[utoipa::path(
    post,
    path = "/api/keys",
    operation_id = "createKey",
    tag = "access",
    description = "Makes another key for the account, which allows no more than the one with which \
        it is asked for, and lasts no longer. To replace a key, make a second one, use it, and revoke the first.",
    request_body = KeyRequestDto,
    responses(
        (
            status = 201,
            description = "The key. Its secret is told this once.",
            body = NewKeyDto,
        ),
        (
            status = "4XX",
            description = "400: `malformed_body`, `missing_field`, `unknown_field`, \
                `invalid_scope`, `invalid_label`, `invalid_expiry`, `invalid_key_limits`; 413: `body_too_large`; \
                415: `unsupported_media_type`; 429: `too_many_requests`, and `limit_exceeded` when \
                the account has 100 valid keys.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = "5XX",
            description = "500: `internal_error`; 503 with `Retry-After`: `unavailable`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    )
)]
pub(crate) async fn create(
    ManagesKeys(caller): ManagesKeys,
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<NewKeyDto>), ApiError> {
    let mut wanted = key_request(&body::json(&headers, body)?, &caller.account)?;
    if !caller.scopes.contain(wanted.scopes) {
        let detail = "a key can allow no more than the one with which it is asked for";
        return Err(ApiError::new(Code::Forbidden, detail).field("scopes"));
    }
    if let Some(end) = caller.expires_at
        && *wanted.expires_at.get_or_insert(end) > end
    {
        let detail = "a key can last no longer than the one with which it is asked for";
        return Err(ApiError::new(Code::Forbidden, detail).field("expiresAt"));
    }
    let made = auth::make(
        wanted,
        &caller.actor(),
        api.keys.as_ref(),
        api.submit.clock.now(),
    )
    .await;
    let (key, kept) = made.map_err(not_made)?;
    Ok((
        StatusCode::CREATED,
        Json(NewKeyDto::new(key.expose(), kept)),
    ))
}

fn not_made(error: NotMade) -> ApiError {
    let (code, field) = match error {
        NotMade::Scopes => (Code::InvalidScope, "scopes"),
        NotMade::Label => (Code::InvalidLabel, "label"),
        NotMade::Limits(_) | NotMade::LimitsEscaped => (Code::InvalidKeyLimits, "limits"),
        NotMade::TooMany => return ApiError::new(Code::LimitExceeded, error.to_string()),
        NotMade::Past(_) => (Code::InvalidExpiry, "expiresAt"),
        NotMade::Store(error) => return error.into(),
        NotMade::NoRandomness(error) => {
            tracing::error!(%error, "no key can be drawn");
            return ApiError::defect();
        }
    };
    ApiError::new(code, error.to_string()).field(field)
}

/// Revokes a key of the account.
#[utoipa::path(
    delete,
    path = "/api/keys/{id}",
    operation_id = "revokeKey",
    tag = "access",
    description = "Revokes a key: within a minute it allows nothing any more, and the sockets that \
        were opened with it are closed. Twice is the same as once.",
    params(("id" = String, Path, description = "The key's id, its second part.")),
    responses(
        (status = 200, description = "The key, revoked.", body = KeyDto),
        (
            status = "4XX",
            description = "404: `not_found`; 429: `too_many_requests`.",
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
pub(crate) async fn revoke(
    ManagesKeys(caller): ManagesKeys,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<KeyDto>, ApiError> {
    let text = id.map(|Path(text)| text).unwrap_or_default();
    let none = || {
        let detail = format!("there is no key {}", shown(&text));
        ApiError::new(Code::NotFound, detail).field("id")
    };
    let id: KeyId = text.parse().map_err(|_| none())?;
    let revoked = api.keys.revoke(&id, &caller.actor()).await?;
    Ok(Json(revoked.ok_or_else(none)?.into()))
}

/// Makes a ticket, which opens a socket.
#[utoipa::path(
    post,
    path = "/api/tickets",
    operation_id = "createTicket",
    tag = "access",
    description = "Makes a ticket: for a minute, it opens sockets on which the account's orders can \
        be followed, or those that are named. The address of the socket in the answer to a new \
        order has one already.",
    request_body(content = Option<TicketRequestDto>),
    responses(
        (status = 200, description = "The ticket.", body = TicketDto),
        (
            status = "4XX",
            description = "400: `malformed_body`, `unknown_field`, `invalid_id`; \
                413: `body_too_large`; 415: `unsupported_media_type`; 429: `too_many_requests`.",
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
pub(crate) async fn ticket(
    Streams(caller): Streams,
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<TicketDto>, ApiError> {
    let body = match body.is_empty() {
        true => body,
        false => body::json(&headers, body)?,
    };
    let orders = ticket_request(&body)?;
    let issued = api.access.tickets.issue(&caller, orders).await?;
    Ok(Json(issued.into()))
}
