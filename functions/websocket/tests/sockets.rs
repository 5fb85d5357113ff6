//! Sockets by the events that API Gateway and SQS send, on the real order book. Only the gateway's
//! connections and the replay queue are doubles.

mod socket_fixture;

use serde_json::{Value, json};
use socket_fixture::{CONNECTION, ORDER, SocketFixture};

const CONNECT: &str = include_str!("events/connect.json");
const MESSAGE: &str = include_str!("events/message.json");
const DISCONNECT: &str = include_str!("events/disconnect.json");
const REPLAY: &str = include_str!("events/replay.json");

fn event(text: &str) -> Value {
    serde_json::from_str(text).expect("an event")
}

fn message(body: &str) -> Value {
    let mut message = event(MESSAGE);
    message["body"] = json!(body);
    message
}

fn status(code: u16) -> Value {
    json!({ "statusCode": code })
}

#[tokio::test]
async fn connecting_posts_nothing_and_asks_for_the_replay() {
    let fixture = SocketFixture::with_an_order().await;
    assert_eq!(fixture.serve(event(CONNECT)).await, status(200));
    assert_eq!(fixture.pushed(), Vec::<Value>::new());
    let [request] = &fixture.requests()[..] else {
        panic!("one request, not {:?}", fixture.requests());
    };
    assert_eq!(&*request.connection.0, CONNECTION);
    assert_eq!(
        (request.order.as_str(), request.after.as_deref()),
        (ORDER, Some("0"))
    );
}

#[tokio::test]
async fn connecting_without_an_order_is_fine() {
    let fixture = SocketFixture::with_an_order().await;
    let mut connect = event(CONNECT);
    connect["queryStringParameters"] = Value::Null;
    assert_eq!(fixture.serve(connect).await, status(200));
    assert_eq!(fixture.requests(), []);
}

#[tokio::test]
async fn pages_of_other_origins_are_kept_out() {
    let fixture = SocketFixture::with_an_order().await;
    for (headers, code) in [
        (json!({ "Origin": "https://evil.example" }), 403),
        (json!({ "origin": "null" }), 403),
        (
            json!({ "Origin": "https://desk.example.evil.example" }),
            403,
        ),
        (json!({ "origin": "https://desk.example" }), 200),
        (json!({ "User-Agent": "curl" }), 200),
        (Value::Null, 200),
    ] {
        let mut connect = event(CONNECT);
        connect["headers"] = headers.clone();
        assert_eq!(fixture.serve(connect).await, status(code), "{headers}");
    }
    assert_eq!(
        fixture.requests().len(),
        3,
        "a page kept out asks for nothing"
    );
}

#[tokio::test]
async fn a_replay_that_cannot_be_promised_refuses_the_socket() {
    let fixture = SocketFixture::with_an_order()
        .await
        .with_a_failing_replay_queue();
    assert_eq!(fixture.serve(event(CONNECT)).await, status(500));
}

#[tokio::test]
async fn a_replay_request_brings_the_history_and_a_subscription() {
    let fixture = SocketFixture::with_an_order().await;
    let answer = fixture.serve(event(REPLAY)).await;
    let unreadable = "b7b0a1c4-52b4-4a0c-8df2-17d3b5b4c0de";
    assert_eq!(
        answer,
        json!({ "batchItemFailures": [{ "itemIdentifier": unreadable }] })
    );
    fixture.expect_the_history();
    assert_eq!(fixture.subscribers().await, [CONNECTION]);
}

#[tokio::test]
async fn gone_is_not_believed_of_a_connection_that_is_opening() {
    let fixture = SocketFixture::with_an_order()
        .await
        .with_a_connection_that_opens_late();
    fixture.serve(event(REPLAY)).await;
    fixture.expect_the_history();
    assert_eq!(fixture.subscribers().await, [CONNECTION]);
}

#[tokio::test]
async fn a_replay_that_could_not_be_pushed_comes_again() {
    let fixture = SocketFixture::with_an_order()
        .await
        .with_a_failing_gateway();
    let answer = fixture.serve(event(REPLAY)).await;
    let failures = answer["batchItemFailures"].as_array().expect("a list");
    assert_eq!(failures.len(), 2, "{answer}");
}

