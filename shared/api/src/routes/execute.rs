//! `POST /api/orders/execute`: an order comes in.

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{account::Caller, ports::Client, submit::Submitted};

use crate::{
    Api, Reached,
    dto::{AcceptedDto, ExecuteRequestDto},
    http::{
        access::Writes,
        body,
        code::Code,
        problem::{ApiError, ProblemBody},
    },
    requests::{Requested, new_order},
};

/// Tells that nothing new was executed: the key came before, with the same order.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Accepts an order for execution.
#[utoipa::path(
    post,
    path = "/api/orders/execute",
    operation_id = "executeOrder",
    tag = "orders",
    description = "Accepts an order for execution. An accepted order is durable: it reaches \
        exactly one final status, whatever crashes. With an idempotency key the request can be \
        repeated safely: the same order gets the same answer again and nothing is executed twice.",
    request_body = ExecuteRequestDto,
    params((
        "Idempotency-Key" = Option<String>, Header, nullable = false,
        description = "The client's own name for this intent.",
        min_length = 1, max_length = 255, pattern = "^[ -~]+$",
    )),
    responses(
        (
            status = 202,
            description = "The order is stored and will be executed.",
            body = AcceptedDto,
            headers(
                ("Location" = String, description = "The order's address."),
                (
                    "Idempotency-Replayed" = String,
                    description = "`true` when the key came before with this order."
                ),
            ),
        ),
        (
            status = "4XX",
            description = "The order was not accepted. 400: `malformed_body`, `missing_field`, \
                `unknown_field`, `unsupported_order_type`, `unknown_token`, `same_token`, \
                `unsupported_pair`, `invalid_amount`, `invalid_slippage`, \
                `invalid_min_amount_out`, `invalid_limit_price`, `invalid_time_in_force`, \
                `invalid_expiry`, `invalid_client_order_id`, `invalid_idempotency_key`; \
                409: `duplicate_client_order_id`; 413: `body_too_large`; 415: `unsupported_media_type`; \
                422: `idempotency_key_reused`; 429: `too_many_open_orders` and `limit_exceeded` when the order \
                goes beyond a limit of its account or key, and with `Retry-After` \
                `too_many_requests`, and `busy` when it would have to wait for too long.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = "5XX",
            description = "503 with `Retry-After`: `unavailable` when nothing is stored and \
                nothing will be; `outcome_unknown` with `orderId` when the order may have been \
                stored, which a repeat with the same key, or the order's address, tells.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    )
)]
pub(crate) async fn execute(
    Writes(caller): Writes,
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    reached: Option<Extension<Reached>>,
    client: Option<Extension<Client>>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let body = body::json(&headers, body)?;
    let now = api.submit.clock.now();
    let venues = api.router.venue_ids();
    let requested = new_order(&caller, &headers, &body, &api.catalogue, &venues, now)?;
    let Requested { order, in_time } = requested;
    let client = whose_turn(&caller, client);
    let submitted = match in_time {
        Ok(()) => {
            let submitted = api.submit.submit(&order, client.as_ref()).await;
            submitted.map_err(|error| ApiError::not_stored(error, order.id))?
        }
        Err(too_late) => api.submit.known(&order).await?.ok_or(too_late)?,
    };
    let (id, replayed) = match submitted {
        Submitted::Accepted(id) => (id, false),
        Submitted::Replayed(id) => (id, true),
        Submitted::NameTaken(id) => return Err(ApiError::name_taken(id)),
        Submitted::Limited(reached) => return Err(ApiError::limited(&reached)),
        Submitted::Busy(busy) => return Err(ApiError::busy(busy.retry_after)),
        Submitted::KeyReused => {
            let detail = "this idempotency key was used before, for another order";
            let error = ApiError::new(Code::IdempotencyKeyReused, detail);
            return Err(error.field("Idempotency-Key"));
        }
    };
    let location = format!("{}/api/orders/{id}", api.base_path);
    let reached = reached.map(|Extension(reached)| reached);
    let ticket = api.access.ticket_in_address(&caller, id).await;
    let socket = api
        .sockets
        .for_order(id, ticket.as_deref(), &headers, reached.as_ref());
    let accepted = AcceptedDto::new(id, socket);
    let answer = (
        StatusCode::ACCEPTED,
        [(header::LOCATION, location)],
        Json(accepted),
    );
    let mut response = answer.into_response();
    if replayed {
        response
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Whose turn it is when orders wait: an account's, or an address's where there are no keys.
fn whose_turn(caller: &Caller, at: Option<Extension<Client>>) -> Option<Client> {
    match &caller.key {
        Some(_) => Some(Client::of(&caller.account)),
        None => at.map(|Extension(client)| client),
    }
}
