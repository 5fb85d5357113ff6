//! Every row of the table of errors.

use std::sync::atomic::Ordering;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use engine::ports::StoreError;
use futures::stream;

use crate::test_api::{Answer, ORDER, TestApi, order_request};

/// A good order with one field written otherwise.
fn with(field: &str, value: &str) -> String {
    let fields = [
        ("type", "\"market\""),
        ("tokenIn", "\"SOL\""),
        ("tokenOut", "\"USDC\""),
        ("amount", "10"),
        ("slippageBps", "50"),
    ];
    let written = fields
        .map(|(name, usual)| format!("\"{name}\":{}", if name == field { value } else { usual }));
    format!("{{{}}}", written.join(","))
}

fn assert_refused(answer: &Answer, status: u16, code: &str, field: Option<&str>, of: &str) {
    assert_eq!(
        answer.problem(),
        (code.to_owned(), field.map(str::to_owned)),
        "{of}"
    );
    assert_eq!(answer.status.as_u16(), status, "{of}");
}

#[tokio::test]
async fn bodies_that_are_no_order_are_refused_by_name() {
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(8), "]".repeat(8));
    let duplicate = format!("{},\"amount\":10}}", &ORDER[..ORDER.len() - 1]);
    let unknown = format!("{},\"status\":\"confirmed\"}}", &ORDER[..ORDER.len() - 1]);
    let stop = r#"{"type":"stop","tokenIn":"SOL","tokenOut":"USDC","amount":1,"price":"80"}"#;
    let long = with("tokenIn", &format!("\"{}\"", "x".repeat(2_000)));
    let rows: Vec<(String, &str, Option<&str>)> = vec![
        (String::new(), "malformed_body", None),
        ("{".into(), "malformed_body", None),
        ("[]".into(), "malformed_body", None),
        ("null".into(), "malformed_body", None),
        (format!("{ORDER}{ORDER}"), "malformed_body", None),
        (format!("\u{feff}{ORDER}"), "malformed_body", None),
        (deep, "malformed_body", None),
        ("[".repeat(10_000), "malformed_body", None),
        (duplicate, "malformed_body", Some("amount")),
        (r#"{"\ud800":1}"#.into(), "malformed_body", None),
        (with("type", "7"), "malformed_body", Some("type")),
        (with("tokenIn", "null"), "malformed_body", Some("tokenIn")),
        (
            with("tokenOut", "\"\\udc00\""),
            "malformed_body",
            Some("tokenOut"),
        ),
        (with("amount", "null"), "malformed_body", Some("amount")),
        (with("amount", "[10]"), "malformed_body", Some("amount")),
        (with("amount", "true"), "malformed_body", Some("amount")),
        (with("amount", "NaN"), "malformed_body", None),
        (with("amount", "010"), "malformed_body", None),
        (
            with("slippageBps", "\"50\""),
            "malformed_body",
            Some("slippageBps"),
        ),
        (
            with("slippageBps", "null"),
            "malformed_body",
            Some("slippageBps"),
        ),
        ("{}".into(), "missing_field", Some("type")),
        (
            r#"{"type":"market"}"#.into(),
            "missing_field",
            Some("tokenIn"),
        ),
        (
            r#"{"type":"market","tokenIn":"SOL"}"#.into(),
            "missing_field",
            Some("tokenOut"),
        ),
        (
            ORDER.replace(",\"amount\":10", ""),
            "missing_field",
            Some("amount"),
        ),
        (unknown, "unknown_field", Some("status")),
        (
            with("type", "\"stop\""),
            "unsupported_order_type",
            Some("type"),
        ),
        (
            with("type", "\"MARKET\""),
            "unsupported_order_type",
            Some("type"),
        ),
        (stop.into(), "unsupported_order_type", Some("type")),
        (
            with("tokenIn", "\"DOGE\""),
            "unknown_token",
            Some("tokenIn"),
        ),
        (
            with("tokenOut", "\"usdc\""),
            "unknown_token",
            Some("tokenOut"),
        ),
        (with("tokenIn", "\"\""), "unknown_token", Some("tokenIn")),
        (long, "unknown_token", Some("tokenIn")),
        (with("tokenIn", "\"USDC\""), "same_token", Some("tokenOut")),
        (
            with("tokenOut", "\"JUP\""),
            "unsupported_pair",
            Some("tokenOut"),
        ),
        (with("amount", "0"), "invalid_amount", Some("amount")),
        (with("amount", "-1"), "invalid_amount", Some("amount")),
        (with("amount", "\"NaN\""), "invalid_amount", Some("amount")),
        (with("amount", "\"\""), "invalid_amount", Some("amount")),
        (with("amount", "1e99999"), "invalid_amount", Some("amount")),
        (
            with("amount", "0.0000000001"),
            "invalid_amount",
            Some("amount"),
        ),
        (
            with("amount", "123456789012.12345678"),
            "invalid_amount",
            Some("amount"),
        ),
        (
            with("slippageBps", "1001"),
            "invalid_slippage",
            Some("slippageBps"),
        ),
        (
            with("slippageBps", "-1"),
            "invalid_slippage",
            Some("slippageBps"),
        ),
        (
            with("slippageBps", "0.5"),
            "invalid_slippage",
            Some("slippageBps"),
        ),
        (
            with("slippageBps", "1e2"),
            "invalid_slippage",
            Some("slippageBps"),
        ),
    ];
    let api = TestApi::new();
    for (body, code, field) in rows {
        let answer = api.post(body.clone()).await;
        assert_refused(&answer, 400, code, field, &body);
    }
    let not_utf8 = [&ORDER.as_bytes()[..20], b"\xff\xfe"].concat();
    assert_refused(
        &api.post(not_utf8).await,
        400,
        "malformed_body",
        None,
        "not UTF-8",
    );
    assert_eq!(api.orders.len(), 0);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_clients_own_numbers_and_names() {
    let api = TestApi::new();
    let detail = async |body: String| {
        let problem = api.post(body).await.json();
        problem["detail"].as_str().expect("a detail").to_owned()
    };
    assert_eq!(
        detail(with("amount", "123456789012.12345678")).await,
        "123456789012.12345678 is above the cap of 18446744073.709551615"
    );
    assert!(
        detail(with("tokenIn", "\"DOGE\""))
            .await
            .contains("\"DOGE\"")
    );
    assert!(
        detail(with("tokenOut", "\"JUP\""))
            .await
            .contains("SOL and JUP")
    );
    let long = detail(with(
        "tokenIn",
        &format!("\"{}\\u0000\"", "x".repeat(2_000)),
    ))
    .await;
    assert!(long.len() < 120, "{long}");
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit_and_no_further() {
    let api = TestApi::new();
    let padded = |length: usize| format!("{ORDER}{}", " ".repeat(length - ORDER.len()));
    assert_eq!(
        api.post(padded(16 * 1024)).await.status,
        StatusCode::ACCEPTED
    );
    let answer = api.post(padded(16 * 1024 + 1)).await;
    assert_refused(&answer, 413, "body_too_large", None, "too large");
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1_000]));
    let answer = api.post(Body::from_stream(endless)).await;
    assert_refused(&answer, 413, "body_too_large", None, "endless");
    let broken = stream::iter([Ok("{\"type\":"), Err(std::io::Error::other("reset"))]);
    let answer = api.post(Body::from_stream(broken)).await;
    assert_refused(&answer, 400, "malformed_body", None, "broken off");
    assert_eq!(api.orders.len(), 1);
}

