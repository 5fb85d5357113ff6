//! Counts requests. On AWS API Gateway does that by itself.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use engine::observe;

/// Counts a request, and measures the time to the head of its answer.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let method = observe::method(request.method().as_str());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    // A path is a client's text; only templates are names.
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let class = match response.status().as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    observe::answered(route, method, class, begin.elapsed());
    response
}
