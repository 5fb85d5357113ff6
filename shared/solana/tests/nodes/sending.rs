//! Signed bytes go to every node.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use solana::testing::{Fault, ScriptedNode};

use crate::world::World;

fn already_processed(data: Value, message: &str) -> Fault {
    Fault::Refuse {
        code: -32_002,
        message: message.to_owned(),
        data,
    }
}

/// A node is given the bytes in its own time.
async fn is_given(node: &ScriptedNode) {
    let given = async {
        while node.calls_of("sendTransaction").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let given = tokio::time::timeout(Duration::from_secs(20), given);
    given.await.expect("each node is given the bytes");
}

#[tokio::test]
async fn every_node_is_given_the_bytes_as_they_are() {
    let world = World::of(3).await;
    let signed = world.signed().await;
    world.rpc.send(&signed.bytes).await.expect("it is taken");
    let config = json!({ "encoding": "base64", "skipPreflight": true, "maxRetries": 0 });
    for node in &world.nodes {
        is_given(node).await;
        let sent = STANDARD.encode(&signed.bytes);
        assert_eq!(node.calls_of("sendTransaction"), [json!([sent, config])]);
    }
    let sent = world.chain.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].signature, signed.signature);
    assert_eq!(sent[0].bytes, signed.bytes);
    assert_eq!(sent[0].last_valid_height, Some(signed.last_valid_height));
}

#[tokio::test]
async fn one_that_takes_them_is_enough() {
    let world = World::with(3, |rpc| rpc.with_time_out(Duration::from_secs(3_600))).await;
    let signed = world.signed().await;
    world.nodes[0].always("sendTransaction", Fault::Hang);
    world.nodes[1].always("sendTransaction", Fault::Status(500));
    let sent = world.rpc.send(&signed.bytes);
    let sent = tokio::time::timeout(Duration::from_secs(20), sent).await;
    sent.expect("not as slow as the slowest")
        .expect("it is taken");
    is_given(&world.nodes[0]).await;
}

#[tokio::test]
async fn a_slow_node_is_given_the_bytes_after_another_has_taken_them() {
    let world = World::of(2).await;
    let signed = world.signed().await;
    let pause = Duration::from_millis(300);
    world.nodes[1].always("sendTransaction", Fault::Slow(pause));
    world.rpc.send(&signed.bytes).await.expect("it is taken");
    let both = async {
        while world.chain.sent()[0].times < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let both = tokio::time::timeout(Duration::from_secs(20), both).await;
    both.expect("the slow node takes them too");
}

#[tokio::test]
async fn what_was_processed_before_was_taken() {
    let world = World::of(1).await;
    let signed = world.signed().await;
    for fault in [
        already_processed(json!({ "err": "AlreadyProcessed" }), "failed"),
        already_processed(
            Value::Null,
            "Transaction simulation failed: This transaction has already been processed",
        ),
    ] {
        world.nodes[0].once("sendTransaction", fault);
        world.rpc.send(&signed.bytes).await.expect("it was taken");
    }
    let other = already_processed(json!({ "err": "BlockhashNotFound" }), "failed");
    world.nodes[0].once("sendTransaction", other);
    assert!(world.rpc.send(&signed.bytes).await.is_err());
}

#[tokio::test]
async fn it_is_not_sent_when_no_node_takes_it() {
    let world = World::of(2).await;
    let signed = world.signed().await;
    world.nodes[0].always("sendTransaction", Fault::Status(500));
    world.nodes[1].always("sendTransaction", Fault::Busy { retry_after: None });
    assert!(world.rpc.send(&signed.bytes).await.is_err());
    world.nodes[1].recover();
    let mut forged = signed.bytes.clone();
    forged[1] ^= 1;
    assert!(world.rpc.send(&forged).await.is_err());
    assert!(world.chain.sent().is_empty());
}

#[tokio::test]
async fn the_same_bytes_are_the_same_transaction() {
    let world = World::of(1).await;
    let signed = world.landed().await;
    world.rpc.send(&signed.bytes).await.expect("it is taken");
    let sent = world.chain.sent();
    assert_eq!((sent.len(), sent[0].times), (1, 2));
}
