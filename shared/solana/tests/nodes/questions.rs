//! What is asked, exactly, and who is asked when one does not answer.

use std::time::Duration;

use serde_json::{Value, json};
use solana::{
    rpc::{Account, Cause, OtherChain, Rpc},
    testing::{Fault, ScriptedChain, ScriptedNode, Simulated},
};
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use crate::world::{MARKER, OTHER_PROGRAM, PROGRAM, World, account};

#[tokio::test]
async fn accounts_are_those_of_one_slot() {
    let world = World::of(1).await;
    world.chain.set_account(MARKER, account());
    let slot = world.chain.slot();
    let found = world.rpc.accounts(&[PROGRAM, MARKER], Some(slot)).await;
    let found = found.expect("an answer");
    assert_eq!(found.slot, slot);
    assert_eq!(found.accounts, [None, Some(account())]);
    let keys = [PROGRAM.to_string(), MARKER.to_string()];
    let config = json!({
        "encoding": "base64", "commitment": "finalized", "minContextSlot": slot,
    });
    let asked = world.nodes[0].calls_of("getMultipleAccounts");
    assert_eq!(asked, [json!([keys, config])]);
}

#[tokio::test]
async fn accounts_of_another_shape_are_none() {
    let world = World::of(1).await;
    let good = json!({ "owner": PROGRAM.to_string(), "lamports": 1, "data": ["", "base64"] });
    for (field, wrong) in [
        ("owner", json!("?")),
        ("lamports", json!("1")),
        ("lamports", json!(1.0)),
        ("data", json!(["", "base58"])),
        ("data", json!(["?", "base64"])),
        ("data", json!("")),
    ] {
        let mut shape = good.clone();
        shape[field] = wrong.clone();
        let result = json!({ "context": { "slot": 1 }, "value": [shape] });
        world.nodes[0].once("getMultipleAccounts", Fault::Result(result));
        let error = world.rpc.accounts(&[MARKER], None).await;
        let cause = error.expect_err("another shape").cause;
        assert!(matches!(cause, Cause::Shape(_)), "{field} {wrong}: {cause}");
    }
    let too_many = json!({ "context": { "slot": 1 }, "value": [null, null] });
    world.nodes[0].once("getMultipleAccounts", Fault::Result(too_many));
    assert!(world.rpc.accounts(&[MARKER], None).await.is_err());
}

type IsCause = fn(&Cause) -> bool;

#[tokio::test]
async fn the_next_node_is_asked_when_it_may_answer() {
    let causes: [(Fault, IsCause); 9] = [
        (
            Fault::Busy {
                retry_after: Some(7),
            },
            |cause| {
                let retry_after = Some(Duration::from_secs(7));
                *cause == Cause::Busy { retry_after }
            },
        ),
        (Fault::Busy { retry_after: None }, |cause| {
            *cause == Cause::Busy { retry_after: None }
        }),
        (Fault::Status(503), |cause| *cause == Cause::Http(503)),
        (Fault::Status(302), |cause| *cause == Cause::Http(302)),
        (Fault::refuse(-32_005), |cause| {
            matches!(cause, Cause::Refused { code: -32_005, .. })
        }),
        (Fault::refuse(-32_602), |cause| {
            matches!(cause, Cause::Refused { code: -32_602, .. })
        }),
        (Fault::refuse(-32_016), |cause| *cause == Cause::Behind),
        (Fault::Body("[".to_owned()), |cause| {
            matches!(cause, Cause::Shape(_))
        }),
        (Fault::Hang, |cause| *cause == Cause::TimedOut),
    ];
    for (fault, is_cause) in causes {
        let world = World::with(2, |rpc| rpc.with_time_out(Duration::from_secs(1))).await;
        let [first, second] = &world.nodes[..] else {
            unreachable!("two nodes")
        };
        first.always("getLatestBlockhash", fault.clone());
        world.rpc.latest_blockhash().await.expect("the second's");
        // Whoever answered is asked first.
        world.rpc.latest_blockhash().await.expect("the second's");
        assert_eq!(first.calls().len(), 1, "{fault:?}");
        second.always("getLatestBlockhash", fault.clone());
        let error = world.rpc.latest_blockhash().await.expect_err("nobody's");
        assert!(is_cause(&error.cause), "{error}");
        assert_eq!(error.node.to_string(), "node 1");
    }
}

