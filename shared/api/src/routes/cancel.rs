//! `DELETE /api/orders/{id}` and `POST /api/orders/cancel`: orders that are wanted no more.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use engine::{
    account::Caller,
    cancel::Cancelled,
    order::OrderId,
    ports::{OrderFilter, place},
};
use futures::{StreamExt, stream};

use super::{orders::order_id, pages::Pages};
use crate::{
    Api,
    dto::{BulkCancelDto, BulkCancelRequestDto, OrderDto},
    http::{
        access::Writes,
        body,
        code::Code,
        problem::{ApiError, ProblemBody},
    },
    requests::{Bulk, bulk},
};

/// How many orders are cancelled at once.
const AT_ONCE: usize = 32;

/// Cancels an order.
#[utoipa::path(
    delete,
    path = "/api/orders/{id}",
    operation_id = "cancelOrder",
    tag = "orders",
    description = "Cancels an order, exactly: one that is answered 200 has not been executed and \
        will not be. When a signed transaction may still land the answer is 202: if it lands the \
        order is confirmed, if not it is cancelled, and it is never tried again.",
    params(("id" = String, Path, format = Uuid, description = "The order's id.")),
    responses(
        (status = 200, description = "The order is cancelled.", body = OrderDto),
        (
            status = 202,
            description = "The order is cancelled unless its transaction lands.",
            body = OrderDto,
        ),
        (
            status = "4XX",
            description = "400: `invalid_id`; 404: `not_found`; 409 with `orderStatus`: \
                `not_cancellable`; 429: `too_many_requests`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = "5XX",
            description = "503 with `Retry-After`: `unavailable`, `outcome_unknown`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    )
)]
pub(crate) async fn cancel(
    Writes(caller): Writes,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let id = order_id(id)?;
    match api.cancel.cancel(&caller.actor(), id).await? {
        Cancelled::Now(order) => Ok(Json(OrderDto::from(&*order)).into_response()),
        Cancelled::Requested(order) => {
            let order = Json(OrderDto::from(&*order));
            Ok((StatusCode::ACCEPTED, order).into_response())
        }
        Cancelled::TooLate(status) => Err(ApiError::not_cancellable(status)),
        Cancelled::Unknown => Err(no_such_order(id)),
    }
}

/// Cancels many orders.
#[utoipa::path(
    post,
    path = "/api/orders/cancel",
    operation_id = "cancelOrders",
    tag = "orders",
    description = "Cancels each of some orders as if it were alone, or all open ones, which has \
        to be said. The answer tells what became of each.",
    request_body = BulkCancelRequestDto,
    responses(
        (status = 200, description = "What became of each.", body = BulkCancelDto),
        (
            status = "4XX",
            description = "400: `malformed_body`, `missing_field`, `unknown_field`, \
                `invalid_id`, `invalid_filter`; 413: `body_too_large`; \
                415: `unsupported_media_type`; 429: `too_many_requests`.",
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
pub(crate) async fn cancel_many(
    Writes(caller): Writes,
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<BulkCancelDto>, ApiError> {
    let mut told = BulkCancelDto::default();
    match bulk(&body::json(&headers, body)?)? {
        Bulk::Ids(ids) => cancel_each(&api, &caller, ids, &mut told).await,
        Bulk::All(only) => cancel_all(&api, &caller, only, &mut told).await?,
    }
    Ok(Json(told))
}

async fn cancel_all(
    api: &Api,
    caller: &Caller,
    only: OrderFilter,
    told: &mut BulkCancelDto,
) -> Result<(), ApiError> {
    let mut pages = Pages::of(&api.reader, &caller.account, only);
    while let Some(page) = pages.next().await? {
        let ids = page.iter().map(|row| place(row).1).collect();
        cancel_each(api, caller, ids, told).await;
    }
    Ok(())
}

async fn cancel_each(api: &Api, caller: &Caller, ids: Vec<OrderId>, told: &mut BulkCancelDto) {
    let actor = caller.actor();
    let cancel = async |id| (id, api.cancel.cancel(&actor, id).await);
    let cancelling = stream::iter(ids).map(cancel);
    let mut cancelling = cancelling.buffered(AT_ONCE);
    while let Some((id, cancelled)) = cancelling.next().await {
        match cancelled.map_err(ApiError::from) {
            Ok(Cancelled::Now(_)) => told.cancelled(id),
            Ok(Cancelled::Requested(_)) => told.requested(id),
            Ok(Cancelled::TooLate(_)) => told.refused(id, Code::NotCancellable),
            Ok(Cancelled::Unknown) => told.refused(id, Code::NotFound),
            Err(error) => told.refused(id, error.code()),
        }
    }
}

fn no_such_order(id: OrderId) -> ApiError {
    ApiError::new(Code::NotFound, format!("there is no order {id}")).field("id")
}
