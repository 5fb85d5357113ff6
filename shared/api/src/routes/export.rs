//! `GET /api/orders.csv`: the history as a file, however long it is.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use engine::ports::{Corrupt, OrderReader, PageQuery, StoreError};
use engine::{observe, order::Order};
use futures::stream;

use crate::{
    Api,
    dto::{StatusDto, csv_lines},
    http::{
        problem::{ApiError, ProblemBody},
        query::Query,
    },
    requests::filter,
};

/// How many orders are in memory at a time.
const PAGE: u16 = 200;

/// Writes every matching order as a line of CSV.
#[utoipa::path(
    get,
    path = "/api/orders.csv",
    operation_id = "exportOrders",
    tag = "orders",
    description = "Every order that the filter means, newest first, as CSV (RFC 4180) with a line \
        of names. Amounts and prices are exact decimals. A text that a spreadsheet would take for a \
        formula begins with an apostrophe. It is written as it is read: one that breaks off is not \
        complete. API Gateway passes at most 10 MB, some 25,000 orders: narrow it by time there.",
    params(
        ("status" = Option<StatusDto>, Query, description = "Only orders in this status."),
        ("type" = Option<String>, Query, description = "Only orders of this type."),
        ("open" = Option<bool>, Query, description = "Only open orders, or only closed ones."),
        ("tokenIn" = Option<String>, Query, description = "Only orders that sell this token."),
        ("tokenOut" = Option<String>, Query, description = "Only orders that buy this token."),
        (
            "clientOrderId" = Option<String>, Query,
            description = "Only the order that the client gave this name.",
        ),
        (
            "since" = Option<String>, Query,
            description = "Only orders accepted at this time or later (RFC 3339).",
        ),
        (
            "until" = Option<String>, Query,
            description = "Only orders accepted before this time.",
        ),
    ),
    responses(
        (status = 200, description = "The orders.", body = String, content_type = "text/csv"),
        (
            status = "4XX",
            description = "400: `invalid_status`, `invalid_filter`, `invalid_client_order_id`; \
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
pub(crate) async fn export(
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let mut pages = Pages {
        reader: Arc::clone(&api.reader),
        query: PageQuery {
            limit: PAGE,
            before: None,
            only: filter(&Query::parse(query.as_deref()))?,
        },
        is_last: false,
    };
    // Read before anything is answered, so that an outage is a 503 and not a file that breaks off.
    let first = pages.next().await?;
    let begin = Bytes::from(csv_lines(&first, true));
    let rest = stream::try_unfold(pages, async |mut pages| {
        if pages.is_last {
            return Ok::<_, StoreError>(None);
        }
        let page = pages.next().await?;
        Ok(Some((Bytes::from(csv_lines(&page, false)), pages)))
    });
    let lines = futures::StreamExt::chain(stream::iter([Ok(begin)]), rest);
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        ),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"orders.csv\"",
        ),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// The history, page after page.
struct Pages {
    reader: Arc<dyn OrderReader>,
    query: PageQuery,
    is_last: bool,
}

impl Pages {
    async fn next(&mut self) -> Result<Vec<Result<Order, Corrupt>>, StoreError> {
        let page = self.reader.page(&self.query).await?;
        for corrupt in page.iter().filter_map(|row| row.as_ref().err()) {
            observe::corrupt(corrupt);
        }
        self.is_last = page.len() < usize::from(PAGE);
        self.query.before = page.last().map(|last| match last {
            Ok(order) => (order.created_at, order.id),
            Err(corrupt) => (corrupt.created_at, corrupt.id),
        });
        Ok(page)
    }
}
