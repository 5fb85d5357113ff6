//! A node's URL holds a key, and nobody is shown it.

use std::{net::TcpListener, time::Duration};

use serde_json::json;
use solana::{
    rpc::{Cause, Rpc},
    testing::{ANY_METHOD, Fault},
};

use crate::world::World;

#[tokio::test]
async fn no_error_and_no_debug_shows_a_key() {
    let world = World::with(1, |rpc| rpc.with_time_out(Duration::from_millis(500))).await;
    let node = &world.nodes[0];
    let shown = format!("{:?} {:?}", world.rpc, world.record);
    assert!(!shown.contains(node.key()), "{shown}");
    let told = Fault::Refuse {
        code: -32_000,
        message: format!("{} may not do that", node.url()),
        data: json!({ "key": node.key() }),
    };
    for fault in [
        told,
        Fault::Busy { retry_after: None },
        Fault::Status(401),
        Fault::Status(307),
        Fault::Hang,
        Fault::Body("?".to_owned()),
    ] {
        node.always(ANY_METHOD, fault);
        let error = world.rpc.latest_blockhash().await.expect_err("a fault");
        let height = world.record.finalized_height().await.expect_err("a fault");
        let genesis = world.rpc.genesis_hash().await.expect_err("a fault");
        let shown = format!("{error} {error:?} {height} {genesis} {genesis:?}");
        assert!(!shown.contains(node.key()), "{shown}");
        assert!(!shown.contains("127.0.0.1"), "{shown}");
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_place_that_was_not_named() {
    let (world, other) = (World::of(1).await, World::of(1).await);
    let elsewhere = Fault::Redirect(other.nodes[0].url().to_string());
    world.nodes[0].always(ANY_METHOD, elsewhere);
    let error = world.rpc.latest_blockhash().await.expect_err("elsewhere");
    assert_eq!(error.cause, Cause::Http(307));
    assert!(other.nodes[0].calls().is_empty());
}

#[tokio::test]
async fn a_node_that_is_not_there_is_called_by_its_number() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let url = format!("http://name:password-1@{address}/?api-key=f00dfeed");
    let rpc = Rpc::new(&[url.parse().expect("a URL")]).expect("a node");
    let error = rpc.latest_blockhash().await.expect_err("nobody is there");
    assert_eq!(error.cause, Cause::Unreachable);
    let text = "node 1, getLatestBlockhash: it cannot be reached";
    assert_eq!(error.to_string(), text);
    let shown = format!("{error:?} {rpc:?}");
    for secret in ["f00dfeed", "password", "127.0.0.1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
