//! How orders stand: the history, one order, and one order's events.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::header,
    response::{IntoResponse, Response},
};
use engine::{
    lifecycle::Status,
    order::{Order, OrderId},
    ports::PageQuery,
    update::Update,
};

use crate::{
    Api, cursor,
    described::StatusName,
    problem::{Code, Problem, ProblemBody, shown},
    query::Query,
    terms::whole_number,
    views::{OrderDetailsView, OrderView},
};

const DEFAULT_LIMIT: u16 = 50;
const MAX_LIMIT: u16 = 200;

/// Lists orders, newest first.
#[utoipa::path(
    get,
    path = "/api/orders",
    operation_id = "listOrders",
    tag = "orders",
    params(
        ("limit" = Option<u16>, Query, description = "How many orders a page has; 50 when not given.", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "Where the page begins; take it from the `Link` header, as it is."),
        ("status" = Option<StatusName>, Query, description = "Only orders in this status."),
    ),
    responses(
        (status = 200, description = "A page of orders.", body = Vec<OrderView>, headers(
            ("Link" = String, description = "`<…>; rel=\"next\"`, the address of the next page, if there is one."))),
        (status = "4XX", description = "400: `invalid_limit`, `invalid_cursor`, `invalid_status`; 429: `too_many_requests`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "503 with `Retry-After`: `unavailable`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let page = page_of(&query)?;
    // One more than asked for tells whether there is a next page.
    let read = PageQuery {
        limit: page.limit + 1,
        ..page.clone()
    };
    let mut orders = api.orders.page(&read).await?;
    let more = orders.len() > usize::from(page.limit);
    orders.truncate(page.limit.into());
    let views: Vec<OrderView> = orders.iter().map(OrderView::from).collect();
    let mut response = Json(views).into_response();
    if let Some(last) = orders.last().filter(|_| more) {
        let next = query.with("cursor", &cursor::write(last.created_at, last.id));
        let link = format!("<{}/api/orders?{next}>; rel=\"next\"", api.base_path);
        response = ([(header::LINK, link)], response).into_response();
    }
    Ok(response)
}

fn page_of(query: &Query) -> Result<PageQuery, Problem> {
    let invalid = |code, field, text, expected: &str| {
        Problem::new(code, format!("{} is not {expected}", shown(text))).field(field)
    };
    let limit = query.get("limit").map_or(Ok(DEFAULT_LIMIT), |text| {
        whole_number(text)
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| {
                invalid(
                    Code::InvalidLimit,
                    "limit",
                    text,
                    "an integer from 1 to 200",
                )
            })
    })?;
    let before = query.get("cursor").map(|text| {
        cursor::read(text).ok_or_else(|| {
            invalid(
                Code::InvalidCursor,
                "cursor",
                text,
                "a cursor of this history",
            )
        })
    });
    let status = query.get("status").map(|text| {
        text.parse::<Status>().map_err(|_| {
            let names = Status::ALL.map(Status::name).join(", ");
            invalid(
                Code::InvalidStatus,
                "status",
                text,
                &format!("one of {names}"),
            )
        })
    });
    Ok(PageQuery {
        limit,
        before: before.transpose()?,
        status: status.transpose()?,
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
        (status = 200, description = "The order, how it was routed, and its events.", body = OrderDetailsView),
        (status = "4XX", description = "400: `invalid_id`; 404: `not_found`; 429: `too_many_requests`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "503 with `Retry-After`: `unavailable`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn details(
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<OrderDetailsView>, Problem> {
    let id = order_id(id)?;
    let order = existing(&api, id).await?;
    let events = api.orders.events(id, 0).await?;
    Ok(Json(OrderDetailsView::new(&order, events)))
}

/// Lists what happened to one order.
#[utoipa::path(
    get,
    path = "/api/orders/{id}/events",
    operation_id = "listOrderEvents",
    tag = "orders",
    params(
        ("id" = String, Path, format = Uuid, description = "The order's id."),
        ("after" = Option<u64>, Query, description = "Only events with a greater `seq`; 0 when not given.", minimum = 0),
    ),
    responses(
        (status = 200, description = "The events, oldest first; the same objects that the socket sends.", body = Vec<Update>),
        (status = "4XX", description = "400: `invalid_id`, `invalid_cursor` (for `after`); 404: `not_found`; 429: `too_many_requests`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = "5XX", description = "503 with `Retry-After`: `unavailable`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn events(
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Update>>, Problem> {
    let id = order_id(id)?;
    let after = after(&Query::parse(query.as_deref()))?;
    let events = api.orders.events(id, after).await?;
    if events.is_empty() {
        existing(&api, id).await?;
    }
    Ok(Json(events))
}

fn after(query: &Query) -> Result<u64, Problem> {
    /// Event numbers are kept in 63 bits.
    const LAST: u64 = i64::MAX.unsigned_abs();
    query.get("after").map_or(Ok(0), |text| {
        whole_number(text)
            .filter(|after| *after <= LAST)
            .ok_or_else(|| {
                let detail = format!("{} is not the number of an event", shown(text));
                Problem::new(Code::InvalidCursor, detail).field("after")
            })
    })
}

fn order_id(id: Result<Path<String>, PathRejection>) -> Result<OrderId, Problem> {
    /// An id is written in one way only, with hyphens.
    const LENGTH: usize = 36;
    let text = id.map(|Path(text)| text).unwrap_or_default(); // a path that is no text is no id either
    text.parse()
        .ok()
        .filter(|_| text.len() == LENGTH)
        .ok_or_else(|| {
            Problem::new(
                Code::InvalidId,
                format!("{} is not an order id", shown(&text)),
            )
            .field("id")
        })
}

async fn existing(api: &Api, id: OrderId) -> Result<Order, Problem> {
    let order = api.orders.order(id).await?;
    order.ok_or_else(|| Problem::new(Code::NotFound, format!("there is no order {id}")).field("id"))
}
