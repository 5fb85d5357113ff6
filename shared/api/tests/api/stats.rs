//! What became of all orders of a time.

use std::sync::atomic::Ordering;

use axum::{body::Body, http::Request};
use engine::order::{Failure, FailureCode, OrderEvent};
use serde_json::{Value, json};

use crate::{orders::confirm, test_api::TestApi};

#[tokio::test]
async fn every_order_of_the_window_is_counted_by_what_became_of_it() {
    let api = TestApi::new();
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(api.place().await);
    }
    confirm(&api, &ids[0]);
    confirm(&api, &ids[1]);
    api.orders
        .advance(&ids[2], OrderEvent::RoutingStarted { fired: None });
    let failure = Failure::new(FailureCode::NoLiquidity, "the pool is empty");
    let failed = OrderEvent::Failed {
        failure,
        settled: None,
    };
    api.orders.advance(&ids[2], failed);
    let cancel = Request::delete(format!("/api/orders/{}", ids[3]));
    api.send(cancel.body(Body::empty()).expect("a request"))
        .await;

    // One order a second from 08:00:00 on.
    let mut stats = api.get("/api/stats?window=1h").await.json();
    let buckets = stats["buckets"].take();
    let by_status = json!({"cancelled": 1, "confirmed": 2, "expired": 0, "failed": 1});
    assert_eq!(
        stats,
        json!({
            "window": "1h", "since": "2027-01-15T07:00:05.000Z",
            "until": "2027-01-15T08:00:05.000Z",
            "orders": 5, "open": 1, "byStatus": by_status,
            "byFailureCode": {"no_liquidity": 1},
            "msToConfirmed": {"p50": 1_000, "p95": 1_000, "p99": 1_000},
            "volume": [{
                "tokenIn": "SOL", "tokenOut": "USDC", "orders": 2,
                "amountIn": "20", "amountOut": "1581.96622",
            }],
            "bucketSeconds": 60, "buckets": null,
        })
    );
    let buckets = buckets.as_array().expect("buckets");
    assert_eq!(
        buckets.len(),
        61,
        "each minute, the first and the last in part"
    );
    assert_eq!(buckets[0]["at"], "2027-01-15T07:00:00.000Z");
    assert_eq!(
        (&buckets[59]["orders"], &buckets[59]["byStatus"]["failed"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        buckets[60],
        json!({"at": "2027-01-15T08:00:00.000Z", "orders": 5, "open": 1, "byStatus": by_status})
    );
}

#[tokio::test]
async fn a_day_and_a_week_are_looked_at_by_the_hour() {
    let api = TestApi::new();
    api.place().await;
    for (window, name, buckets) in [
        ("", "24h", 25),
        ("?window=24h", "24h", 25),
        ("?window=7d", "7d", 169),
    ] {
        let stats = api.get(&format!("/api/stats{window}")).await.json();
        assert_eq!(
            (&stats["window"], &stats["bucketSeconds"]),
            (&json!(name), &json!(3_600))
        );
        assert_eq!(
            stats["buckets"].as_array().map(Vec::len),
            Some(buckets),
            "{window}"
        );
        assert_eq!((&stats["orders"], &stats["open"]), (&json!(1), &json!(1)));
        assert_eq!(stats["msToConfirmed"], Value::Null, "none was confirmed");
        assert_eq!(
            (&stats["volume"], &stats["byFailureCode"]),
            (&json!([]), &json!({}))
        );
    }
}

#[tokio::test]
async fn however_many_ask_at_once_the_order_book_is_added_up_once() {
    let api = TestApi::new();
    let stalled = api.orders.stall.write().await;
    let asking = futures::future::join_all((0..50).map(|_| api.get("/api/stats")));
    let (answers, ()) = futures::future::join(asking, async { drop(stalled) }).await;
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{answers:?}"
    );
    assert_eq!(api.orders.tallies.load(Ordering::Relaxed), 1);
}
