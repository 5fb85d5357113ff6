//! Limit orders on a market that moves: they wait, fire, expire, and never execute below their
//! price.
//!
//! `JUMP_ORDERS=10000 cargo test -p local --test one_machine a_gap_fires` fires so many at once.

use std::collections::HashMap;

use futures::{StreamExt, stream};
use reqwest::Client;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use simulation::{Landed, Market};

use crate::support::{Engine, QUICK, assert_complete, eventually, landed, serve, statuses};

/// 10 SOL to USDC, at this price or better.
fn limit(price: impl ToString) -> Value {
    json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 10,
        "limitPrice": price.to_string(),
    })
}

fn and(mut body: Value, field: &str, value: impl Into<Value>) -> Value {
    body[field] = value.into();
    body
}

fn decimal(value: &Value) -> Decimal {
    let text = value.as_str().expect("a decimal");
    text.parse().expect("a decimal")
}

/// What 10 SOL would be paid now, for each.
async fn best_price(base: &str) -> Decimal {
    let url = format!("{base}/api/quote?tokenIn=SOL&tokenOut=USDC&amount=10");
    let quote: Value = reqwest::get(url)
        .await
        .expect("the engine answers")
        .json()
        .await
        .expect("JSON");
    let offers = quote["quotes"].as_array().expect("offers");
    let prices = offers.iter().map(|offer| decimal(&offer["price"]));
    prices.max().expect("a venue")
}

async fn best(engine: &Engine) -> Decimal {
    best_price(&engine.url("")).await
}

