//! What is true of every route: health, headers, other origins.

use std::sync::atomic::Ordering;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use futures::future::join_all;
use tokio::time::Instant;

use crate::test_api::{ALLOWED_ORIGIN, Answer, ORDER, TestApi, order_request};

async fn ask(api: &TestApi, method: &str, address: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    api.send(request.body(Body::empty()).expect("a request"))
        .await
}

#[tokio::test]
async fn health_is_ok_while_the_database_answers() {
    let api = TestApi::new();
    let answer = api.get("/health").await;
    assert_eq!(
        (answer.status, answer.json()["status"].as_str()),
        (StatusCode::OK, Some("ok"))
    );
    let time = answer.json()["timestamp"]
        .as_str()
        .expect("a time")
        .to_owned();
    assert_eq!((time.len(), &time[23..]), (24, "Z"), "{time}");
    assert!(answer.json().get("checks").is_none());
}

#[tokio::test]
async fn health_names_what_is_wrong_and_nothing_of_the_inside() {
    let api = TestApi::new();
    api.orders.down.store(true, Ordering::Relaxed);
    let answer = api.get("/health").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["status"], "degraded");
    let check = &answer.json()["checks"]["database"];
    assert_eq!(
        (check["status"].as_str(), check["reason"].as_str()),
        (Some("failed"), Some("it does not answer"))
    );
    assert!(!answer.body.contains("db.internal"), "{}", answer.body);
    assert_eq!(api.get("/health/live").await.json()["status"], "ok");
}

#[tokio::test(start_paused = true)]
async fn health_does_not_wait_for_a_database_that_hangs() {
    let api = TestApi::new();
    let _stalled = api.orders.stall.write().await;
    let begin = Instant::now();
    assert_eq!(
        api.get("/health").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert!(begin.elapsed().as_millis() < 1_000);
}

#[tokio::test]
async fn however_many_ask_a_database_that_hangs_it_is_asked_once() {
    let api = TestApi::new();
    let _stalled = api.orders.stall.write().await;
    let answers = join_all((0..50).map(|_| api.get("/health"))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == StatusCode::SERVICE_UNAVAILABLE)
    );
    assert_eq!(api.orders.looks.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn no_answer_is_cached_or_guessed_at() {
    let api = TestApi::new();
    for address in [
        "/health",
        "/api/orders",
        "/nowhere",
        "/api/orders/1",
        "/api/orders/execute",
    ] {
        let answer = api.get(address).await;
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
    let api = TestApi::new();
    for address in [
        "/health",
        "/api/orders",
        "/api/tokens",
        "/api/market",
        "/api/stats",
    ] {
        let answer = ask(&api, "HEAD", address, &[]).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (StatusCode::OK, ""),
            "{address}"
        );
        let answer = ask(&api, "OPTIONS", address, &[]).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{address}");
        assert_eq!(answer.header("allow"), Some("GET,HEAD"), "{address}");
    }
    assert_eq!(
        ask(&api, "OPTIONS", "/nowhere", &[]).await.status,
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
    let api = TestApi::new();
    let answer = api
        .send(order_request(ORDER, &[("Origin", ALLOWED_ORIGIN)]))
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some(ALLOWED_ORIGIN)
    );
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
        let answer = ask(&api, "GET", "/api/orders", &[("Origin", stranger)]).await;
        assert!(!speaks_of_origins(&answer), "{stranger}");
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
    assert!(!speaks_of_origins(&api.get("/api/orders").await));
}

#[tokio::test]
async fn a_preflight_is_granted_to_allowed_origins_only() {
    let api = TestApi::new();
    let preflight = |origin| {
        let wish = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            (
                "Access-Control-Request-Headers",
                "content-type,idempotency-key",
            ),
        ];
        let api = &api;
        async move { ask(api, "OPTIONS", "/api/orders/execute", &wish).await }
    };
    let granted = preflight(ALLOWED_ORIGIN).await;
    assert_eq!(granted.status, StatusCode::NO_CONTENT);
    assert_eq!(
        granted.header("access-control-allow-methods"),
        Some("GET, HEAD, POST, DELETE")
    );
    let headers = granted.header("access-control-allow-headers");
    assert_eq!(
        headers,
        Some("Authorization, Content-Type, Idempotency-Key, X-Request-Id")
    );
    assert!(!speaks_of_origins(&preflight("https://evil.example").await));
    assert_eq!(api.orders.len(), 0);
}

#[tokio::test]
async fn every_answer_has_the_requests_id_and_a_sane_one_is_taken_over() {
    let api = TestApi::new();
    let id = async |address: &str, given: &str| {
        let answer = ask(&api, "GET", address, &[("x-request-id", given)]).await;
        answer.header("x-request-id").expect("an id").to_owned()
    };
    for address in ["/health", "/api/tokens", "/nowhere", "/api/orders/1"] {
        let fresh = api.get(address).await;
        let fresh = fresh.header("x-request-id").expect("an id");
        assert!(fresh.parse::<uuid::Uuid>().is_ok(), "{address}: {fresh}");
        assert_eq!(id(address, "trace-01.A_b").await, "trace-01.A_b");
        let long = "x".repeat(65);
        for odd in ["", "two words", "a\"b", "{}", &long] {
            assert!(
                id(address, odd).await.parse::<uuid::Uuid>().is_ok(),
                "{odd}"
            );
        }
    }
}
