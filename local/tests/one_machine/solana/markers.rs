//! Orders whose marker exists: their own, which every node has denied, and a stranger's.

use serde_json::json;
use solana::{
    instructions::{SYSTEM_PROGRAM, marker},
    rpc::Account,
    testing::{Fault, Landing},
};

use super::world::{World, ended};
use crate::support::{Engine, eventually, ten_sol};

/// What a node is asked about a transaction, and about an order's marker.
const DENIALS: [&str; 3] = [
    "getSignatureStatuses",
    "getTransaction",
    "getMultipleAccounts",
];

fn some_lamports() -> Account {
    Account {
        owner: SYSTEM_PROGRAM,
        lamports: 890_880,
        data: Vec::new(),
    }
}

/// Waits until an order's transaction was taken for dead.
async fn given_up(engine: &Engine, id: &str) {
    eventually("it is taken for dead", async || {
        let order = engine.json(&format!("/api/orders/{id}")).await;
        let events = order["events"].as_array()?.iter();
        let mut codes = events.map(|event| &event["payload"]["code"]);
        codes.find(|code| **code == "transaction_expired").map(drop)
    })
    .await;
}

/// Every node denies what has landed, for as long as the engine has to believe them.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_has_landed_while_every_node_denied_it_ends_with_what_landed() {
    let world = World::still(2).await;
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    let first = world.first_sent().await;
    for node in &world.nodes {
        for method in DENIALS {
            node.always(method, Fault::Nothing);
        }
    }
    world
        .moves_to(first.last_valid_height.expect("a blockhash of the chain"))
        .await;
    world.chain.advance(1);
    given_up(&engine, &id).await;
    for node in &world.nodes {
        node.recover();
        node.always("getSignaturesForAddress", Fault::refuse(-32_601));
    }
    world.asked_again("getSignaturesForAddress", 2).await;
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(
        order["status"], "routing",
        "nobody says whose marker it is: {order:#}"
    );
    assert_eq!(world.chain.sent().len(), 1);

    for node in &world.nodes {
        node.recover();
    }
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(order["txHash"], first.signature);
    assert_eq!(world.chain.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marker_tells_what_no_node_remembers_by_its_signature() {
    let world = World::still(2).await;
    for node in &world.nodes {
        node.always("getSignatureStatuses", Fault::Nothing);
    }
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    let first = world.first_sent().await;
    world.chain.advance(2);
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(order["txHash"], first.signature);
}

/// Anybody may send lamports anywhere. No swap of the order can land then: it ends, and says why.
#[tokio::test(flavor = "multi_thread")]
async fn a_marker_that_a_stranger_has_made_ends_the_order_and_no_swap_has_happened() {
    let refused = json!({ "InstructionError": [2, { "Custom": 0 }] });
    for landing in [
        Landing::Dropped,
        Landing::Fails {
            after_slots: 2,
            error: refused,
            logs: None,
        },
    ] {
        let world = World::still(2).await;
        let becomes = landing.clone();
        world.chain.lands(move |_| becomes.clone());
        let engine = world.engine().await;
        let id = engine.place(&ten_sol()).await;
        let first = world.first_sent().await;
        let marker = marker::address(&world.pool.wallet(), id.parse().expect("a UUID"));
        world.chain.fund(marker, some_lamports());
        if landing == Landing::Dropped {
            world
                .moves_to(first.last_valid_height.expect("a blockhash of the chain"))
                .await;
        }
        world.chain.advance(2);
        let order = ended(&engine, &id).await;
        world.assert_failed(&order, "swap_failed", 1);
        let reason = order["failureReason"].as_str().expect("a reason");
        assert!(reason.starts_with("somebody has sent lamports"), "{reason}");
    }
}