#[tokio::test]
async fn a_body_that_does_not_call_itself_json_is_refused() {
    let api = TestApi::new();
    for name in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "text/json",
        "application/json; charset=utf-16",
        "",
        "\u{e4}",
    ] {
        let mut request = order_request(ORDER, &[]);
        let value = axum::http::HeaderValue::from_bytes(name.as_bytes()).expect("a header value");
        request.headers_mut().insert("content-type", value);
        let answer = api.send(request).await;
        assert_refused(
            &answer,
            415,
            "unsupported_media_type",
            Some("Content-Type"),
            name,
        );
    }
    let mut request = order_request(ORDER, &[]);
    request.headers_mut().remove("content-type");
    let answer = api.send(request).await;
    assert_refused(
        &answer,
        415,
        "unsupported_media_type",
        Some("Content-Type"),
        "no type",
    );
    assert_eq!(api.orders.len(), 0);
}

#[tokio::test]
async fn a_key_that_is_no_key_is_refused() {
    let api = TestApi::new();
    let long = "k".repeat(256);
    for key in ["", "a\tb", "schl\u{fc}ssel", &long] {
        let answer = api.post_with_key(key, ORDER).await;
        assert_refused(
            &answer,
            400,
            "invalid_idempotency_key",
            Some("Idempotency-Key"),
            key,
        );
    }
    let twice = order_request(ORDER, &[("Idempotency-Key", "a"), ("Idempotency-Key", "b")]);
    let answer = api.send(twice).await;
    assert_refused(
        &answer,
        400,
        "invalid_idempotency_key",
        Some("Idempotency-Key"),
        "two keys",
    );
    assert_eq!(api.orders.len(), 0);
    assert_eq!(
        api.post_with_key(&"~".repeat(255), ORDER).await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_refused() {
    let api = TestApi::new();
    let id = "0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e";
    let unknown = [
        format!("/api/orders/{id}"),
        format!("/api/orders/{id}/events"),
    ];
    for address in &unknown {
        assert_refused(
            &api.get(address).await,
            404,
            "not_found",
            Some("id"),
            address,
        );
    }
    for address in [
        "/",
        "/api",
        "/api/orders/",
        "/api/nothing",
        "/api/orders/a/b",
        "/%ff",
        "/metrics",
    ] {
        assert_refused(&api.get(address).await, 404, "not_found", None, address);
    }
    let braced = format!("/api/orders/%7B{id}%7D");
    for address in [
        "/api/orders/1",
        "/api/orders/%ff",
        "/api/orders/%zz",
        "/api/orders/x/events",
        &braced,
    ] {
        assert_refused(
            &api.get(address).await,
            400,
            "invalid_id",
            Some("id"),
            address,
        );
    }
}

#[tokio::test]
async fn parameters_out_of_their_range_are_refused() {
    let api = TestApi::new();
    let id = api.place().await;
    let events = |after: &str| format!("/api/orders/{id}/events?after={after}");
    let rows = [
        ("/api/orders?limit=0".into(), "invalid_limit", "limit"),
        ("/api/orders?limit=201".into(), "invalid_limit", "limit"),
        ("/api/orders?limit=%2B5".into(), "invalid_limit", "limit"),
        (
            "/api/orders?limit=99999999999999999999".into(),
            "invalid_limit",
            "limit",
        ),
        ("/api/orders?cursor=x".into(), "invalid_cursor", "cursor"),
        (
            format!("/api/orders?cursor={}", "_".repeat(32)),
            "invalid_cursor",
            "cursor",
        ),
        (
            "/api/orders?status=PENDING".into(),
            "invalid_status",
            "status",
        ),
        ("/api/stats?window=1d".into(), "invalid_filter", "window"),
        (events("-1"), "invalid_cursor", "after"),
        (events("9223372036854775808"), "invalid_cursor", "after"),
        ("/api/quote".into(), "missing_field", "tokenIn"),
        (
            "/api/quote?tokenIn=SOL&amount=1".into(),
            "missing_field",
            "tokenOut",
        ),
        (
            "/api/quote?tokenIn=SOL&tokenOut=USDC&amount=".into(),
            "missing_field",
            "amount",
        ),
        (
            "/api/quote?tokenIn=%00&tokenOut=USDC&amount=1".into(),
            "unknown_token",
            "tokenIn",
        ),
        (
            "/api/quote?tokenIn=SOL&tokenOut=SOL&amount=1".into(),
            "same_token",
            "tokenOut",
        ),
        (
            "/api/quote?tokenIn=SOL&tokenOut=JUP&amount=1".into(),
            "unsupported_pair",
            "tokenOut",
        ),
        (
            "/api/quote?tokenIn=SOL&tokenOut=USDC&amount=-1".into(),
            "invalid_amount",
            "amount",
        ),
        (
            "/api/quote?tokenIn=SOL&tokenOut=USDC&amount=1&slippageBps=1001".into(),
            "invalid_slippage",
            "slippageBps",
        ),
    ];
    for (address, code, field) in rows {
        assert_refused(&api.get(&address).await, 400, code, Some(field), &address);
    }
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_are_allowed() {
    let api = TestApi::new();
    for (method, address, allowed) in [
        ("GET", "/api/orders/execute", "POST"),
        ("DELETE", "/api/orders", "GET,HEAD"),
        ("PUT", "/api/orders/1", "GET,HEAD,DELETE"),
        ("POST", "/health", "GET,HEAD"),
        ("BREW", "/api/quote", "GET,HEAD"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(address)
            .body(Body::empty());
        let answer = api.send(request.expect("a request")).await;
        assert_refused(&answer, 405, "method_not_allowed", None, address);
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {address}");
    }
}

#[tokio::test]
async fn without_the_order_book_the_answer_is_later_and_nothing_is_stored() {
    let api = TestApi::new();
    let id = api.place().await;
    api.orders.down.store(true, Ordering::Relaxed);
    let order = format!("/api/orders/{id}");
    let answers = [
        api.post(ORDER).await,
        api.get("/api/orders").await,
        api.get(&order).await,
        api.get(&format!("{order}/events")).await,
        api.get("/api/stats").await,
    ];
    for answer in answers {
        assert_refused(&answer, 503, "unavailable", None, "no order book");
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert!(!answer.body.contains("db.internal"), "{}", answer.body);
    }
    assert_eq!(api.orders.len(), 1);
}

#[tokio::test]
async fn what_the_order_book_refuses_is_a_defect_and_what_is_unknown_is_told_with_the_order() {
    let api = TestApi::new();
    for (error, status, code) in [
        (StoreError::Rejected("secret".into()), 500, "internal_error"),
        (StoreError::Conflict, 500, "internal_error"),
        (StoreError::Unknown("secret".into()), 503, "outcome_unknown"),
    ] {
        let name = error.to_string();
        *api.orders.error.lock().expect("not poisoned") = Some(error);
        let answer = api.post(ORDER).await;
        assert_refused(&answer, status, code, None, &name);
        assert!(!answer.body.contains("secret"), "{}", answer.body);
        let problem: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        let id = problem["orderId"].as_str().map(str::parse::<uuid::Uuid>);
        assert_eq!(
            id.is_some_and(|id| id.is_ok()),
            code == "outcome_unknown",
            "{problem}"
        );
    }
}

#[tokio::test]
async fn one_request_too_many_is_told_to_come_later() {
    let api = TestApi::with(|api| api.max_in_flight = 1);
    let stalled = api.orders.stall.write().await;
    let first = tokio::spawn({
        let router = api.router.clone();
        async move { tower::ServiceExt::oneshot(router, order_request(ORDER, &[])).await }
    });
    // Until the first request is inside there is nothing to refuse.
    let answer = loop {
        let answer = api.get("/api/tokens").await;
        if answer.status != StatusCode::OK {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert_refused(&answer, 429, "too_many_requests", None, "one too many");
    assert_eq!(answer.header("retry-after"), Some("1"));
    drop(stalled);
    let Ok(first) = first.await.expect("the first request ends");
    assert_eq!(first.status(), StatusCode::ACCEPTED);
    assert_eq!(api.get("/api/tokens").await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn nobody_keeps_a_place_for_ever() {
    let api = TestApi::with(|api| api.max_in_flight = 1);
    let silent = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let answer = api.post(silent).await;
    assert_refused(
        &answer,
        400,
        "malformed_body",
        None,
        "a body that does not arrive",
    );
    let stalled = api.orders.stall.write().await;
    let answer = api.post(ORDER).await;
    assert_refused(
        &answer,
        503,
        "unavailable",
        None,
        "an order book that hangs",
    );
    drop(stalled);
    assert_eq!(api.post(ORDER).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_defect_is_answered_without_its_secrets() {
    let api = TestApi::new();
    api.orders.broken.store(true, Ordering::Relaxed);
    let answer = api.post(ORDER).await;
    assert_refused(&answer, 500, "internal_error", None, "a panic");
    assert!(!answer.body.contains("secret"), "{}", answer.body);
}

/// What PostgreSQL's texts and calendar do not have must not reach it.
#[tokio::test]
async fn a_filter_that_no_database_could_be_asked_for_is_refused_or_means_all() {
    let api = TestApi::new();
    api.place().await;
    for query in ["tokenOut=%00", "tokenIn=SOL%00"] {
        for path in ["/api/orders", "/api/orders.csv"] {
            let refused = api.get(&format!("{path}?{query}")).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}?{query}");
            assert_eq!(refused.problem().0, "invalid_filter");
        }
    }
    let all = api.get("/api/orders?since=-005000-01-01T00:00:00Z").await;
    assert_eq!(all.json().as_array().map(Vec::len), Some(1));
    let none = api.get("/api/orders?until=-009000-01-01T00:00:00Z").await;
    assert_eq!(none.json().as_array().map(Vec::len), Some(0));
}