#[tokio::test]
async fn a_transaction_is_looked_for_in_the_whole_history() {
    let world = World::of(1).await;
    let signed = world.signed().await;
    world.status(&signed).await.expect("an answer");
    let config = json!({ "searchTransactionHistory": true });
    let asked = world.nodes[0].calls_of("getSignatureStatuses");
    assert_eq!(asked, [json!([[signed.signature], config])]);
}

#[tokio::test]
async fn an_answer_to_another_question_is_none() {
    let world = World::of(1).await;
    let other = json!({ "jsonrpc": "2.0", "id": 9_999, "result": 5 });
    world.nodes[0].once(
        "getMinimumBalanceForRentExemption",
        Fault::Body(other.to_string()),
    );
    let error = world.rpc.rent_exemption(1).await.expect_err("not ours");
    assert!(matches!(error.cause, Cause::Shape(_)), "{error}");
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let world = World::of(1).await;
    let endless = "x".repeat((16 << 20) + 1);
    world.nodes[0].once("getGenesisHash", Fault::Body(endless));
    let error = world.rpc.genesis_hash().await.expect_err("too large");
    assert!(error.to_string().contains("too large"), "{error}");
}

#[tokio::test]
async fn all_nodes_must_be_of_one_chain() {
    let (here, there) = (ScriptedChain::still(), ScriptedChain::still());
    there.set_genesis(Hash::new_from_array([8; 32]));
    let nodes = [
        ScriptedNode::of(&here).await.expect("a port"),
        ScriptedNode::of(&here).await.expect("a port"),
        ScriptedNode::of(&there).await.expect("a port"),
    ];
    let urls = nodes.each_ref().map(ScriptedNode::url);
    let rpc = Rpc::new(&urls[..2]).expect("nodes");
    let hash = Hash::new_from_array([7; 32]).to_string();
    let agreed = rpc.genesis_hash().await.expect("both agree");
    assert_eq!((agreed.hash, agreed.answered), (hash.clone(), 2));
    let rpc = Rpc::new(&urls).expect("nodes");
    let error = rpc.genesis_hash().await.expect_err("another chain");
    assert!(matches!(&error, OtherChain::Differs { node, .. } if node.to_string() == "node 3"));
    nodes[2].always("getGenesisHash", Fault::Status(500));
    let agreed = rpc.genesis_hash().await.expect("the others agree");
    assert_eq!((agreed.hash, agreed.answered), (hash, 2));
    assert_eq!(agreed.silent[0].node.to_string(), "node 3");
    for node in &nodes {
        node.always("getGenesisHash", Fault::Status(500));
    }
    let error = rpc.genesis_hash().await.expect_err("all are silent");
    assert!(matches!(&error, OtherChain::Silent(_)), "{error}");
    assert!(Rpc::new(&[]).is_err());
}

#[tokio::test]
async fn a_node_that_was_silent_says_which_chain_it_is_of_before_it_is_believed() {
    for is_same in [true, false] {
        let world = World::of(2).await;
        let [first, second] = &world.nodes[..] else {
            unreachable!("two nodes")
        };
        second.once("getGenesisHash", Fault::Status(500));
        let agreed = world.rpc.genesis_hash().await.expect("one answers");
        assert_eq!(agreed.answered, 1);
        first.always("getLatestBlockhash", Fault::Hang);
        if !is_same {
            let other = Hash::new_from_array([8; 32]).to_string();
            second.always("getGenesisHash", Fault::Result(json!(other)));
        }
        let quick = world.rpc.with_time_out(Duration::from_millis(500));
        for _ in 0..2 {
            match quick.latest_blockhash().await {
                Ok(_) => assert!(is_same, "it is of another chain"),
                Err(error) => assert!(!is_same && error.cause == Cause::OtherChain, "{error}"),
            }
        }
        let asked = second.calls_of("getGenesisHash").len();
        assert_eq!(asked, if is_same { 2 } else { 3 });
    }
}

