//! A thousand orders at once.

use std::collections::HashMap;

use futures::{StreamExt, stream};
use serde_json::Value;

use crate::support::{Engine, assert_complete, eventually, ten_sol};

const ORDERS: usize = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_orders_at_once_land_once_each_with_ten_workers_at_the_most() {
    let engine = Engine::start().await;
    let ids: Vec<String> = stream::iter(0..ORDERS)
        .map(|_| async { engine.place(&ten_sol()).await })
        .buffer_unordered(100)
        .collect()
        .await;
    eventually("every order final", async || {
        let text = engine
            .get("/api/orders?limit=200&status=confirmed")
            .await
            .text()
            .await
            .ok()?;
        let open = ["pending", "routing", "building", "submitted"];
        let mut left = 0;
        for status in open {
            left += engine
                .json(&format!("/api/orders?status={status}"))
                .await
                .as_array()
                .map_or(1, Vec::len);
        }
        (left == 0 && !text.is_empty()).then_some(())
    })
    .await;

    let mut landed: HashMap<String, usize> = HashMap::new();
    for swap in engine.landed().await {
        *landed.entry(swap.order.to_string()).or_default() += 1;
    }
    for id in &ids {
        let order = engine.json(&format!("/api/orders/{id}")).await;
        let events: Vec<Value> = order["events"].as_array().expect("events").clone();
        assert_complete(&events);
        assert_eq!(order["status"], "confirmed", "{order:#}");
        assert_eq!(landed.get(id), Some(&1), "{id}");
    }
    assert_eq!(landed.len(), ORDERS);
    assert!(
        engine.server.most_invocations() <= 10,
        "{}",
        engine.server.most_invocations()
    );
    assert_eq!(engine.server.queue().expect("its own").dead_letters(), []);
}
