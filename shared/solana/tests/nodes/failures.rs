//! Nothing is said of a transaction while a node that might know it fails.

use std::time::Duration;

use engine::ports::ChainStatus;
use serde_json::{Value, json};
use solana::testing::Fault;

use crate::world::{MARKER, World};

/// What a node does instead of answering.
fn silences() -> Vec<Fault> {
    vec![
        Fault::refuse(-32_005),
        Fault::refuse(-32_016),
        Fault::Busy { retry_after: None },
        Fault::Status(500),
        Fault::Status(404),
        Fault::Body("<html>".to_owned()),
        Fault::Body("{}".to_owned()),
        Fault::Body(r#"{"jsonrpc":"2.0","id":1}"#.to_owned()),
        Fault::Body(r#"{"jsonrpc":"2.0","id":0,"result":null}"#.to_owned()),
        Fault::Body(r#"{"jsonrpc":"2.0","id":1,"error":"no"}"#.to_owned()),
        Fault::Result(json!(null)),
        Fault::Result(json!([])),
        Fault::Result(json!({ "value": [null] })),
        Fault::Hang,
    ]
}

#[tokio::test]
async fn a_node_that_fails_may_be_the_one_that_knows() {
    let world = World::with(2, |rpc| rpc.with_time_out(Duration::from_secs(1))).await;
    let signed = world.signed().await;
    for fault in silences() {
        world.nodes[1].always("getSignatureStatuses", fault.clone());
        let status = world.status(&signed).await;
        assert!(status.is_err(), "{fault:?}: {status:?}");
    }
    world.nodes[1].recover();
    let status = world.status(&signed).await.expect("both answer");
    assert_eq!(status, ChainStatus::Unknown);
}

#[tokio::test]
async fn a_slow_node_is_waited_for() {
    let world = World::of(2).await;
    let signed = world.landed().await;
    world.nodes[0].always("getSignatureStatuses", Fault::Nothing);
    let pause = Duration::from_millis(200);
    world.nodes[1].always("getSignatureStatuses", Fault::Slow(pause));
    let status = world.status(&signed).await.expect("both answer");
    assert!(matches!(status, ChainStatus::Landed { .. }), "{status:?}");
}

#[tokio::test]
async fn a_status_of_another_shape_is_no_status() {
    let world = World::of(1).await;
    let signed = world.landed().await;
    let slot = world.chain.slot();
    let good = json!({ "slot": slot, "err": null, "confirmationStatus": "finalized" });
    let with = |field: &str, value: Value| {
        let mut status = good.clone();
        status[field] = value;
        status
    };
    let without = |field: &str| {
        let mut status = good.clone();
        status.as_object_mut().expect("an object").remove(field);
        status
    };
    let answer = |statuses: Vec<Value>| {
        let result = json!({ "context": { "slot": slot }, "value": statuses });
        world.nodes[0].always("getSignatureStatuses", Fault::Result(result));
    };
    for statuses in [
        vec![],
        vec![Value::Null, Value::Null],
        vec![json!("finalized")],
        vec![without("err")],
        vec![without("slot")],
        vec![without("confirmationStatus")],
        vec![with("confirmationStatus", json!("rooted"))],
        vec![with("slot", json!(-1))],
    ] {
        answer(statuses.clone());
        let status = world.status(&signed).await;
        assert!(status.is_err(), "{statuses:?}: {status:?}");
    }
    answer(vec![good]);
    let status = world.status(&signed).await.expect("a status");
    assert!(matches!(status, ChainStatus::Landed { .. }), "{status:?}");
}

#[tokio::test]
async fn a_transaction_of_another_shape_has_done_nothing_that_is_known() {
    let world = World::of(1).await;
    let signed = world.landed().await;
    let paid = json!([{
        "accountIndex": 0,
        "owner": world.paid().owner.to_string(),
        "mint": world.paid().mint.to_string(),
        "uiTokenAmount": { "amount": "12", "decimals": 6 },
    }]);
    let good = json!({
        "slot": 1,
        "transaction": {
            "signatures": [signed.signature],
            "message": { "accountKeys": [MARKER.to_string()], "instructions": [] },
        },
        "meta": { "err": null, "fee": 5_000, "preTokenBalances": [], "postTokenBalances": paid },
    });
    let mut without_err = good["meta"].clone();
    without_err
        .as_object_mut()
        .expect("an object")
        .remove("err");
    let balance = "/meta/postTokenBalances/0";
    for (path, wrong) in [
        ("/meta".to_owned(), json!(null)),
        ("/meta".to_owned(), without_err),
        ("/meta/preTokenBalances".to_owned(), json!(null)),
        ("/transaction/signatures/0".to_owned(), json!("another")),
        ("/transaction/signatures".to_owned(), json!([])),
        (format!("{balance}/accountIndex"), json!(1)),
        (format!("{balance}/owner"), json!(null)),
        (format!("{balance}/mint"), json!("short")),
        (format!("{balance}/uiTokenAmount/amount"), json!(12)),
        (format!("{balance}/uiTokenAmount/amount"), json!("12.0")),
        (format!("{balance}/uiTokenAmount/amount"), json!("-12")),
        (format!("{balance}/uiTokenAmount/decimals"), json!(256)),
    ] {
        let mut answer = good.clone();
        *answer.pointer_mut(&path).expect(&path) = wrong.clone();
        world.nodes[0].always("getTransaction", Fault::Result(answer));
        let status = world.status(&signed).await;
        assert!(status.is_err(), "{path} {wrong}: {status:?}");
    }
    world.nodes[0].always("getTransaction", Fault::Result(good));
    let status = world.status(&signed).await.expect("a transaction");
    assert!(matches!(status, ChainStatus::Landed { .. }), "{status:?}");
}

#[tokio::test]
async fn an_order_with_a_marker_has_landed_whatever_is_said_of_the_signature() {
    for has_it in [0, 1] {
        let world = World::of(2).await;
        let signed = world.signed().await;
        world.make_marker();
        world.nodes[1 - has_it].always("getMultipleAccounts", Fault::Nothing);
        let status = world.status(&signed).await;
        assert!(status.is_err(), "{status:?}");
        // An order that makes none is not asked for one.
        let paid = world.paid();
        let status = world.record.status(&signed.signature, &paid, None).await;
        assert_eq!(status.expect("both answer"), ChainStatus::Unknown);
    }
}

#[tokio::test]
async fn a_marker_that_cannot_be_read_may_be_there() {
    let world = World::with(2, |rpc| rpc.with_time_out(Duration::from_secs(1))).await;
    let signed = world.signed().await;
    for fault in silences() {
        world.nodes[1].always("getMultipleAccounts", fault.clone());
        let status = world.status(&signed).await;
        assert!(status.is_err(), "{fault:?}: {status:?}");
    }
}
