//! The program as Lambda runs it: what it did for an order is with the collector before it reports,
//! for Lambda may freeze it then.

#![cfg(feature = "traces")]

use std::{collections::BTreeSet, time::Duration};

use engine::{
    account::{AccountId, Actor},
    order::{Lifetime, Market, NewOrder, OrderKind, SlippageTolerance, Swap, Token},
    policy::Policy,
};
use postgres::Database;
use serde_json::{Value, json};
use testkit::{Behaviour, Collector, TestDatabase, invoke, migrated_database};

/// The one of `events/batch.json`.
const ORDER: &str = "01980000-0000-7000-8000-000000000001";

async fn database_with_the_order() -> TestDatabase {
    let database = migrated_database();
    let book = Database::connect(database.url(), 1).expect("a URL");
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.into(),
        decimals,
    };
    let sol = token("SOL", 9);
    let order = NewOrder {
        id: ORDER.parse().expect("a UUID"),
        by: Actor::of(AccountId::local()),
        swap: Swap {
            amount_in: sol.units(1_000_000_000),
            token_in: sol,
            token_out: token("USDC", 6),
        },
        kind: OrderKind::Market(Market {
            slippage: SlippageTolerance::DEFAULT,
            min_amount_out: None,
        }),
        idempotency: None,
        client_order_id: None,
    };
    let writer = runtime::use_cases(&book, Policy::default()).writer;
    let lifetime = Lifetime::For(Duration::from_secs(60));
    writer.insert(&order, lifetime).await.expect("stored");
    database
}

async fn deliver(database: &TestDatabase, endpoint: &str) {
    let variables = [
        ("DATABASE_URL", database.url()),
        ("QUEUE_URL", "http://127.0.0.1:1/123456789012/orders"),
        ("WS_MANAGEMENT_ENDPOINT", "none"),
        ("SIM_QUOTE_DELAY_MS", "10"),
        ("SIM_EXECUTION_DELAY_MS", "50"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
    ];
    let event: Value = serde_json::from_str(include_str!("events/batch.json")).expect("JSON");
    let invocation = invoke(env!("CARGO_BIN_EXE_worker"), &variables, &event).await;
    assert_eq!(invocation.answer, json!({ "batchItemFailures": [] }));
}

#[tokio::test]
async fn the_steps_of_an_order_are_told_before_the_invocation_ends() {
    let collector = Collector::start(Behaviour::Takes).await;
    let database = database_with_the_order().await;
    deliver(&database, collector.endpoint()).await;

    let spans = collector.of_order(ORDER);
    let named = |name: &str| spans.iter().find(|span| span.name == name);
    let executed = named("execute").unwrap_or_else(|| panic!("nothing of it: {spans:#?}"));
    assert_eq!(executed.service, "tested");
    assert_eq!(executed.attributes["outcome"], "confirmed");
    // The root is the submission, another program's: its id is the second half of the order's.
    assert_eq!(executed.parent, "8000000000000001");
    let steps = spans.iter().filter(|span| span.parent == executed.id);
    let steps: BTreeSet<_> = steps.map(|span| span.name.as_str()).collect();
    assert_eq!(steps, BTreeSet::from(["claim", "route", "settle"]));
}

#[tokio::test]
async fn a_collector_that_hangs_keeps_no_invocation_from_its_end() {
    let collector = Collector::start(Behaviour::Hangs).await;
    let database = database_with_the_order().await;
    deliver(&database, collector.endpoint()).await;
    assert_eq!(collector.requests(), 1, "it was tried");
}
