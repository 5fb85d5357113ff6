//! How it went, of orders that were really executed.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Engine, ten_sol};

fn millis(order: &Value) -> i64 {
    let time = |field: &str| -> jiff::Timestamp {
        let text = order[field].as_str().expect("a time");
        text.parse().expect("a time")
    };
    time("updatedAt").as_millisecond() - time("createdAt").as_millisecond()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statistics_are_those_of_the_orders() {
    const CONFIRMED: usize = 7;
    let engine = Engine::start().await;
    let (mut received, mut times) = (Decimal::ZERO, Vec::new());
    for _ in 0..CONFIRMED {
        let id = engine.place(&ten_sol()).await;
        engine.story(&id).await;
        let order = engine.json(&format!("/api/orders/{id}")).await;
        let amount: Decimal = order["amountOut"]
            .as_str()
            .expect("it was confirmed")
            .parse()
            .expect("a decimal");
        received += amount;
        times.push(millis(&order));
    }
    times.sort_unstable();
    let limit = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1, "limitPrice": "5000",
    });
    let mut at_once = limit.clone();
    at_once["timeInForce"] = "IOC".into();
    let expired = engine.place(&at_once).await;
    engine.story(&expired).await;
    // More than the pools hold.
    let too_much = json!({
        "type": "market", "tokenIn": "USDC", "tokenOut": "SOL", "amount": "18446744073709",
    });
    let failed = engine.place(&too_much).await;
    engine.story(&failed).await;
    let waits = engine.place(&limit).await;
    engine
        .watch(&format!("orderId={waits}"))
        .await
        .until("waiting")
        .await;
    // What health writes is no order.
    assert_eq!(engine.get("/health").await.status(), 200);

    let mut stats = engine.json("/api/stats?window=1h").await;
    let buckets = stats["buckets"].take();
    assert_eq!(
        (&stats["orders"], &stats["open"]),
        (&json!(CONFIRMED + 3), &json!(1))
    );
    assert_eq!(
        stats["byStatus"],
        json!({"cancelled": 0, "confirmed": CONFIRMED, "expired": 1, "failed": 1})
    );
    assert_eq!(
        stats["byFailureCode"],
        json!({"limit_not_met": 1, "no_liquidity": 1})
    );
    let longest = times[CONFIRMED - 1];
    assert_eq!(
        stats["msToConfirmed"],
        json!({"p50": times[CONFIRMED / 2], "p95": longest, "p99": longest})
    );
    assert_eq!(
        stats["volume"],
        json!([{
            "tokenIn": "SOL", "tokenOut": "USDC", "orders": CONFIRMED,
            "amountIn": (10 * CONFIRMED).to_string(), "amountOut": received.normalize().to_string(),
        }])
    );
    let buckets = buckets.as_array().expect("buckets");
    let orders = buckets
        .iter()
        .map(|bucket| bucket["orders"].as_u64().expect("a count"));
    assert_eq!(
        orders.sum::<u64>(),
        stats["orders"].as_u64().expect("a count")
    );
    assert_eq!(buckets.len(), 61);
}
