//! The program as Lambda runs it: the root of an order's trace is with the collector before the
//! client has its answer, for Lambda may freeze the program then.

#![cfg(feature = "traces")]

use std::collections::BTreeSet;

use auth::WantedKey;
use engine::account::{AccountId, Actor, Limits, Scopes};
use postgres::Database;
use serde_json::{Value, json};
use testkit::{Behaviour, Collector, TestDatabase, invoke, migrated_database};

async fn key(database: &TestDatabase) -> String {
    let book = Database::connect(database.url(), 1).expect("a URL");
    let account = AccountId::local();
    let by = Actor::of(account.clone());
    let wanted = WantedKey {
        account,
        scopes: Scopes::all(),
        label: String::new(),
        expires_at: None,
        limits: Limits::default(),
    };
    let made = auth::make(wanted, &by, &*runtime::keys(&book), book.now()).await;
    made.expect("a key").0.expose()
}

#[tokio::test]
async fn the_root_of_a_trace_is_told_before_the_answer() {
    let (database, collector) = (
        migrated_database(),
        Collector::start(Behaviour::Takes).await,
    );
    let key = format!("Bearer {}", key(&database).await);
    let variables = [
        ("DATABASE_URL", database.url()),
        ("QUEUE_URL", "http://127.0.0.1:1/123456789012/orders"),
        ("WS_MANAGEMENT_ENDPOINT", "none"),
        ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()),
    ];
    let mut event: Value =
        serde_json::from_str(include_str!("events/post_order.json")).expect("JSON");
    event["headers"]["Authorization"] = json!(key);
    event["multiValueHeaders"]["Authorization"] = json!([key]);
    let invocation = invoke(env!("CARGO_BIN_EXE_submit"), &variables, &event).await;
    assert_eq!(invocation.answer["statusCode"], 202, "{invocation:?}");
    let body = invocation.answer["body"].as_str().expect("a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    let order = body["orderId"].as_str().expect("an id");

    let spans = collector.of_order(order);
    let root = spans.iter().find(|span| span.parent.is_empty());
    let root = root.unwrap_or_else(|| panic!("no root: {spans:#?}"));
    assert_eq!(
        (root.name.as_str(), root.service.as_str()),
        ("submit", "tested")
    );
    assert_eq!(root.attributes["outcome"], "accepted");
    assert_eq!(root.id, order.replace('-', "")[16..]);
    let steps = spans.iter().filter(|span| span.parent == root.id);
    let steps: BTreeSet<_> = steps.map(|span| span.name.as_str()).collect();
    assert_eq!(steps, BTreeSet::from(["announce", "store"]));
}
