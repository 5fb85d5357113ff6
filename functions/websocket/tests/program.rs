//! The program as Lambda runs it.

#![cfg(feature = "lambda")]

use serde_json::{Value, json};
use testkit::{invoke, migrated_database};

const CONNECT: &str = include_str!("events/connect.json");

fn variables(database_url: &str) -> [(&str, &str); 4] {
    [
        ("DATABASE_URL", database_url),
        ("REPLAY_QUEUE_URL", "http://127.0.0.1:1/123456789012/replay"),
        ("WS_MANAGEMENT_ENDPOINT", "http://127.0.0.1:1/v1"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    ]
}

#[tokio::test]
async fn a_replay_queue_that_is_down_refuses_the_socket() {
    let database = migrated_database();
    let connect: Value = serde_json::from_str(CONNECT).expect("an event");
    let mut from_a_program = connect.clone();
    from_a_program["headers"] = json!({});
    let program = env!("CARGO_BIN_EXE_websocket");
    let invocation = invoke(program, &variables(database.url()), &from_a_program).await;
    assert_eq!(invocation.answer, json!({ "statusCode": 500 }));
    // No origin is allowed unless the environment names it.
    let invocation = invoke(program, &variables(database.url()), &connect).await;
    assert_eq!(invocation.answer, json!({ "statusCode": 403 }));
}

#[tokio::test]
async fn what_is_no_event_is_reported_as_an_error() {
    let database = migrated_database();
    let program = env!("CARGO_BIN_EXE_websocket");
    let invocation = invoke(program, &variables(database.url()), &json!({})).await;
    let message = invocation.answer["errorMessage"]
        .as_str()
        .expect("an error");
    assert!(message.contains("neither"), "{message}");
}
