//! The program as Lambda runs it.

#![cfg(feature = "lambda")]

use std::sync::Arc;

use auth::TicketOffice;
use engine::account::Caller;
use postgres::{Database, PostgresKeys};
use runtime::clock::SystemClock;
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

/// A ticket for all orders, as the REST API of the same database makes it.
async fn ticket(database_url: &str) -> String {
    let database = Database::connect(database_url, 1).expect("a URL of a test database");
    let keys = Arc::new(PostgresKeys::new(database));
    let office = TicketOffice::new(keys, Arc::new(SystemClock));
    let issued = office.issue(&Caller::local(), None).await;
    issued.expect("PostgreSQL answers").text
}

#[tokio::test]
async fn a_replay_queue_that_is_down_refuses_the_socket() {
    let database = migrated_database();
    let connect: Value = serde_json::from_str(CONNECT).expect("an event");
    let mut from_a_program = connect.clone();
    from_a_program["headers"] = json!({});
    let program = env!("CARGO_BIN_EXE_websocket");
    let invocation = invoke(program, &variables(database.url()), &from_a_program).await;
    assert_eq!(invocation.answer, json!({ "statusCode": 401 }), "no ticket");
    from_a_program["queryStringParameters"]["ticket"] = json!(ticket(database.url()).await);
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
