//! `GET /api/orders.csv`: the history as a file, however long it is.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use engine::ports::StoreError;
use futures::{StreamExt, stream};

use super::pages::Pages;
use crate::{
    Api,
    dto::{FilterDto, csv_lines},
    http::{
        access::Reads,
        problem::{ApiError, ProblemBody},
        query::Query,
    },
    requests::filter,
};

/// Writes every matching order as a line of CSV.
#[utoipa::path(
    get,
    path = "/api/orders.csv",
    operation_id = "exportOrders",
    tag = "orders",
    description = "Every order that the filter means, newest first, as CSV (RFC 4180) with a line \
        of names. Amounts and prices are exact decimals. A text that a spreadsheet would take for a \
        formula begins with an apostrophe. It is written as it is read: one that breaks off is not \
        complete. On AWS an answer has 6 MB at most, some 15,000 orders: narrow it by time there.",
    params(FilterDto),
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
    Reads(caller): Reads,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let only = filter(&Query::parse(query.as_deref()))?;
    let mut pages = Pages::of(&api.reader, &caller.account, only);
    // Read before anything is answered, so that an outage is a 503 and not a file that breaks off.
    let first = pages.next().await?.unwrap_or_default();
    let begin = Bytes::from(csv_lines(&first, true));
    let rest = stream::try_unfold(pages, async |mut pages| {
        let page = pages.next().await?;
        let lines = page.map(|page| Bytes::from(csv_lines(&page, false)));
        Ok::<_, StoreError>(lines.map(|lines| (lines, pages)))
    });
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
    let lines = stream::iter([Ok(begin)]).chain(rest);
    Ok((headers, Body::from_stream(lines)).into_response())
}