#[tokio::test]
async fn what_is_wrong_with_the_query_is_told_on_the_socket() {
    let fixture = SocketFixture::with_an_order().await;
    let unknown = "01980000-0000-7000-8000-0000000000ff";
    for (order, after, code) in [
        ("7", None, "invalid_id"),
        ("", None, "invalid_id"),
        (ORDER, Some("x"), "invalid_cursor"),
        (ORDER, Some("-1"), "invalid_cursor"),
        (unknown, None, "not_found"),
    ] {
        let mut body = json!({ "v": 1, "connectionId": CONNECTION, "orderId": order });
        if let Some(after) = after {
            body["after"] = json!(after);
        }
        let batch = json!({ "Records": [{ "messageId": "m", "body": body.to_string() }] });
        assert_eq!(
            fixture.serve(batch).await,
            json!({ "batchItemFailures": [] })
        );
        assert_eq!(fixture.last_code(), code, "{body}");
    }
    assert_eq!(fixture.subscribers().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_client_may_subscribe_and_unsubscribe() {
    let fixture = SocketFixture::with_an_order().await;
    assert_eq!(fixture.serve(event(MESSAGE)).await, status(200));
    fixture.expect_the_history();
    assert_eq!(fixture.subscribers().await, [CONNECTION]);
    let unsubscribe = format!(r#"{{"action":"unsubscribe","orderId":"{ORDER}"}}"#);
    assert_eq!(fixture.serve(message(&unsubscribe)).await, status(200));
    assert_eq!(fixture.subscribers().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_client_may_follow_all_orders_until_it_goes() {
    let fixture = SocketFixture::with_an_order().await;
    let (all, not_all) = (
        message(r#"{"action":"subscribe","all":true}"#),
        message(r#"{"action":"unsubscribe","all":true}"#),
    );
    assert_eq!(fixture.serve(all.clone()).await, status(200));
    assert_eq!(fixture.pushed(), Vec::<Value>::new(), "there is no replay");
    assert_eq!(fixture.subscribers().await, [CONNECTION]);
    fixture.serve(not_all).await;
    assert_eq!(fixture.subscribers().await, Vec::<String>::new());
    fixture.serve(all).await;
    fixture.serve(event(DISCONNECT)).await;
    assert_eq!(fixture.subscribers().await, Vec::<String>::new());
}

#[tokio::test]
async fn after_leaves_out_what_the_client_has_seen() {
    let fixture = SocketFixture::with_an_order().await;
    let subscribe = format!(r#"{{"action":"subscribe","orderId":"{ORDER}","after":1}}"#);
    fixture.serve(message(&subscribe)).await;
    assert_eq!(fixture.pushed(), Vec::<Value>::new());
    assert_eq!(fixture.subscribers().await, [CONNECTION]);
}

#[tokio::test]
async fn a_ping_in_base64_is_answered() {
    let fixture = SocketFixture::with_an_order().await;
    let mut ping = message("eyJhY3Rpb24iOiJwaW5nIn0=");
    ping["isBase64Encoded"] = json!(true);
    assert_eq!(fixture.serve(ping).await, status(200));
    assert_eq!(fixture.pushed(), [json!({ "event": "pong" })]);
}

#[tokio::test]
async fn a_message_that_is_wrong_is_answered_and_changes_nothing() {
    let fixture = SocketFixture::with_an_order().await;
    let mut bodyless = event(MESSAGE);
    bodyless.as_object_mut().expect("an object").remove("body");
    let mut no_text = message("/////w==");
    no_text["isBase64Encoded"] = json!(true);
    for (wrong, code) in [
        (bodyless, "malformed_body"),
        (no_text, "malformed_body"),
        (message("["), "malformed_body"),
        (message("{}"), "missing_field"),
        (message(r#"{"action":"subscribe"}"#), "missing_field"),
        (message(r#"{"action":"buy"}"#), "unknown_action"),
        (message(r#"{"action":"ping","id":1}"#), "unknown_field"),
        (
            message(r#"{"action":"subscribe","orderId":"x"}"#),
            "invalid_id",
        ),
    ] {
        assert_eq!(fixture.serve(wrong.clone()).await, status(200), "{wrong}");
        assert_eq!(fixture.last_code(), code, "{wrong}");
    }
    assert_eq!(fixture.subscribers().await, Vec::<String>::new());
}

#[tokio::test]
async fn without_the_order_book_a_client_is_told_to_try_again() {
    let fixture = SocketFixture::without_an_order_book();
    assert_eq!(fixture.serve(event(MESSAGE)).await, status(200));
    assert_eq!(fixture.last_code(), "unavailable");
    assert_eq!(fixture.serve(event(DISCONNECT)).await, status(200));
}

#[tokio::test]
async fn a_closed_connection_is_forgotten() {
    let fixture = SocketFixture::with_an_order().await;
    fixture.serve(event(MESSAGE)).await;
    assert_eq!(fixture.serve(event(DISCONNECT)).await, status(200));
    assert_eq!(fixture.subscribers().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_no_event_is_an_error() {
    let fixture = SocketFixture::without_an_order_book();
    for event in [
        json!({}),
        json!(null),
        json!([1]),
        json!({ "requestContext": {} }),
    ] {
        let answer = websocket::event::handle(&fixture.sockets, event.clone()).await;
        assert!(answer.is_err(), "{event}");
    }
}
