//! An order that goes well, and what is offered where it does.

use serde_json::{Value, json};
use solana::testing::accounts::SOL;

use super::world::{World, ended};
use crate::support::{assert_complete, statuses, ten_sol};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_confirmed_with_what_the_chain_says_was_received() {
    let world = World::moving(2).await;
    // Others swap between the quote, the simulation and the landing.
    world.pool.simulates(|quoted| quoted - quoted / 200);
    world.pool.lands(2, |quoted| quoted - 1_234_567);
    let engine = world.engine().await;
    let sol_before = world.pool.held(&SOL);
    let early = engine.watch("").await;
    let id = engine.place(&ten_sol()).await;

    let story = engine.story(&id).await;
    assert_complete(&story);
    let smooth = ["pending", "routing", "building", "submitted", "confirmed"];
    assert_eq!(statuses(&story), smooth);
    drop(early);
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(order["events"], Value::from(story.clone()));
    assert_eq!(order["chosenDex"], "Raydium");
    assert_eq!(order["txHash"], story[3]["payload"]["txHash"]);
    assert_eq!(order["amountOut"], story[4]["payload"]["amountOut"]);
    assert_eq!(world.chain.sent().len(), 1);
    world.assert_confirmed_once(&order);
    assert_eq!(sol_before - world.pool.held(&SOL), 10_000_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_one_after_the_other_land_once_each() {
    let world = World::moving(1).await;
    let engine = world.engine().await;
    let mut hashes = Vec::new();
    for _ in 0..3 {
        let id = engine.place(&ten_sol()).await;
        let order = ended(&engine, &id).await;
        assert_eq!(order["status"], "confirmed", "{order:#}");
        hashes.push(order["txHash"].as_str().expect("one").to_owned());
    }
    assert_eq!(world.chain.landed(), hashes);
    assert_eq!(world.chain.overlapping(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_market_says_which_chain_it_is_and_what_is_not_done_there() {
    let world = World::still(1).await;
    let engine = world.engine().await;
    let market = engine.json("/api/market").await;
    assert_eq!(market["kind"], "local", "{market}");
    assert_eq!(
        market["explorer"], "https://explorer.example/tx/{signature}",
        "{market}"
    );
    assert_eq!(market["pairs"], json!([["SOL", "USDC"]]), "{market}");
    assert_eq!(market["orderTypes"], json!(["market", "limit"]), "{market}");
    let venues = market["venues"].as_array().expect("venues").iter();
    let venues: Vec<&Value> = venues.map(|venue| &venue["id"]).collect();
    assert_eq!(venues, ["Raydium"]);

    let mint = world.pool.address().to_string();
    let sniper = json!({ "type": "sniper", "tokenIn": "SOL", "tokenOut": mint, "amount": "0.5" });
    let answer = engine.post(&sniper).await;
    assert_eq!(answer.status(), 400);
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["code"], "unsupported_order_type", "{problem}");
    assert_eq!(engine.json("/api/orders").await, json!([]));
    assert!(world.chain.sent().is_empty());
}
