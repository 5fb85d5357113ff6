//! Rows that this build cannot read: written by a newer one, or damaged. They are shown as what
//! they are, counted, and in nobody's way.

use serde_json::Value;
use tokio_postgres::NoTls;

use crate::support::{Engine, ten_sol};

async fn execute(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a server");
    tokio::spawn(connection);
    client.batch_execute(sql).await.expect("the damage is done");
}

/// An engine with three confirmed orders, newest first.
async fn with_three_orders() -> (Engine, [String; 3]) {
    let engine = Engine::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = engine.place(&ten_sol()).await;
        engine.story(&id).await;
        ids.insert(0, id);
    }
    let ids = ids.try_into().expect("three");
    (engine, ids)
}

fn ids(page: &Value) -> Vec<&str> {
    let orders = page.as_array().expect("an array");
    orders
        .iter()
        .map(|order| order["id"].as_str().expect("an id"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_read_keeps_its_place_in_the_history() {
    for damage in [
        "failure_code = 'of_tomorrow', failure_reason = 'r'",
        "quoted_out = 0.0000001", // USDC has six decimals
        "executed_price = NULL",
        "route = '{\"address\": 5}'",
    ] {
        let (engine, [newest, damaged, oldest]) = with_three_orders().await;
        let sql = format!("UPDATE orders SET {damage} WHERE id = '{damaged}'");
        execute(engine.database_url(), &sql).await;
        let page = engine.json("/api/orders").await;
        assert_eq!(ids(&page), [&newest, &damaged, &oldest], "{damage}");
        let shown = &page[1];
        assert_eq!(shown["status"], "unreadable", "{damage}: {shown}");
        assert!(
            shown["createdAt"].is_string() && shown["detail"].is_string(),
            "{shown}"
        );
        assert!(
            shown["amount"].is_null() && shown["executedPrice"].is_null(),
            "{shown}"
        );
        assert_eq!(page[2]["status"], "confirmed");

        // A page that ends with it goes on behind it.
        let first = engine.get("/api/orders?limit=2").await;
        let link = first.headers()["link"].to_str().expect("text").to_owned();
        let next = link
            .trim_start_matches('<')
            .split('>')
            .next()
            .expect("an address");
        assert_eq!(ids(&engine.json(next).await), [&oldest], "{damage}");

        let stats = engine.json("/api/stats?window=1h").await;
        assert_eq!(stats["orders"], 3, "{damage}: it is counted all the same");

        let one = engine.get(&format!("/api/orders/{damaged}")).await;
        assert_eq!(one.status(), 500, "{damage}");
        let error: Value = one.json().await.expect("a problem document");
        assert_eq!(error["code"], "internal_error", "{error}");
        let metrics = engine.get("/metrics").await.text().await.expect("text");
        let counted = metrics
            .lines()
            .find_map(|line| line.strip_prefix("order_engine_orders_unreadable_total "));
        assert_ne!(counted, None, "{damage}: it is counted");
        assert_eq!(engine.get("/health").await.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_keeps_its_place_in_the_story() {
    for damage in [
        "version = 99",
        "payload = '{\"event\": \"of_tomorrow\"}'",
        "payload = '[]'",
    ] {
        let (engine, [_, damaged, _]) = with_three_orders().await;
        let sql =
            format!("UPDATE order_events SET {damage} WHERE order_id = '{damaged}' AND seq = 3");
        execute(engine.database_url(), &sql).await;
        let story = engine.story(&damaged).await;
        let numbers: Vec<u64> = story
            .iter()
            .filter_map(|event| event["seq"].as_u64())
            .collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5], "{damage}");
        assert_eq!(story[2]["status"], "building", "{damage}");
        assert_eq!(story[2]["payload"]["unreadable"], true, "{damage}");
        assert_eq!(story[4]["payload"]["txHash"], story[3]["payload"]["txHash"]);
        let order = engine.json(&format!("/api/orders/{damaged}")).await;
        assert_eq!(
            order["status"], "confirmed",
            "{damage}: the order itself can be read"
        );
        assert_eq!(order["quotes"].as_array().map(Vec::len), Some(0), "{order}");
    }
}
