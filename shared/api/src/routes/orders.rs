//! How orders stand: the history, one order, and one order's events.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::header,
    response::{IntoResponse, Response},
};
use engine::{
    account::Caller,
    observe,
    order::{Order, OrderId, read_seq},
    ports::{PageQuery, place},
};

use crate::{
    Api,
    dto::{EventDto, FilterDto, ListedOrderDto, OrderDetailsDto},
    http::{
        access::Reads,
        code::Code,
        cursor,
        problem::{ApiError, ProblemBody, shown},
        query::Query,
    },
    requests::{filter, page_cursor, page_limit},
};

/// Lists orders, newest first.
#[utoipa::path(
    get,
    path = "/api/orders",
    operation_id = "listOrders",
    tag = "orders",
    params(
        (
            "limit" = Option<u16>, Query,
            description = "How many orders a page has; 50 when not given.",
            minimum = 1, maximum = 200,
        ),
        (
            "cursor" = Option<String>, Query,
            description = "Where the page begins; take it from the `Link` header, as it is.",
        ),
        FilterDto,
    ),
    responses(
        (
            status = 200,
            description = "A page of orders. One that is stored and cannot be read keeps its \
                place.",
            body = inline(Vec<ListedOrderDto>),
            headers((
                "Link" = String,
                description = "`<…>; rel=\"next\"`, the address of the next page, if there is \
                    one."
            )),
        ),
        (
            status = "4XX",
            description = "400: `invalid_limit`, `invalid_cursor`, `invalid_status`, \
                `invalid_filter`, `invalid_client_order_id`; \
                429: `too_many_requests`.",
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
    Reads(caller): Reads,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let page = page_of(&query)?;
    // One more than asked for tells whether there is a next page.
    let read = PageQuery {
        limit: page.limit + 1,
        ..page.clone()
    };
    let mut rows = api.reader.page(&caller.account, &read).await?;
    let more = rows.len() > usize::from(page.limit);
    rows.truncate(page.limit.into());
    for corrupt in rows.iter().filter_map(|row| row.as_ref().err()) {
        observe::corrupt(corrupt);
    }
    let listed: Vec<ListedOrderDto> = rows.iter().map(ListedOrderDto::from).collect();
    let mut response = Json(listed).into_response();
    if let Some(last) = rows.last().filter(|_| more) {
        let (created_at, id) = place(last);
        let address = format!("{}/api/orders", api.base_path);
        let link = cursor::link(&address, &query, (created_at, id.0));
        response = ([(header::LINK, link)], response).into_response();
    }
    Ok(response)
}

fn page_of(query: &Query) -> Result<PageQuery, ApiError> {
    let limit = page_limit(query)?;
    Ok(PageQuery {
        limit,
        before: page_cursor(query)?.map(|(at, id)| (at, OrderId(id))),
        only: filter(query)?,
    })
}

/// Shows one order.
#[utoipa::path(
    get,
    path = "/api/orders/{id}",
    operation_id = "getOrder",
    tag = "orders",
    params(("id" = String, Path, format = Uuid, description = "The order's id.")),
    responses(
        (
            status = 200,
            description = "The order, how it was routed, and its events.",
            body = OrderDetailsDto,
        ),
        (
            status = "4XX",
            description = "400: `invalid_id`; 404: `not_found`; 429: `too_many_requests`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = "5XX",
            description = "500: `internal_error`, when the stored order cannot be read; \
                503 with `Retry-After`: `unavailable`.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    )
)]
pub(crate) async fn details(
    Reads(caller): Reads,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<OrderDetailsDto>, ApiError> {
    let id = order_id(id)?;
    let order = existing(&api, &caller, id).await?;
    let log = api.reader.events(&caller.account, id, 0).await?;
    Ok(Json(OrderDetailsDto::new(&order, &log)))
}

/// Lists what happened to one order.
#[utoipa::path(
    get,
    path = "/api/orders/{id}/events",
    operation_id = "listOrderEvents",
    tag = "orders",
    params(
        ("id" = String, Path, format = Uuid, description = "The order's id."),
        (
            "after" = Option<u64>, Query,
            description = "Only events with a greater `seq`; 0 when not given.",
            minimum = 0,
        ),
    ),
    responses(
        (
            status = 200,
            description = "The events, oldest first; the same objects that the socket sends.",
            body = Vec<EventDto>,
        ),
        (
            status = "4XX",
            description = "400: `invalid_id`, `invalid_cursor` (for `after`); 404: `not_found`; \
                429: `too_many_requests`.",
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
pub(crate) async fn events(
    Reads(caller): Reads,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<EventDto>>, ApiError> {
    let id = order_id(id)?;
    let after = after(&Query::parse(query.as_deref()))?;
    let log = api.reader.events(&caller.account, id, after).await?;
    if log.is_empty() {
        existing(&api, &caller, id).await?;
    }
    Ok(Json(log.iter().map(EventDto::from).collect()))
}

fn after(query: &Query) -> Result<u64, ApiError> {
    query.get("after").map_or(Ok(0), |text| {
        read_seq(text).ok_or_else(|| {
            let detail = format!("{} is not the number of an event", shown(text));
            ApiError::new(Code::InvalidCursor, detail).field("after")
        })
    })
}

pub(super) fn order_id(id: Result<Path<String>, PathRejection>) -> Result<OrderId, ApiError> {
    // A path that is no text is no id either.
    let text = id.map(|Path(text)| text).unwrap_or_default();
    text.parse().map_err(|_| {
        let detail = format!("{} is not an order id", shown(&text));
        ApiError::new(Code::InvalidId, detail).field("id")
    })
}

async fn existing(api: &Api, caller: &Caller, id: OrderId) -> Result<Order, ApiError> {
    let order = api.reader.order(&caller.account, id).await?;
    order
        .ok_or_else(|| ApiError::new(Code::NotFound, format!("there is no order {id}")).field("id"))
}
