//! Orders whose first transaction every node has denied, and which has landed all the same: they
//! end with it, whatever happened to them meanwhile.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use solana::testing::{Fault, Landing};

use super::world::{World, ended};
use crate::support::{Engine, eventually};

/// Who made a marker.
const MAKER: &str = "getSignaturesForAddress";

/// An order that everybody fills and that would wait for a week.
fn order(expires_in: SignedDuration) -> Value {
    json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 10, "limitPrice": "1",
        "expiresAt": (Timestamp::now() + expires_in).to_string(),
    })
}

/// Places an order and has its first transaction dropped, until that is taken for dead. No other
/// one is signed before the nodes recover. Answers the order and the transaction.
async fn denied(world: &World, engine: &Engine, order: &Value) -> (String, String) {
    world.chain.lands(|_| Landing::Dropped);
    let id = engine.place(order).await;
    let first = world.first_sent().await;
    for node in &world.nodes {
        node.always("simulateTransaction", Fault::Status(503));
    }
    world
        .moves_to(first.last_valid_height.expect("a blockhash of the chain"))
        .await;
    world.chain.advance(1);
    eventually("it is taken for dead", async || {
        let order = engine.json(&format!("/api/orders/{id}")).await;
        (order["attempt"].as_u64()? > 1).then_some(())
    })
    .await;
    (id, first.signature)
}

/// The nodes show the transaction from now on, whose order is settled with it.
fn reveal(world: &World, signature: &str) {
    world.pool.lands(0, |quoted| quoted);
    world.chain.reveal(signature);
}

fn nobody_tells_who_made_a_marker(world: &World) {
    for node in &world.nodes {
        node.always(MAKER, Fault::refuse(-32_601));
    }
}

async fn cancel(engine: &Engine, id: &str) -> (u16, Value) {
    let url = engine.url(&format!("/api/orders/{id}"));
    let answer = engine.client.delete(url).send().await.expect("an answer");
    (
        answer.status().as_u16(),
        answer.json().await.expect("an order"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_not_cancelled_when_its_first_transaction_has_landed_late() {
    for is_in_doubt in [false, true] {
        let world = World::still(2).await;
        let engine = world.engine().await;
        let (id, first) = denied(&world, &engine, &order(SignedDuration::from_hours(1))).await;
        if is_in_doubt {
            nobody_tells_who_made_a_marker(&world);
        }
        reveal(&world, &first);
        let (status, answer) = cancel(&engine, &id).await;
        assert_eq!(status, 202, "{answer:#}");
        assert_eq!(answer["cancelRequested"], true, "{answer:#}");
        if is_in_doubt {
            world.asked_again(MAKER, 1).await;
            let order = engine.json(&format!("/api/orders/{id}")).await;
            assert_ne!(order["status"], "cancelled", "{order:#}");
            for node in &world.nodes {
                node.recover();
            }
        }
        let order = ended(&engine, &id).await;
        let mut events = order["events"].as_array().expect("its events").iter();
        let asked = json!({ "by": "client", "cancelRequested": true });
        let asked = events.find(|event| event["payload"] == asked);
        assert_eq!(asked.expect("the wish")["status"], answer["status"]);
        world.assert_confirmed_once(&order);
        assert_eq!(order["txHash"], first);
        assert_eq!(order["chosenDex"], "Raydium");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_first_transaction_has_not_landed_is_cancelled_at_once() {
    let world = World::still(2).await;
    let engine = world.engine().await;
    let (id, _) = denied(&world, &engine, &order(SignedDuration::from_hours(1))).await;
    let (status, answer) = cancel(&engine, &id).await;
    assert_eq!((status, &answer["status"]), (200, &json!("cancelled")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_does_not_expire_when_its_first_transaction_has_landed_late() {
    let world = World::still(2).await;
    let engine = world.engine().await;
    let expires_in = SignedDuration::from_secs(20);
    let (placed, order) = (Timestamp::now(), order(expires_in));
    let (id, first) = denied(&world, &engine, &order).await;
    nobody_tells_who_made_a_marker(&world);
    reveal(&world, &first);
    eventually("its time ends", async || {
        (Timestamp::now() > placed + expires_in).then_some(())
    })
    .await;
    world.asked_again(MAKER, 2).await;
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(
        order["failureCode"],
        Value::Null,
        "nobody can tell: {order:#}"
    );

    for node in &world.nodes {
        node.recover();
    }
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(order["txHash"], first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_transaction_gives_way_to_the_first_that_has_landed_late() {
    let world = World::still(2).await;
    let engine = world.engine().await;
    let (id, first) = denied(&world, &engine, &order(SignedDuration::from_hours(1))).await;
    for node in &world.nodes {
        node.recover();
    }
    eventually("a second transaction", async || {
        (world.chain.sent().len() == 2).then_some(())
    })
    .await;
    reveal(&world, &first);
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(order["txHash"], first);
    assert_eq!(world.chain.sent().len(), 2);
}