/// That the chain's record and the order agree, and that it was paid its limit at least.
fn assert_at_its_limit_or_better(order: &Value, landed: &[Landed]) {
    assert_eq!(order["status"], "confirmed", "{order:#}");
    let swaps: Vec<&Landed> = landed
        .iter()
        .filter(|swap| order["id"] == swap.order.to_string())
        .collect();
    let [swap] = swaps[..] else {
        panic!("{} swaps of {order:#}", swaps.len());
    };
    let received = decimal(&order["amountOut"]);
    assert_eq!(
        received,
        Decimal::new(swap.amount_out.try_into().expect("small"), 6)
    );
    assert!(
        received >= decimal(&order["amount"]) * decimal(&order["limitPrice"]),
        "{order:#}"
    );
    assert!(
        decimal(&order["executedPrice"]) >= decimal(&order["limitPrice"]),
        "{order:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marketable_limit_order_is_executed_like_a_market_order() {
    let engine = Engine::start().await;
    let id = engine.place(&limit(10)).await;
    let story = engine.story(&id).await;
    assert_complete(&story);
    assert_eq!(
        statuses(&story),
        ["pending", "routing", "building", "submitted", "confirmed"]
    );
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_at_its_limit_or_better(&order, &engine.landed().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_far_away_waits_and_says_why_and_ends_when_it_is_to() {
    let engine = Engine::start().await;
    let expires = jiff::Timestamp::now() + std::time::Duration::from_secs(12);
    let body = and(limit(500), "expiresAt", expires.to_string());
    let id = engine.place(&body).await;
    let mut subscriber = engine.watch(&format!("orderId={id}")).await;
    subscriber.until("waiting").await;
    let order = engine.json(&format!("/api/orders/{id}")).await;
    let waiting = &order["waiting"];
    assert_eq!(waiting["reason"], "limit_not_met", "{order:#}");
    assert!(decimal(&waiting["bestPrice"]) < Decimal::from(500));
    assert!(
        waiting["distanceBps"]
            .as_i64()
            .is_some_and(|bps| bps > 10_000),
        "{order:#}"
    );
    let of_open = engine
        .json("/api/orders?open=true&status=waiting&type=limit")
        .await;
    assert_eq!(of_open[0]["id"], json!(id));
    let rest = subscriber.to_the_end().await;
    assert_eq!(
        statuses(&rest),
        ["expired"],
        "a check in vain is no event: {rest:#?}"
    );
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(
        (&order["status"], &order["failureCode"], &order["waiting"]),
        (&json!("expired"), &json!("deadline_exceeded"), &Value::Null)
    );
    assert!(
        order["updatedAt"].as_str() >= order["expiresAt"].as_str(),
        "{order:#}"
    );
    assert_eq!(engine.landed_for(&id).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_does_not_wait_is_checked_once() {
    let engine = Engine::start().await;
    let id = engine.place(&and(limit(500), "timeInForce", "IOC")).await;
    let story = engine.story(&id).await;
    assert_eq!(statuses(&story), ["pending", "routing", "expired"]);
    assert_eq!(story[2]["payload"]["code"], "limit_not_met");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_order_with_a_minimum_fails_rather_than_pays_less() {
    let engine = Engine::start().await;
    let body = json!({
        "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 10,
        "minAmountOut": "5000",
    });
    let order = engine.place(&body).await;
    let met = engine.place(&and(body, "minAmountOut", "100")).await;
    let story = engine.story(&met).await;
    assert_eq!(statuses(&story).last(), Some(&"confirmed"));
    let story = engine.story(&order).await;
    assert_eq!(
        statuses(&story),
        [
            "pending", "routing", "routing", "routing", "routing", "failed"
        ]
    );
    assert_eq!(story[5]["payload"]["code"], "min_amount_out");
    assert_eq!(engine.landed_for(&order).await, 0);
}

/// The engine is down while the price moves: nobody has seen it cross a limit.
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_fires_what_it_has_met_each_once_and_never_below_its_limit() {
    let orders = std::env::var("JUMP_ORDERS").map_or(200, |n| n.parse().expect("a number"));
    let (low, high) = lowest_and_highest();
    let options = |seed| [&QUICK[..], &["--sim-seed", seed]].concat();
    let engine = Engine::start_with(&options(&low), |trading| trading).await;
    let price = best(&engine).await;
    // From a tenth of a percent above the price to half of one.
    let limits = (0..orders).map(|n: u32| {
        let above =
            Decimal::new(10_010, 4) + Decimal::new(i64::from(n) * 4_000, 6) / Decimal::from(orders);
        (price * above).round_dp(6)
    });
    let limits: Vec<Decimal> = limits.collect();
    let far = engine.place(&limit(1_000)).await;
    let ids: Vec<String> = stream::iter(limits)
        .map(|price| {
            let engine = &engine;
            async move { engine.place(&limit(price)).await }
        })
        .buffer_unordered(20)
        .collect()
        .await;
    eventually("nobody is worked on", async || {
        let waiting = count(&engine, "waiting").await + count(&engine, "confirmed").await;
        (waiting == ids.len() + 1).then_some(())
    })
    .await;
    let database = engine.stop().await;
    let server = serve(database.url(), &options(&high), |trading| trading).await;
    let base = format!("http://{}", server.address());
    let client = Client::new();
    let read = async |id: &str| -> Option<Value> {
        let answer = client.get(format!("{base}/api/orders/{id}")).send();
        answer.await.ok()?.json().await.ok()
    };
    let mut orders = HashMap::new();
    for id in &ids {
        let order = eventually("all but the one far away are final", async || {
            let order = read(id).await?;
            (order["status"] == "confirmed").then_some(order)
        });
        orders.insert(id.clone(), order.await);
    }
    let landed = landed(database.url()).await;
    for order in orders.values() {
        assert_at_its_limit_or_better(order, &landed);
        assert_complete(order["events"].as_array().expect("events"));
    }
    assert_eq!(landed.len(), ids.len(), "nothing else was executed");
    let far = read(&far).await.expect("an answer");
    assert_eq!(far["status"], "waiting");
    assert!(
        server.most_invocations() <= 10,
        "{}",
        server.most_invocations()
    );
    assert_eq!(server.queue().expect("its own").dead_letters(), []);
    server.stop().await;
}

async fn count(engine: &Engine, status: &str) -> usize {
    let mut count = 0;
    let mut path = format!("/api/orders?limit=200&type=limit&status={status}");
    loop {
        let answer = engine.get(&path).await;
        let link = answer
            .headers()
            .get("link")
            .and_then(|link| link.to_str().ok());
        let next = link
            .and_then(|link| link.split(['<', '>']).nth(1))
            .map(str::to_owned);
        let page: Vec<Value> = answer.json().await.expect("a page");
        count += page.len();
        match next {
            Some(next) => path = next,
            None => return count,
        }
    }
}

/// The seeds of the lowest and the highest market of now.
fn lowest_and_highest() -> (String, String) {
    let slot = u64::try_from(jiff::Timestamp::now().as_millisecond() / 400).expect("after 1970");
    let price = |seed: &u64| Market::new(*seed).reference_out("SOL", "USDC", 1_000_000_000, slot);
    let lowest = (1..100).min_by_key(price).expect("seeds");
    let highest = (1..100).max_by_key(price).expect("seeds");
    (lowest.to_string(), highest.to_string())
}
