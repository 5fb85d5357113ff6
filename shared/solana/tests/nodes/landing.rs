//! What is said of a transaction that lands.

use std::time::Duration;

use serde_json::json;
use solana::{
    rpc::TokenBalance,
    testing::{Fault, Landing},
};
use solana_pubkey::Pubkey;

use crate::world::{OTHER_PROGRAM, World, is_in_flight, is_landed};

#[tokio::test]
async fn it_has_paid_what_the_wallets_token_account_has_more() {
    let world = World::of(1).await;
    let others = |amount| TokenBalance {
        account: Pubkey::new_from_array([0x70; 32]),
        owner: OTHER_PROGRAM,
        ..world.balance(amount)
    };
    let other_token = |amount| TokenBalance {
        account: Pubkey::new_from_array([0x71; 32]),
        mint: OTHER_PROGRAM,
        ..world.balance(amount)
    };
    // More than a float holds exactly.
    let before = (1 << 53) + 1;
    let pre = [others(9_000), other_token(700), world.balance(before)];
    let post = [other_token(600), world.balance(before + 4_001), others(8)];
    let signed = world.sent(world.pays(&pre, &post)).await;
    let status = world.status(&signed).await;
    assert!(is_landed(&status, 4_001), "{status:?}");
}

#[tokio::test]
async fn a_token_account_that_it_has_made_held_nothing_before() {
    let world = World::of(1).await;
    let signed = world.sent(world.pays(&[], &[world.balance(77)])).await;
    let status = world.status(&signed).await;
    assert!(is_landed(&status, 77), "{status:?}");
}

#[tokio::test]
async fn it_is_in_flight_until_it_is_final() {
    let world = World::of(2).await;
    let landing = Landing::Lands {
        after_slots: 2,
        pre: Vec::new(),
        post: vec![world.balance(5)],
        accounts: Vec::new(),
    };
    let signed = world.sent(landing).await;
    world.chain.advance(1);
    let status = world.status(&signed).await;
    assert!(is_in_flight(&status), "{status:?}");
    world.chain.advance(1);
    let status = world.status(&signed).await;
    assert!(is_landed(&status, 5), "{status:?}");
}

#[tokio::test]
async fn one_node_that_has_it_is_enough() {
    for bad in [0, 1] {
        let world = World::of(2).await;
        let signed = world.landed().await;
        world.knows_no_transaction(bad, &Fault::Nothing);
        let status = world.status(&signed).await;
        assert!(is_landed(&status, 250), "{status:?}");
    }
}

#[tokio::test]
async fn a_node_that_fails_does_not_hide_what_another_has() {
    for fault in [Fault::Status(503), Fault::refuse(-32_005), Fault::Behind(9)] {
        let world = World::of(2).await;
        let signed = world.landed().await;
        world.knows_no_transaction(0, &fault);
        let status = world.status(&signed).await;
        assert!(is_landed(&status, 250), "{fault:?}: {status:?}");
    }
}

#[tokio::test]
async fn a_node_that_hangs_is_not_waited_for_when_another_has_it() {
    let world = World::with(2, |rpc| rpc.with_time_out(Duration::from_secs(3_600))).await;
    let signed = world.landed().await;
    world.nodes[0].always("getSignatureStatuses", Fault::Hang);
    let asked = tokio::time::timeout(Duration::from_secs(20), world.status(&signed));
    let status = asked.await.expect("an answer without the node that hangs");
    assert!(is_landed(&status, 250), "{status:?}");
}

#[tokio::test]
async fn an_end_that_no_node_can_tell_more_of_yet_is_asked_for_again() {
    let world = World::of(2).await;
    let signed = world.landed().await;
    for node in &world.nodes {
        node.once("getTransaction", Fault::Nothing);
    }
    let status = world.status(&signed).await;
    assert!(is_in_flight(&status), "{status:?}");
    let status = world.status(&signed).await;
    assert!(is_landed(&status, 250), "{status:?}");
}

#[tokio::test]
async fn versions_that_a_node_does_not_tell_of_are_asked_for_elsewhere() {
    let world = World::of(2).await;
    let signed = world.landed().await;
    world.nodes[0].always("getTransaction", Fault::refuse(-32_015));
    let status = world.status(&signed).await;
    assert!(is_landed(&status, 250), "{status:?}");
    let asked = world.nodes[1].calls_of("getTransaction");
    let config = json!({
        "encoding": "json",
        "commitment": "finalized",
        "maxSupportedTransactionVersion": 1,
    });
    assert_eq!(asked, [json!([signed.signature, config])]);

    world.nodes[1].always("getTransaction", Fault::refuse(-32_015));
    let status = world.status(&signed).await;
    assert!(status.is_err(), "{status:?}");
}

#[tokio::test]
async fn a_transaction_that_has_landed_and_paid_nothing_is_no_fill() {
    let world = World::of(1).await;
    let more_than_after = [world.balance(9)];
    for (pre, post) in [
        (&[][..], &[][..]),
        (&[][..], &[world.balance(0)][..]),
        (&more_than_after[..], &[world.balance(8)][..]),
        (&more_than_after[..], &[][..]),
    ] {
        world.chain.advance(1);
        let signed = world.sent(world.pays(pre, post)).await;
        let status = world.status(&signed).await;
        assert!(status.is_err(), "{status:?}");
    }
}
