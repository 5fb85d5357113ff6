//! When a transaction counts as dead: as the engine asks, height first and the record after.

use engine::ports::{ChainStatus, Unavailable};
use solana::testing::{Fault, Landing};

use crate::world::{MARKER, Signed, World, account};

/// Moves the chain past the last valid height, no faster than heights are believed.
async fn pass(world: &World, signed: &Signed) {
    while world.record.finalized_height().await.expect("a height") <= signed.last_valid_height {
        world.chain.advance(50);
    }
}

/// Whether the engine may sign again.
async fn is_dead(world: &World, signed: &Signed) -> Result<bool, Unavailable> {
    if world.record.finalized_height().await? <= signed.last_valid_height {
        return Ok(false);
    }
    Ok(world.status(signed).await? == ChainStatus::Unknown)
}

#[tokio::test]
async fn what_was_dropped_is_dead_once_it_can_no_longer_land() {
    let world = World::of(2).await;
    let signed = world.sent(Landing::Dropped).await;
    assert!(!is_dead(&world, &signed).await.expect("both answer"));
    pass(&world, &signed).await;
    assert!(is_dead(&world, &signed).await.expect("both answer"));
    assert_eq!(world.chain.sent().len(), 1);
}

#[tokio::test]
async fn bytes_that_come_too_late_do_not_land() {
    let world = World::of(1).await;
    let signed = world.signed().await;
    pass(&world, &signed).await;
    world.chain.lands(|_| Landing::after(0));
    world.rpc.send(&signed.bytes).await.expect("it is taken");
    assert!(is_dead(&world, &signed).await.expect("an answer"));
}

#[tokio::test]
async fn what_was_taken_and_forgotten_is_not_dead_before_its_time() {
    let world = World::of(1).await;
    world.nodes[0].once("sendTransaction", Fault::Forget);
    let signed = world.signed().await;
    world.rpc.send(&signed.bytes).await.expect("it is taken");
    assert!(world.chain.sent().is_empty());
    assert!(!is_dead(&world, &signed).await.expect("an answer"));
    pass(&world, &signed).await;
    assert!(is_dead(&world, &signed).await.expect("an answer"));
}

#[tokio::test]
async fn a_lying_height_kills_nothing() {
    for nodes in [1, 2] {
        let world = World::of(nodes).await;
        let signed = world.sent(Landing::after(100)).await;
        for node in &world.nodes {
            node.always("getBlockHeight", Fault::SlotForHeight);
        }
        assert!(is_dead(&world, &signed).await.is_err());
    }
}

#[tokio::test]
async fn an_answer_from_before_the_final_height_is_none() {
    let world = World::of(2).await;
    let signed = world.sent(Landing::Dropped).await;
    pass(&world, &signed).await;
    for fault in [Fault::Behind(400), Fault::refuse(-32_016)] {
        world.nodes[1].always("getSignatureStatuses", fault.clone());
        let status = world.status(&signed).await;
        assert!(status.is_err(), "{fault:?}: {status:?}");
    }
    world.nodes[1].recover();
    world.nodes[1].always("getMultipleAccounts", Fault::Behind(400));
    let status = world.status(&signed).await;
    assert!(status.is_err(), "{status:?}");
    // So a node is told how new its answer must be.
    for (method, place) in [("getSignatureStatuses", 1), ("getMultipleAccounts", 1)] {
        let asked = world.nodes[0].calls_of(method);
        let config = &asked.last().expect("it was asked")[place];
        assert_eq!(config["minContextSlot"], world.chain.slot(), "{method}");
    }
}

#[tokio::test]
async fn a_node_without_history_kills_nothing_while_the_marker_is_there() {
    let world = World::of(2).await;
    let landing = Landing::Lands {
        after_slots: 1,
        pre: Vec::new(),
        post: vec![world.balance(3)],
        accounts: vec![(MARKER, Some(account()))],
    };
    let signed = world.sent(landing).await;
    pass(&world, &signed).await;
    for node in 0..2 {
        world.knows_no_transaction(node, &Fault::Nothing);
    }
    assert!(is_dead(&world, &signed).await.is_err());
}

#[tokio::test]
async fn what_has_landed_at_the_last_moment_is_found_after_the_height() {
    let world = World::of(2).await;
    let landing = Landing::Lands {
        after_slots: 150,
        pre: Vec::new(),
        post: vec![world.balance(3)],
        accounts: Vec::new(),
    };
    let signed = world.sent(landing).await;
    pass(&world, &signed).await;
    assert!(!is_dead(&world, &signed).await.expect("both answer"));
    // A second transaction would overlap nothing: the first is final.
    assert!(world.chain.overlapping().is_empty());
}

#[tokio::test]
async fn a_chain_tells_of_two_transactions_that_may_land_at_once() {
    let world = World::of(1).await;
    let first = world.sent(Landing::Dropped).await;
    world.chain.advance(1);
    let second = world.sent(Landing::Dropped).await;
    assert_ne!(first.signature, second.signature);
    assert_eq!(world.chain.overlapping(), [second.signature]);
    let times: Vec<_> = world.chain.sent().iter().map(|sent| sent.times).collect();
    assert_eq!(times, [1, 1]);
}
