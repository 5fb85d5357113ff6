//! Every row of the table of errors.

use std::sync::atomic::Ordering;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use futures::stream;

use crate::desk::{Answer, Desk, ORDER, json};

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
    let limit = r#"{"type":"limit","tokenIn":"SOL","tokenOut":"USDC","amount":1,"price":"80"}"#;
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
            with("type", "\"limit\""),
            "unsupported_order_type",
            Some("type"),
        ),
        (
            with("type", "\"MARKET\""),
            "unsupported_order_type",
            Some("type"),
        ),
        (limit.into(), "unsupported_order_type", Some("type")),
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
    let desk = Desk::open();
    for (body, code, field) in rows {
        let answer = desk.post(body.clone()).await;
        assert_refused(&answer, 400, code, field, &body);
    }
    let not_utf8 = [&ORDER.as_bytes()[..20], b"\xff\xfe"].concat();
    assert_refused(
        &desk.post(not_utf8).await,
        400,
        "malformed_body",
        None,
        "not UTF-8",
    );
    assert_eq!(desk.book.len(), 0);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_clients_own_numbers_and_names() {
    let desk = Desk::open();
    let detail = async |body: String| {
        let problem = desk.post(body).await.json();
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
    let desk = Desk::open();
    let padded = |length: usize| format!("{ORDER}{}", " ".repeat(length - ORDER.len()));
    assert_eq!(
        desk.post(padded(16 * 1024)).await.status,
        StatusCode::ACCEPTED
    );
    let answer = desk.post(padded(16 * 1024 + 1)).await;
    assert_refused(&answer, 413, "body_too_large", None, "too large");
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1_000]));
    let answer = desk.post(Body::from_stream(endless)).await;
    assert_refused(&answer, 413, "body_too_large", None, "endless");
    let broken = stream::iter([Ok("{\"type\":"), Err(std::io::Error::other("reset"))]);
    let answer = desk.post(Body::from_stream(broken)).await;
    assert_refused(&answer, 400, "malformed_body", None, "broken off");
    assert_eq!(desk.book.len(), 1);
}

#[tokio::test]
async fn a_body_that_does_not_call_itself_json_is_refused() {
    let desk = Desk::open();
    for name in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "text/json",
        "application/json; charset=utf-16",
        "",
        "\u{e4}",
    ] {
        let mut request = json(ORDER, &[]);
        let value = axum::http::HeaderValue::from_bytes(name.as_bytes()).expect("a header value");
        request.headers_mut().insert("content-type", value);
        let answer = desk.send(request).await;
        assert_refused(
            &answer,
            415,
            "unsupported_media_type",
            Some("Content-Type"),
            name,
        );
    }
    let mut request = json(ORDER, &[]);
    request.headers_mut().remove("content-type");
    let answer = desk.send(request).await;
    assert_refused(
        &answer,
        415,
        "unsupported_media_type",
        Some("Content-Type"),
        "no type",
    );
    assert_eq!(desk.book.len(), 0);
}

#[tokio::test]
async fn a_key_that_is_no_key_is_refused() {
    let desk = Desk::open();
    let long = "k".repeat(256);
    for key in ["", "a\tb", "schl\u{fc}ssel", &long] {
        let answer = desk.post_with_key(key, ORDER).await;
        assert_refused(
            &answer,
            400,
            "invalid_idempotency_key",
            Some("Idempotency-Key"),
            key,
        );
    }
    let twice = json(ORDER, &[("Idempotency-Key", "a"), ("Idempotency-Key", "b")]);
    let answer = desk.send(twice).await;
    assert_refused(
        &answer,
        400,
        "invalid_idempotency_key",
        Some("Idempotency-Key"),
        "two keys",
    );
    assert_eq!(desk.book.len(), 0);
    assert_eq!(
        desk.post_with_key(&"~".repeat(255), ORDER).await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_refused() {
    let desk = Desk::open();
    let id = "0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e";
    let unknown = [
        format!("/api/orders/{id}"),
        format!("/api/orders/{id}/events"),
    ];
    for address in &unknown {
        assert_refused(
            &desk.get(address).await,
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
        assert_refused(&desk.get(address).await, 404, "not_found", None, address);
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
            &desk.get(address).await,
            400,
            "invalid_id",
            Some("id"),
            address,
        );
    }
}

#[tokio::test]
async fn parameters_out_of_their_range_are_refused() {
    let desk = Desk::open();
    let id = desk.place().await;
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
        assert_refused(&desk.get(&address).await, 400, code, Some(field), &address);
    }
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_are_allowed() {
    let desk = Desk::open();
    for (method, address, allowed) in [
        ("GET", "/api/orders/execute", "POST"),
        ("DELETE", "/api/orders", "GET,HEAD"),
        ("PUT", "/api/orders/1", "GET,HEAD"),
        ("POST", "/health", "GET,HEAD"),
        ("BREW", "/api/quote", "GET,HEAD"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(address)
            .body(Body::empty());
        let answer = desk.send(request.expect("a request")).await;
        assert_refused(&answer, 405, "method_not_allowed", None, address);
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {address}");
    }
}

#[tokio::test]
async fn without_the_order_book_the_answer_is_later_and_nothing_is_stored() {
    let desk = Desk::open();
    let id = desk.place().await;
    desk.book.down.store(true, Ordering::Relaxed);
    let order = format!("/api/orders/{id}");
    let answers = [
        desk.post(ORDER).await,
        desk.get("/api/orders").await,
        desk.get(&order).await,
        desk.get(&format!("{order}/events")).await,
    ];
    for answer in answers {
        assert_refused(&answer, 503, "unavailable", None, "no order book");
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert!(!answer.body.contains("db.internal"), "{}", answer.body);
    }
    assert_eq!(desk.book.len(), 1);
}

#[tokio::test]
async fn one_request_too_many_is_told_to_come_later() {
    let desk = Desk::open_with(|api| api.max_in_flight = 1);
    let closed = desk.book.door.write().await;
    let first = tokio::spawn({
        let api = desk.api.clone();
        async move { tower::ServiceExt::oneshot(api, json(ORDER, &[])).await }
    });
    // Until the first request is inside there is nothing to refuse.
    let answer = loop {
        let answer = desk.get("/api/tokens").await;
        if answer.status != StatusCode::OK {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert_refused(&answer, 429, "too_many_requests", None, "one too many");
    assert_eq!(answer.header("retry-after"), Some("1"));
    drop(closed);
    let Ok(first) = first.await.expect("the first request ends");
    assert_eq!(first.status(), StatusCode::ACCEPTED);
    assert_eq!(desk.get("/api/tokens").await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn nobody_keeps_a_place_for_ever() {
    let desk = Desk::open_with(|api| api.max_in_flight = 1);
    let silent = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let answer = desk.post(silent).await;
    assert_refused(
        &answer,
        400,
        "malformed_body",
        None,
        "a body that does not arrive",
    );
    let closed = desk.book.door.write().await;
    let answer = desk.post(ORDER).await;
    assert_refused(
        &answer,
        503,
        "unavailable",
        None,
        "an order book that hangs",
    );
    drop(closed);
    assert_eq!(desk.post(ORDER).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_defect_is_answered_without_its_secrets() {
    let desk = Desk::open();
    desk.book.broken.store(true, Ordering::Relaxed);
    let answer = desk.post(ORDER).await;
    assert_refused(&answer, 500, "internal_error", None, "a panic");
    assert!(!answer.body.contains("secret"), "{}", answer.body);
}
