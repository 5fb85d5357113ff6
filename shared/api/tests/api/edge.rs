//! What is true of every route: health, headers, other origins.

use std::sync::atomic::Ordering;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use tokio::time::Instant;

use crate::desk::{Answer, Desk, FRIEND, ORDER, json};

async fn ask(desk: &Desk, method: &str, address: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.send(request.body(Body::empty()).expect("a request"))
        .await
}

#[tokio::test]
async fn health_is_ok_while_the_database_answers() {
    let desk = Desk::open();
    let answer = desk.get("/health").await;
    assert_eq!(
        (answer.status, answer.json()["status"].as_str()),
        (StatusCode::OK, Some("ok"))
    );
    let time = answer.json()["timestamp"]
        .as_str()
        .expect("a time")
        .to_owned();
    assert_eq!((time.len(), &time[23..]), (24, "Z"), "{time}");
    desk.book.down.store(true, Ordering::Relaxed);
    let answer = desk.get("/health").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["status"], "degraded");
}

#[tokio::test(start_paused = true)]
async fn health_does_not_wait_for_a_database_that_hangs() {
    let desk = Desk::open();
    let _closed = desk.book.door.write().await;
    let begin = Instant::now();
    assert_eq!(
        desk.get("/health").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(begin.elapsed().as_millis(), 500);
}

#[tokio::test]
async fn no_answer_is_cached_or_guessed_at() {
    let desk = Desk::open();
    for address in [
        "/health",
        "/api/orders",
        "/nowhere",
        "/api/orders/1",
        "/api/orders/execute",
    ] {
        let answer = desk.get(address).await;
        assert_eq!(
            answer.header("cache-control"),
            Some("no-store"),
            "{address}"
        );
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{address}"
        );
    }
}

#[tokio::test]
async fn head_is_get_without_the_body_and_options_names_the_methods() {
    let desk = Desk::open();
    for address in ["/health", "/api/orders", "/api/tokens"] {
        let answer = ask(&desk, "HEAD", address, &[]).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (StatusCode::OK, ""),
            "{address}"
        );
        let answer = ask(&desk, "OPTIONS", address, &[]).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{address}");
        assert_eq!(answer.header("allow"), Some("GET,HEAD"), "{address}");
    }
    assert_eq!(
        ask(&desk, "OPTIONS", "/nowhere", &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

fn speaks_of_origins(answer: &Answer) -> bool {
    answer
        .headers
        .keys()
        .any(|name| name.as_str().starts_with("access-control-"))
}

#[tokio::test]
async fn pages_of_allowed_origins_may_read_answers_and_no_others() {
    let desk = Desk::open();
    let answer = desk.send(json(ORDER, &[("Origin", FRIEND)])).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.header("access-control-allow-origin"), Some(FRIEND));
    let exposed = answer
        .header("access-control-expose-headers")
        .unwrap_or_default();
    for name in ["Location", "Link", "Idempotency-Replayed", "Retry-After"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    for stranger in [
        "https://evil.example",
        "null",
        "https://desk.example.evil.example",
        "",
    ] {
        let answer = ask(&desk, "GET", "/api/orders", &[("Origin", stranger)]).await;
        assert!(!speaks_of_origins(&answer), "{stranger}");
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
    assert!(!speaks_of_origins(&desk.get("/api/orders").await));
}

#[tokio::test]
async fn a_preflight_is_granted_to_allowed_origins_only() {
    let desk = Desk::open();
    let preflight = |origin| {
        let wish = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            (
                "Access-Control-Request-Headers",
                "content-type,idempotency-key",
            ),
        ];
        let desk = &desk;
        async move { ask(desk, "OPTIONS", "/api/orders/execute", &wish).await }
    };
    let granted = preflight(FRIEND).await;
    assert_eq!(granted.status, StatusCode::NO_CONTENT);
    assert_eq!(
        granted.header("access-control-allow-methods"),
        Some("GET, HEAD, POST")
    );
    let headers = granted.header("access-control-allow-headers");
    assert_eq!(headers, Some("Content-Type, Idempotency-Key"));
    assert!(!speaks_of_origins(&preflight("https://evil.example").await));
    assert_eq!(desk.book.len(), 0);
}
