//! A transaction that was sent, and nodes that do not know, do not answer, or lie.

use solana::testing::{ANY_METHOD, Fault, Landing};

use super::world::{World, ended};
use crate::support::ten_sol;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_dropped_is_signed_again_when_its_height_has_passed_and_not_before() {
    for nodes in [1, 2] {
        let world = World::still(nodes).await;
        world.chain.lands(|_| Landing::Dropped);
        let engine = world.engine().await;
        let id = engine.place(&ten_sol()).await;
        let first = world.first_sent().await;
        world.pool.lands(0, |quoted| quoted);
        let last_valid = first.last_valid_height.expect("a blockhash of the chain");

        world.moves_to(last_valid).await;
        let sent = world.chain.sent();
        assert_eq!(sent.len(), 1, "it can still land");
        assert!(sent[0].times > 1, "the stored bytes are sent again");

        world.chain.advance(1);
        let order = ended(&engine, &id).await;
        world.assert_confirmed_once(&order);
        let sent = world.chain.sent();
        assert_eq!(sent.len(), 2);
        assert!(sent[1].height > last_valid);
        let events = order["events"].as_array().expect("events").iter();
        let codes: Vec<_> = events
            .filter_map(|event| event["payload"]["code"].as_str())
            .collect();
        assert_eq!(codes, ["transaction_expired"], "{order:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_names_slots_for_heights_makes_nothing_look_expired() {
    const HEIGHT: &str = "getBlockHeight";
    for (nodes, lies) in [
        (1, &[HEIGHT][..]),
        (1, &[HEIGHT, "getLatestBlockhash"]),
        (2, &[HEIGHT]),
        (2, &[HEIGHT, "getLatestBlockhash"]),
    ] {
        let world = World::still(nodes).await;
        world.pool.lands(20, |quoted| quoted);
        let engine = world.engine().await;
        let id = engine.place(&ten_sol()).await;
        world.first_sent().await;
        for &method in lies {
            world.nodes[nodes - 1].always(method, Fault::SlotForHeight);
        }
        world.asked_again(HEIGHT, 5).await;
        assert_eq!(world.chain.sent().len(), 1, "{nodes} nodes, {lies:?}");

        world.chain.advance(20);
        let order = ended(&engine, &id).await;
        world.assert_confirmed_once(&order);
        assert_eq!(world.chain.sent().len(), 1, "{nodes} nodes, {lies:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_that_has_it_landed_is_enough() {
    for blind in [0, 1] {
        let world = World::moving(2).await;
        for method in ["getSignatureStatuses", "getTransaction"] {
            world.nodes[blind].always(method, Fault::Nothing);
        }
        let engine = world.engine().await;
        let id = engine.place(&ten_sol()).await;
        let order = ended(&engine, &id).await;
        world.assert_confirmed_once(&order);
        assert_eq!(world.chain.sent().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_knows_nothing_does_not_decide_while_the_other_is_away() {
    const STATUS: &str = "getSignatureStatuses";
    let world = World::still(2).await;
    world.pool.lands(2, |quoted| quoted);
    world.nodes[0].always(STATUS, Fault::Nothing);
    world.nodes[1].always(STATUS, Fault::Status(503));
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    world.first_sent().await;
    world.chain.advance(200); // it has landed, and its height is far behind
    world.asked_again(STATUS, 6).await;
    assert_eq!(world.chain.sent().len(), 1);

    world.nodes[1].recover();
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(world.chain.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_node_remembers_is_not_signed_again_while_its_marker_exists() {
    let world = World::still(2).await;
    world.pool.lands(2, |quoted| quoted);
    for node in &world.nodes {
        node.always("getSignatureStatuses", Fault::Nothing);
        node.always("getTransaction", Fault::Nothing);
    }
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    let first = world.first_sent().await;
    world.chain.advance(200);
    assert!(world.chain.height() > first.last_valid_height.expect("a blockhash of the chain"));
    world.asked_again("getSignatureStatuses", 6).await;
    assert_eq!(world.chain.sent().len(), 1);

    for node in &world.nodes {
        node.recover();
    }
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(world.chain.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_are_all_dead_for_a_while_cost_nothing_but_the_while() {
    for fault in [Fault::Status(503), Fault::Hang] {
        let world = World::still(2).await;
        let engine = world.engine().await;
        let id = engine.place(&ten_sol()).await;
        world.first_sent().await;
        for node in &world.nodes {
            node.always(ANY_METHOD, fault.clone());
        }
        world.chain.advance(200); // it lands meanwhile, and its height passes
        world.asked_again("getSignatureStatuses", 3).await;
        let order = engine.json(&format!("/api/orders/{id}")).await;
        assert_eq!(order["status"], "submitted", "{order:#}");

        for node in &world.nodes {
            node.recover();
        }
        let order = ended(&engine, &id).await;
        world.assert_confirmed_once(&order);
        assert_eq!(world.chain.sent().len(), 1);
    }
}
