//! Cross-origin requests: pages of the allowed origins may read answers; to everyone else no header
//! says a word.
//!
//! Written here because the usual layers answer every `OPTIONS` themselves, also those of other
//! origins and of none.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Headers that a page may read besides the harmless ones.
const EXPOSED: &str = "Location, Link, Idempotency-Replayed, Retry-After, X-Request-Id";
/// Headers that a page may send besides the harmless ones.
const ACCEPTED: &str = "Authorization, Content-Type, Idempotency-Key, X-Request-Id";
/// For how long a browser may remember a preflight's answer, in seconds.
const MEMORY: &str = "600";

/// Answers preflights of allowed origins, and marks answers as readable for them.
pub(crate) async fn answer(
    State(allowed): State<Arc<[String]>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let preflight = request.method() == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let origin = headers
        .get(header::ORIGIN)
        .filter(|origin| {
            allowed
                .iter()
                .any(|name| name.as_bytes() == origin.as_bytes())
        })
        .cloned();
    let Some(origin) = origin else {
        return varying(next.run(request).await);
    };
    let mut response = if preflight {
        granted()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
    varying(response)
}

fn granted() -> Response {
    let headers = [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, HEAD, POST, DELETE",
        ),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, ACCEPTED),
        (header::ACCESS_CONTROL_MAX_AGE, MEMORY),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// A cache must not hand one origin's answer to another.
fn varying(mut response: Response) -> Response {
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("Origin"));
    response
}
