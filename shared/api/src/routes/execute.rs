//! `POST /api/orders/execute`: an order comes in.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Extension, Json,
    body::Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{ports::Client, submit::Submitted};

use crate::{
    Api,
    dto::{AcceptedDto, ExecuteRequestDto},
    http::{
        body,
        code::Code,
        problem::{ApiError, ProblemBody},
    },
    requests::new_order,
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
                `invalid_idempotency_key`; 413: `body_too_large`; 415: `unsupported_media_type`; \
                422: `idempotency_key_reused`; 429 with `Retry-After`: `too_many_requests`, and \
                `busy` when the order would have to wait for too long.",
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
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    body: Body,
) -> Result<Response, ApiError> {
    let body = body::read(&headers, body, api.submit.clock.as_ref()).await?;
    let order = new_order(&headers, &body, &api.catalogue)?;
    let client = peer.map(|Extension(ConnectInfo(address))| client(address.ip()));
    let submitted = api.submit.submit(&order, client.as_ref()).await;
    let submitted = submitted.map_err(|error| ApiError::not_stored(error, order.id))?;
    let (id, replayed) = match submitted {
        Submitted::Accepted(id) => (id, false),
        Submitted::Replayed(id) => (id, true),
        Submitted::Busy(busy) => return Err(ApiError::busy(busy.retry_after)),
        Submitted::KeyReused => {
            let detail = "this idempotency key was used before, for another order";
            let error = ApiError::new(Code::IdempotencyKeyReused, detail);
            return Err(error.field("Idempotency-Key"));
        }
    };
    let location = format!("{}/api/orders/{id}", api.base_path);
    let accepted = AcceptedDto::new(id, api.sockets.for_order(id, &headers));
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

/// Whose turn it is, by address until there are accounts. One customer has a whole IPv6 network of
/// 64 bits, and would else be as many clients as it likes.
fn client(address: IpAddr) -> Client {
    let whose = match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
    };
    Client(whose.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_client_and_an_ipv4_address_is_the_same_however_written() {
        let of = |text: &str| client(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.8"), of("192.0.2.7"));
    }
}
