//! The program as Lambda runs it: a round, and the operator's figures where CloudWatch finds them.

#![cfg(feature = "lambda")]

use serde_json::{Value, json};
use testkit::{invoke, migrated_database};

#[tokio::test]
async fn a_round_writes_the_operators_figures() {
    let database = migrated_database();
    let variables = [
        ("DATABASE_URL", database.url()),
        ("QUEUE_URL", "http://127.0.0.1:1/123456789012/orders"),
        ("WS_MANAGEMENT_ENDPOINT", "none"),
    ];
    let program = env!("CARGO_BIN_EXE_relay");
    let tick = serde_json::from_str(include_str!("events/schedule.json")).expect("an event");
    let invocation = invoke(program, &variables, &tick).await;
    assert_eq!(invocation.answer, json!({ "ok": true }));
    let figures: Vec<Value> = invocation
        .output
        .lines()
        .map(|line| serde_json::from_str(line).expect("one JSON object a line"))
        .collect();
    let found = figures
        .iter()
        .find(|line| line.get("outbox_unsent").is_some());
    let line = found.unwrap_or_else(|| panic!("no figures in {}", invocation.output));
    let metrics = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(metrics["Namespace"], "OrderEngine");
    assert_eq!(metrics["Dimensions"], json!([["stack"]]));
    assert_eq!(line["stack"], "tested");
    for figure in ["outbox_unsent", "outbox_oldest_seconds", "orders_stuck"] {
        assert_eq!(line[figure].as_f64(), Some(0.0), "{figure} in {line}");
    }
}

/// `RetainDays` of the template is empty unless it is given.
#[tokio::test]
async fn orders_are_deleted_where_that_is_asked_for_and_nowhere_else() {
    const OLD: &str = "INSERT INTO orders (id, token_in, token_out, decimals_in, decimals_out, \
            amount, slippage_bps, status, deadline, failure_reason, failure_code, created_at, \
            updated_at, closed_at) \
        SELECT gen_random_uuid(), 'SOL', 'USDC', 9, 6, 1, 50, 'failed', now(), 'r', 'c', \
            ended, ended, ended \
        FROM unnest(ARRAY[now() - interval '91 days', now() - interval '89 days']) AS ended";
    let database = migrated_database();
    database.fill(OLD);
    let tick = serde_json::from_str(include_str!("events/schedule.json")).expect("an event");
    let deleted = async |days| {
        let variables = [
            ("DATABASE_URL", database.url()),
            ("QUEUE_URL", "http://127.0.0.1:1/123456789012/orders"),
            ("WS_MANAGEMENT_ENDPOINT", "none"),
            ("RETAIN_DAYS", days),
        ];
        let invocation = invoke(env!("CARGO_BIN_EXE_relay"), &variables, &tick).await;
        let lines = invocation.output.lines();
        let lines = lines.map(|line| serde_json::from_str(line).expect("one JSON object a line"));
        let counted = lines.filter_map(|line: Value| line["orders_deleted_total"].as_f64());
        counted.sum::<f64>()
    };
    assert_eq!(deleted("").await, 0.0);
    assert_eq!(deleted("90").await, 1.0);
    assert_eq!(deleted("90").await, 0.0, "the younger one stays");
}

/// It settles what others have signed.
#[cfg(feature = "solana")]
#[tokio::test]
async fn on_solana_it_needs_no_wallet() {
    let database = migrated_database();
    let solana = testkit::OnSolana::start().await;
    let own = [
        ("DATABASE_URL", database.url()),
        ("QUEUE_URL", "http://127.0.0.1:1/123456789012/orders"),
        ("WS_MANAGEMENT_ENDPOINT", "none"),
    ];
    let variables = [&own[..], &solana.variables()].concat();
    let tick = serde_json::from_str(include_str!("events/schedule.json")).expect("an event");
    let invocation = invoke(env!("CARGO_BIN_EXE_relay"), &variables, &tick).await;
    assert_eq!(invocation.answer, json!({ "ok": true }));
    let asked = solana.asked();
    let of_a_wallet = |asked: &&String| asked.contains("wallet") || asked.starts_with("Sign");
    assert_eq!(asked.iter().find(of_a_wallet), None, "{asked:?}");
    assert!(
        asked.iter().any(|asked| asked.ends_with(":nodes")),
        "{asked:?}"
    );
}
