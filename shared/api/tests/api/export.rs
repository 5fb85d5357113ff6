//! The history as a file.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;

use crate::test_api::{ORDER, TestApi};

#[tokio::test]
async fn every_order_is_a_line_newest_first_whatever_its_texts() {
    let api = TestApi::new();
    let mut placed = Vec::new();
    for n in 0..401 {
        let named = format!(
            "{},\"clientOrderId\":\"-{n}\"}}",
            ORDER.trim_end_matches('}')
        );
        let accepted = api.post(named).await.json();
        placed.push(accepted["orderId"].as_str().expect("an id").to_owned());
    }
    api.orders.make_unreadable(&placed[1]);
    let file = api.get("/api/orders.csv").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(
        file.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
    let lines: Vec<&str> = file.body.split("\r\n").collect();
    let [names, orders @ .., ""] = &lines[..] else {
        panic!("no line end at the end: {}", file.body);
    };
    assert!(
        names.starts_with("id,type,tokenIn,tokenOut,amount,"),
        "{names}"
    );
    let ids = orders
        .iter()
        .rev()
        .filter_map(|line| line.split(',').next());
    assert_eq!(ids.collect::<Vec<_>>(), placed);
    let cells: Vec<&str> = orders[0].split(',').collect();
    assert_eq!(cells.len(), names.split(',').count());
    assert_eq!(
        (cells[4], cells[10]),
        ("10", "'-400"),
        "no formula: {}",
        orders[0]
    );
    let listed = api.get("/api/orders?limit=1").await.json();
    for (name, cell) in names.split(',').zip(cells) {
        let told = match &listed[0][name] {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) if name == "clientOrderId" => format!("'{text}"),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        assert_eq!(cell, told, "{name}");
    }
    let unreadable = orders[399];
    assert!(unreadable.contains(",unreadable,"), "{unreadable}");
    assert!(!file.body.contains("secret_column"));
}

#[tokio::test]
async fn the_file_has_what_the_filter_means_and_an_outage_is_no_file() {
    let api = TestApi::new();
    api.post(ORDER).await;
    let lines = async |query: &str| {
        let file = api.get(&format!("/api/orders.csv?{query}")).await;
        file.body.lines().count()
    };
    assert_eq!(lines("type=market&open=true").await, 2);
    assert_eq!(lines("type=limit").await, 1, "the names alone");
    let refused = api.get("/api/orders.csv?type=stop").await;
    assert_eq!(refused.problem().0, "invalid_filter");
    api.orders.down.store(true, Ordering::Relaxed);
    let refused = api.get("/api/orders.csv").await;
    assert_eq!(refused.problem().0, "unavailable");
}
