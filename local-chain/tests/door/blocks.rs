//! Blocks, and what is created in them.

use serde_json::{Value, json};

use crate::node::Node;

/// What CPMM's `initialize` begins with.
const INITIALIZE: [u8; 8] = [175, 175, 109, 31, 13, 152, 155, 237];

fn block(node: &Node, slot: u64) -> Result<Value, Value> {
    let config = json!({"encoding": "json", "maxSupportedTransactionVersion": 1});
    node.try_call("getBlock", json!([slot, config]))
}

#[test]
fn a_block_names_the_one_before_it_and_tells_what_landed() {
    let node = Node::start();
    let mint = node.call("_createToken", json!([]));
    node.warp(1);
    let pool = node.call("_createPool", json!([mint, {"burnsShares": true}]));
    node.warp(1);
    let created = node.call("getSlot", json!([{"commitment": "processed"}]));
    let created = created.as_u64().unwrap();
    // It is not told before it is final.
    assert_eq!(block(&node, created).unwrap_err()["code"], -32004);
    node.warp(3);
    let listed = node.call("getBlocksWithLimit", json!([created - 1, 3]));
    assert_eq!(listed, json!([created - 1, created, created + 1]));
    let (before, found) = (block(&node, created - 1), block(&node, created));
    let (before, found) = (before.unwrap(), found.unwrap());
    assert_eq!(found["parentSlot"], created - 1);
    assert_eq!(found["previousBlockhash"], before["blockhash"]);

    let landed = &found["transactions"][0];
    assert_eq!(landed["meta"]["err"], Value::Null, "{landed:#}");
    let message = &landed["transaction"]["message"];
    let instruction = &message["instructions"][0];
    let data = bs58::decode(instruction["data"].as_str().unwrap());
    assert!(data.into_vec().unwrap().starts_with(&INITIALIZE));
    let third = usize::try_from(instruction["accounts"][3].as_u64().unwrap()).unwrap();
    assert_eq!(message["accountKeys"][third], pool);

    let genesis = block(&node, 1).unwrap_err();
    assert_eq!(genesis["code"], -32007, "{genesis}");
    let unversioned = node.try_call("getBlock", json!([created]));
    assert_eq!(unversioned.unwrap_err()["code"], -32015);
    assert_eq!(
        block(&node, created + 1).unwrap()["transactions"],
        json!([])
    );
}
