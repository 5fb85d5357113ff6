//! Swaps that would pay too little, or that the wallet cannot pay for.

use serde_json::Value;
use solana::testing::{
    Landing, ScriptedPool, Simulated,
    accounts::{SOL, USDC},
};

use super::world::{World, ended};
use crate::support::{Engine, eventually, ten_sol};

/// The first attempt that failed: its code and its reason.
async fn failed_attempt(engine: &Engine, id: &str) -> (String, String) {
    let path = format!("/api/orders/{id}");
    eventually("an attempt that failed", async || {
        let order = engine.json(&path).await;
        let events = order["events"].as_array()?.iter();
        let mut payloads = events.map(|event| &event["payload"]);
        let failed = payloads.find(|payload| payload["code"].is_string())?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some((text(&failed["code"])?, text(&failed["reason"])?))
    })
    .await
}

fn attempts(order: &Value) -> usize {
    let events = order["events"].as_array().expect("events").iter();
    events.filter(|event| event["status"] == "building").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_signed_while_the_simulation_says_that_it_would_pay_too_little() {
    let world = World::moving(1).await;
    world.chain.simulates(|_| Simulated {
        error: Some(ScriptedPool::too_little()),
        ..Simulated::default()
    });
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    let order = ended(&engine, &id).await;
    world.assert_failed(&order, "slippage_exceeded", 0);
    assert_eq!(attempts(&order), 4, "{order:#}");
    assert_eq!(order["txHash"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_landed_and_paid_too_little_was_undone_and_is_tried_again() {
    let world = World::moving(2).await;
    world.chain.lands(|_| Landing::Fails {
        after_slots: 2,
        error: ScriptedPool::too_little(),
        logs: None,
    });
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    let order = ended(&engine, &id).await;
    world.assert_failed(&order, "slippage_exceeded", 4);
    assert_eq!(attempts(&order), 4, "{order:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_once_is_signed_again_and_lands_once() {
    let world = World::still(1).await;
    world.chain.lands(|_| Landing::Fails {
        after_slots: 2,
        error: ScriptedPool::too_little(),
        logs: None,
    });
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    world.first_sent().await;
    world.pool.lands(0, |quoted| quoted);
    world.chain.advance(2);
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(world.chain.sent().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_has_too_little_is_told_what_it_lacks() {
    let world = World::moving(1).await;
    let engine = world.engine().await;
    for (held, lacks) in [(7_500_000_000, "2.5 SOL"), (0, "10 SOL")] {
        world.pool.holds(&SOL, held);
        let id = engine.place(&ten_sol()).await;
        let order = ended(&engine, &id).await;
        world.assert_failed(&order, "insufficient_funds", 0);
        assert_eq!(attempts(&order), 1, "time mends it not: {order:#}");
        assert_eq!(order["failureReason"], format!("the wallet lacks {lacks}"));
    }
}

/// A program that pays less than its pool's accounts say is not the one that it is taken for,
/// however much slippage the order allows.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_signed_while_the_pool_would_not_pay_what_it_should() {
    let world = World::moving(1).await;
    world.pool.simulates(|due| due / 100 * 98);
    let engine = world.engine().await;
    let mut order = ten_sol();
    order["slippageBps"] = 500.into();
    let id = engine.place(&order).await;
    let (code, reason) = failed_attempt(&engine, &id).await;
    assert_eq!(code, "venues_unavailable");
    assert!(reason.starts_with("the chain would pay"), "{reason}");
    assert!(world.chain.sent().is_empty());
    assert_eq!(world.pool.held(&USDC), 7_000_000);

    world.pool.simulates(|due| due / 1_000 * 992);
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(world.chain.sent().len(), 1);
}
