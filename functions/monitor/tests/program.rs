//! The program as Lambda runs it: a look at an order book with nothing in it.

#![cfg(feature = "lambda")]

use serde_json::json;
use testkit::{invoke, migrated_database};

#[tokio::test]
async fn a_tick_is_counted_where_cloudwatch_finds_it() {
    let database = migrated_database();
    let variables = [
        ("DATABASE_URL", database.url()),
        ("QUEUE_URL", "http://127.0.0.1:1/123456789012/orders"),
    ];
    let program = env!("CARGO_BIN_EXE_monitor");
    let tick = serde_json::from_str(include_str!("events/schedule.json")).expect("an event");
    let invocation = invoke(program, &variables, &tick).await;
    assert_eq!(invocation.answer, json!({ "ok": true }));
    assert!(
        invocation.output.contains("\"monitor_ticks_total\""),
        "{}",
        invocation.output
    );
}