#[tokio::test]
async fn a_simulation_needs_no_signature() {
    let world = World::of(1).await;
    let after = Account {
        lamports: 5,
        ..account()
    };
    let written = after.clone();
    world.chain.set_account(PROGRAM, account());
    world.chain.simulates(move |bytes| Simulated {
        logs: vec![format!("{} bytes", bytes.len())],
        units_consumed: 41_000,
        accounts: vec![(MARKER, written.clone())],
        ..Simulated::default()
    });
    let keys = [MARKER, PROGRAM, OTHER_PROGRAM];
    let simulation = world.rpc.simulate(&[0; 3], &keys).await.expect("an answer");
    assert_eq!(simulation.error, None);
    assert_eq!(simulation.logs, ["3 bytes"]);
    assert_eq!(simulation.units_consumed, Some(41_000));
    assert_eq!(simulation.accounts, [Some(after), Some(account()), None]);
    assert_eq!(simulation.slot, world.chain.slot());
    let config = json!({
        "encoding": "base64",
        "commitment": "finalized",
        "sigVerify": false,
        "replaceRecentBlockhash": true,
        "accounts": { "encoding": "base64", "addresses": keys.map(|key| key.to_string()) },
    });
    let asked = world.nodes[0].calls_of("simulateTransaction");
    assert_eq!(asked, [json!(["AAAA", config])]);

    world.chain.simulates(|_| Simulated {
        error: Some(json!({ "InstructionError": [1, { "Custom": 6_005 }] })),
        ..Simulated::default()
    });
    let simulation = world.rpc.simulate(&[0; 3], &keys).await.expect("an answer");
    assert!(simulation.error.is_some());
    assert!(simulation.accounts.is_empty());
}

#[tokio::test]
async fn fees_rent_and_heights_are_read() {
    let world = World::of(2).await;
    world.chain.set_fees(vec![0, 1_000, 7]);
    world.chain.set_rent(10);
    let fees = world.rpc.prioritization_fees(&[MARKER]).await;
    assert_eq!(fees.expect("an answer"), [0, 1_000, 7]);
    let rent = world.rpc.rent_exemption(72).await.expect("an answer");
    assert_eq!(rent, 2_000);
    let asked = |method| world.nodes[0].calls_of(method);
    let keys: Value = json!([[MARKER.to_string()]]);
    assert_eq!(asked("getRecentPrioritizationFees"), [keys]);
    let params = json!([72, { "commitment": "finalized" }]);
    assert_eq!(asked("getMinimumBalanceForRentExemption"), [params]);

    world.nodes[1].always("getBlockHeight", Fault::SlotForHeight);
    let heights = world.rpc.block_height().await.into_iter();
    let heights: Vec<_> = heights
        .map(|(node, height)| (node.to_string(), height.expect("an answer")))
        .collect();
    let (slot, height) = (world.chain.slot(), world.chain.height());
    assert_eq!(
        heights,
        [("node 1".to_owned(), height), ("node 2".to_owned(), slot)]
    );
    let blockhash = world.rpc.latest_blockhash().await.expect("an answer");
    assert_eq!(blockhash.last_valid_height, height + 150);
    assert_eq!(blockhash.slot, slot);
}

#[tokio::test]
async fn nothing_is_read_that_may_still_change() {
    let world = World::with(1, |rpc| rpc).await;
    let accounts = world.rpc.accounts(&[Pubkey::default()], None).await;
    accounts.expect("an answer");
    world.record.finalized_height().await.expect("an answer");
    let calls = world.nodes[0].calls();
    assert_eq!(calls.len(), 3, "{calls:?}");
    for call in calls {
        let config = call.params.as_array().and_then(|params| params.last());
        let config = config.expect("a configuration");
        assert_eq!(config["commitment"], "finalized", "{}", call.method);
    }
}
