//! The dashboard, as `dashboard/dist` was built, from inside the binary: no Node, no files beside
//! it.

use axum::{
    Router,
    extract::{Path, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../dashboard/dist"]
struct Dist;

/// The page talks to the host it came from and to nobody else, runs only its own files, and never
/// makes HTML of text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// Where the page finds the API and the socket: empty means the host that it came from.
const CONFIG: &str = r#"{"apiUrl":"","wsUrl":""}"#;

/// The page at each of its addresses, its files, and its configuration.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/", get(page))
        .route("/orders", get(page))
        .route("/orders/{id}", get(page))
        .route("/charts", get(page))
        .route("/config.json", get(config))
        .route("/assets/{*path}", get(asset))
        .route("/favicon.svg", get(async || file("favicon.svg")))
}

/// Shows the page, which says so, to a browser that was sent to where nothing is. Programs, and
/// whoever asks the API, get its problem.
pub(crate) async fn show_not_found(request: Request, next: Next) -> Response {
    let is_navigation = request.method() == Method::GET
        && !request.uri().path().starts_with("/api/")
        && takes_pages(request.headers());
    let response = next.run(request).await;
    if is_navigation && response.status() == StatusCode::NOT_FOUND {
        return (StatusCode::NOT_FOUND, page().await).into_response();
    }
    response
}

fn takes_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT);
    accepted.is_some_and(|types| {
        types
            .to_str()
            .is_ok_and(|types| types.contains("text/html"))
    })
}

async fn page() -> Response {
    file("index.html")
}

async fn config() -> Response {
    (headers("application/json", "no-store"), CONFIG).into_response()
}

async fn asset(Path(path): Path<String>) -> Response {
    file(&format!("assets/{path}"))
}

fn file(path: &str) -> Response {
    let Some(found) = Dist::get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // The names of assets carry a hash of their content; the page that names them does not.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    (headers(found.metadata.mimetype(), cache), found.data).into_response()
}

fn headers(content_type: &str, cache: &'static str) -> HeaderMap {
    let content_type = HeaderValue::from_str(content_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    let fixed = |value| HeaderValue::from_static(value);
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, fixed(cache)),
        (header::CONTENT_SECURITY_POLICY, fixed(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (header::REFERRER_POLICY, fixed("no-referrer")),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            fixed("same-origin"),
        ),
    ])
}
