//! `GET /api/audit`: who has written what for an account.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    Api,
    dto::AuditEntryDto,
    http::{
        access::ManagesKeys,
        cursor,
        problem::{ApiError, ProblemBody},
        query::Query,
    },
    requests::{page_cursor, page_limit},
};

/// Lists who wrote what.
#[utoipa::path(
    get,
    path = "/api/audit",
    operation_id = "listAudit",
    tag = "access",
    description = "Lists every write for the account, newest first: orders placed and cancelled, \
        keys made and revoked, limits set. An entry is made together with what it records, and \
        nobody changes it.",
    params(
        (
            "limit" = Option<u16>, Query,
            description = "How many entries a page has; 50 when not given.",
            minimum = 1, maximum = 200,
        ),
        (
            "cursor" = Option<String>, Query,
            description = "Where the page begins; take it from the `Link` header, as it is.",
        ),
    ),
    responses(
        (
            status = 200,
            description = "A page of entries.",
            body = Vec<AuditEntryDto>,
            headers((
                "Link" = String,
                description = "`<…>; rel=\"next\"`, the address of the next page, if there is \
                    one."
            )),
        ),
        (
            status = "4XX",
            description = "400: `invalid_limit`, `invalid_cursor`; 429: `too_many_requests`.",
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
pub(crate) async fn audit(
    ManagesKeys(caller): ManagesKeys,
    State(api): State<Arc<Api>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let limit = page_limit(&query)?;
    let after = page_cursor(&query)?;
    // One more than asked for tells whether there is a next page.
    let page = api.audit_trail.page(&caller.account, limit + 1, after);
    let mut entries = page.await?;
    let more = entries.len() > usize::from(limit);
    entries.truncate(limit.into());
    let last = entries.last().map(|last| (last.at, last.id));
    let listed: Vec<AuditEntryDto> = entries.into_iter().map(AuditEntryDto::from).collect();
    let mut response = Json(listed).into_response();
    if let Some(last) = last.filter(|_| more) {
        let address = format!("{}/api/audit", api.base_path);
        let link = cursor::link(&address, &query, last);
        response = ([(header::LINK, link)], response).into_response();
    }
    Ok(response)
}
