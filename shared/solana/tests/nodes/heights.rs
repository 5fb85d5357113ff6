//! Which final heights are believed.

use std::time::Duration;

use engine::ports::ChainStatus;
use serde_json::json;
use solana::testing::{ANY_METHOD, Fault};

use crate::world::World;

#[tokio::test]
async fn the_lower_one_of_two_counts() {
    for behind in [0, 1] {
        let world = World::of(2).await;
        world.nodes[behind].always(ANY_METHOD, Fault::Behind(20));
        let height = world.record.finalized_height().await.expect("both answer");
        assert_eq!(height, world.chain.height() - 20);
    }
}

#[tokio::test]
async fn one_of_two_is_not_enough_and_two_of_three_are() {
    for fault in [Fault::Status(502), Fault::Hang, Fault::SlotForHeight] {
        let short = |rpc: solana::rpc::Rpc| rpc.with_time_out(Duration::from_secs(1));
        let world = World::with(2, short).await;
        world.nodes[0].always("getBlockHeight", fault.clone());
        let height = world.record.finalized_height().await;
        assert!(height.is_err(), "{fault:?}: {height:?}");

        let world = World::with(3, short).await;
        world.nodes[0].always("getBlockHeight", fault.clone());
        let height = world.record.finalized_height().await.expect("two answer");
        assert_eq!(height, world.chain.height(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_slot_is_no_height() {
    for method in ["getBlockHeight", "getLatestBlockhash"] {
        let world = World::of(1).await;
        world.nodes[0].once(method, Fault::SlotForHeight);
        let height = world.record.finalized_height().await;
        assert!(height.is_err(), "{method}: {height:?}");
        let height = world.record.finalized_height().await.expect("as it is");
        assert_eq!(height, world.chain.height());
    }
}

#[tokio::test]
async fn a_node_that_names_slots_in_both_answers_does_not_lift_the_other() {
    let world = World::of(2).await;
    world.nodes[0].always(ANY_METHOD, Fault::SlotForHeight);
    let height = world.record.finalized_height().await;
    assert!(height.is_err(), "{height:?}");
    world.nodes[0].recover();
    let height = world.record.finalized_height().await.expect("both agree");
    assert_eq!(height, world.chain.height());
}

/// A blockhash as it is, of a slot that has not come.
fn of_the_future(world: &World) -> Fault {
    Fault::Result(json!({ "context": { "slot": 1u64 << 60 }, "value": {
        "blockhash": "11111111111111111111111111111111",
        "lastValidBlockHeight": world.chain.height() + 150,
    } }))
}

#[tokio::test]
async fn a_slot_of_the_future_puts_no_other_node_behind() {
    for nodes in [2, 3] {
        let world = World::of(nodes).await;
        let signed = world.signed().await;
        world.nodes[0].always("getLatestBlockhash", of_the_future(&world));
        let blockhash = world.rpc.latest_blockhash().await.expect("a blockhash");
        let may_sign = world.record.may_sign_with(&blockhash);
        may_sign.expect("nothing speaks against its height");
        let height = world.record.finalized_height().await;
        assert_eq!(height.ok(), (nodes == 3).then(|| world.chain.height()));
        let status = world.status(&signed).await;
        let status = status.expect("no node is behind");
        assert_eq!(status, ChainStatus::Unknown, "{nodes} nodes");
    }
}

#[tokio::test]
async fn a_height_is_held_against_those_before() {
    let world = World::of(1).await;
    let first = world.record.finalized_height().await.expect("an answer");
    world.nodes[0].always(ANY_METHOD, Fault::SlotForHeight);
    let height = world.record.finalized_height().await;
    assert!(height.is_err(), "{height:?}");
    world.nodes[0].recover();
    world.chain.advance(10);
    let height = world.record.finalized_height().await.expect("an answer");
    assert_eq!(height, first + 10);
}

#[tokio::test]
async fn the_first_height_is_held_against_what_was_signed_with() {
    let world = World::of(1).await;
    let blockhash = world.rpc.latest_blockhash().await.expect("a blockhash");
    world.record.may_sign_with(&blockhash).expect("the first");
    world.nodes[0].always(ANY_METHOD, Fault::SlotForHeight);
    let height = world.record.finalized_height().await;
    assert!(height.is_err(), "{height:?}");
}

#[tokio::test]
async fn nothing_is_signed_with_a_blockhash_that_cannot_be_of_now() {
    let world = World::of(1).await;
    world.record.finalized_height().await.expect("an answer");
    for fault in [Fault::SlotForHeight, Fault::Behind(151), Fault::Behind(31)] {
        world.nodes[0].once("getLatestBlockhash", fault.clone());
        let blockhash = world.rpc.latest_blockhash().await.expect("a blockhash");
        let answer = world.record.may_sign_with(&blockhash);
        assert!(answer.is_err(), "{fault:?}");
    }
    let blockhash = world.rpc.latest_blockhash().await.expect("a blockhash");
    world.record.may_sign_with(&blockhash).expect("of now");
}

#[tokio::test]
async fn what_one_node_was_signed_with_is_not_final_for_two() {
    let world = World::of(2).await;
    let blockhash = world.rpc.latest_blockhash().await.expect("a blockhash");
    world.record.may_sign_with(&blockhash).expect("the first");
    world.nodes[1].always(ANY_METHOD, Fault::Behind(30));
    let height = world.record.finalized_height().await.expect("both answer");
    assert_eq!(height, world.chain.height() - 30);
}

#[tokio::test]
async fn blocks_are_not_made_faster_than_time_allows() {
    let world = World::of(1).await;
    world.record.finalized_height().await.expect("an answer");
    world.chain.advance(10_000);
    let height = world.record.finalized_height().await;
    assert!(height.is_err(), "{height:?}");
}

#[tokio::test]
async fn it_never_goes_back() {
    let world = World::of(1).await;
    let first = world.record.finalized_height().await.expect("an answer");
    // A balancer asks another machine, which is a little behind.
    world.nodes[0].always(ANY_METHOD, Fault::Behind(10));
    let height = world.record.finalized_height().await.expect("an answer");
    assert_eq!(height, first);
    world.nodes[0].always(ANY_METHOD, Fault::Behind(1_000));
    let height = world.record.finalized_height().await;
    assert!(height.is_err(), "{height:?}");
}

#[tokio::test]
async fn heights_of_another_shape_are_none() {
    let world = World::of(1).await;
    for shape in [json!(null), json!("1"), json!(1.5), json!(-1), json!({})] {
        for method in ["getBlockHeight", "getLatestBlockhash"] {
            world.nodes[0].once(method, Fault::Result(shape.clone()));
            let height = world.record.finalized_height().await;
            assert!(height.is_err(), "{method} {shape}: {height:?}");
        }
    }
    let too_low = json!({ "context": { "slot": 1 }, "value": {
        "blockhash": "11111111111111111111111111111111", "lastValidBlockHeight": 149,
    } });
    world.nodes[0].once("getLatestBlockhash", Fault::Result(too_low));
    let height = world.record.finalized_height().await;
    assert!(height.is_err(), "{height:?}");
}
