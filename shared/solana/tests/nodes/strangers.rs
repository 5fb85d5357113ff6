//! Strangers who name an order's marker before they pay into it, or instead.

use engine::ports::ChainStatus;
use serde_json::json;
use solana::{instructions::SYSTEM_PROGRAM, rpc::Account, testing::Landing};

use crate::world::{MARKER, World};

fn pay_into_the_marker(world: &World) {
    let account = Account {
        owner: SYSTEM_PROGRAM,
        lamports: 890_880,
        data: Vec::new(),
    };
    world.chain.fund(MARKER, account);
}

fn undone() -> Landing {
    Landing::Fails {
        after_slots: 0,
        error: json!({ "InstructionError": [0, { "Custom": 1 }] }),
        logs: None,
    }
}

#[tokio::test]
async fn whoever_names_a_marker_and_leaves_nothing_there_has_not_made_it() {
    let world = World::of(2).await;
    let signed = world.signed().await;
    world.chain.name(MARKER, 20, &Landing::after(0));
    world.chain.name(MARKER, 20, &undone());
    pay_into_the_marker(&world);
    let status = world.status(&signed).await;
    assert_eq!(
        status.expect("all tell who made it"),
        ChainStatus::Unknown,
        "a stranger made it, so no swap of the order has landed"
    );
}

#[tokio::test]
async fn more_names_than_a_node_tells_at_once_are_read_page_by_page() {
    let world = World::of(1).await;
    let signed = world.signed().await;
    pay_into_the_marker(&world);
    world.chain.name(MARKER, 1_100, &undone());
    let status = world.status(&signed).await;
    assert_eq!(status.expect("it tells who made it"), ChainStatus::Unknown);
    let asked = world.nodes[0].calls_of("getSignaturesForAddress");
    assert_eq!(asked.len(), 2);
    assert!(asked[0][1]["before"].is_null(), "{:?}", asked[0]);
    assert!(asked[1][1]["before"].is_string(), "{:?}", asked[1]);
}

#[tokio::test]
async fn a_marker_that_is_named_too_often_leaves_its_order_in_doubt() {
    let world = World::of(1).await;
    let signed = world.signed().await;
    world.chain.name(MARKER, 200, &Landing::after(0));
    pay_into_the_marker(&world);
    let status = world.status(&signed).await;
    let doubt = status.expect_err("nobody has seen who made it");
    assert!(doubt.0.contains("named too often"), "{doubt}");
}
