//! Orders come in.

use std::sync::atomic::Ordering;

use api::SocketAddress;
use axum::http::StatusCode;
use engine::order::OrderEvent;

use crate::test_api::{ORDER, TestApi, order_request};

#[tokio::test]
async fn an_order_is_stored_and_its_addresses_are_told() {
    let api = TestApi::new();
    let answer = api.post(ORDER).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let body = answer.json();
    let id = body["orderId"].as_str().expect("an id");
    assert_eq!(body["status"], "pending");
    assert_eq!(
        body["ws"],
        format!("ws://localhost:3000/api/orders/ws?orderId={id}")
    );
    assert_eq!(
        answer.header("location"),
        Some(&*format!("/api/orders/{id}"))
    );
    assert_eq!(answer.header("idempotency-replayed"), None);
    let stored = api.get(&format!("/api/orders/{id}")).await.json();
    assert_eq!(stored["amount"], "10");
    assert_eq!(stored["slippageBps"], 50);
}

#[tokio::test]
async fn behind_a_gateway_the_stage_is_part_of_the_addresses() {
    let api = TestApi::with(|api| {
        api.base_path = "/prod".into();
        api.sockets = SocketAddress::Fixed("wss://socket.example/prod".into());
    });
    let answer = api.post(ORDER).await;
    let body = answer.json();
    let id = body["orderId"].as_str().expect("an id");
    assert_eq!(
        answer.header("location"),
        Some(&*format!("/prod/api/orders/{id}"))
    );
    assert_eq!(
        body["ws"],
        format!("wss://socket.example/prod?orderId={id}")
    );
}

#[tokio::test]
async fn without_a_socket_no_address_is_told() {
    let api = TestApi::with(|api| api.sockets = SocketAddress::Absent);
    assert_eq!(api.post(ORDER).await.json().get("ws"), None);
}

#[tokio::test]
async fn an_amount_keeps_every_digit_however_it_is_written() {
    let api = TestApi::new();
    for (written, kept) in [
        ("10", "10"),
        ("\"10\"", "10"),
        ("1.000000001e1", "10.00000001"),
        ("18446744073.709551615", "18446744073.709551615"),
        ("\"9007199254.740993\"", "9007199254.740993"),
        ("9007199254.740993", "9007199254.740993"),
    ] {
        let rest = r#""tokenOut":"USDC","tokenIn":"SOL","type":"market","slippageBps":1000"#;
        let body = format!(r#"{{"amount":{written},{rest}}}"#);
        let id = api.post(body).await.json()["orderId"]
            .as_str()
            .expect("an id")
            .to_owned();
        let order = api.get(&format!("/api/orders/{id}")).await.json();
        assert_eq!(order["amount"], kept, "{written}");
        assert_eq!(order["slippageBps"], 1000);
    }
}

#[tokio::test]
async fn json_may_call_itself_so_in_several_ways() {
    let api = TestApi::new();
    for name in [
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
        "application/vnd.desk.order+json",
    ] {
        let mut request = order_request(ORDER, &[]);
        request
            .headers_mut()
            .insert("content-type", name.parse().expect("a header value"));
        assert_eq!(
            api.send(request).await.status,
            StatusCode::ACCEPTED,
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_same_key_with_the_same_meaning_gets_the_first_answer_again() {
    let api = TestApi::new();
    let first = api.post_with_key("intent 1", ORDER).await;
    let id = first.json()["orderId"].as_str().expect("an id").to_owned();
    api.orders
        .advance(&id, OrderEvent::RoutingStarted { fired: None });
    let reworded =
        r#" {"slippageBps":50,"amount":"10.0","tokenOut":"USDC","tokenIn":"SOL","type":"market"} "#;
    for body in [ORDER, reworded] {
        let again = api.post_with_key("intent 1", body).await;
        assert_eq!(again.status, StatusCode::ACCEPTED);
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
    }
    assert_eq!(api.orders.len(), 1);
}

#[tokio::test]
async fn twenty_posts_at_once_with_one_key_are_one_order() {
    let api = TestApi::new();
    let posts = (0..20).map(|_| api.post_with_key("once", ORDER));
    let answers = futures::future::join_all(posts).await;
    let first = &answers[0].body;
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 202 && answer.body == *first)
    );
    assert_eq!(api.orders.len(), 1);
}

#[tokio::test]
async fn the_same_key_with_another_meaning_is_refused() {
    let api = TestApi::new();
    api.post_with_key("intent 1", ORDER).await;
    for other in [
        r#"{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":11}"#,
        r#"{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":10,"slippageBps":51}"#,
        r#"{"type":"market","tokenIn":"USDC","tokenOut":"SOL","amount":10}"#,
    ] {
        let answer = api.post_with_key("intent 1", other).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let field = Some("Idempotency-Key".to_owned());
        assert_eq!(answer.problem(), ("idempotency_key_reused".into(), field));
    }
    assert_eq!(api.orders.len(), 1);
}

#[tokio::test]
async fn a_dead_queue_does_not_stop_orders() {
    let api = TestApi::new();
    api.queue.down.store(true, Ordering::Relaxed);
    assert_eq!(api.post(ORDER).await.status, StatusCode::ACCEPTED);
    assert_eq!(api.orders.len(), 1);
}
