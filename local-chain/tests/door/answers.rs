//! The shapes of the answers, and the errors with a node's codes.

use serde_json::{Value, json};
use solana_address::Address;
use solana_message::{Message, VersionedMessage};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use venues::Side;

use crate::node::{NOW, Node, compute_price, custom, encode};
use crate::swap::At;

/// The code of the error that a call answers.
fn code(node: &Node, method: &str, params: Value) -> Value {
    node.try_call(method, params).unwrap_err()["code"].clone()
}

#[test]
fn a_record_tells_what_moved() {
    let node = Node::start();
    let quote = At::Cpmm.quote(&node, Side::Sell, 50_000_000);
    let transaction = node.sign(&[At::Cpmm.swap(&node, Side::Sell, 50_000_000, 0)]);
    let record = node.land(&transaction);
    assert_eq!(record["version"], 0);
    assert_eq!(record["blockTime"], NOW);
    assert_eq!(record["meta"]["fee"], 5_000);
    assert!(record["meta"]["computeUnitsConsumed"].as_u64().unwrap() > 20_000);
    let logs = record["meta"]["logMessages"].as_array().unwrap();
    assert!(
        logs.iter()
            .any(|line| line == "Program log: Instruction: SwapBaseInput")
    );
    assert_eq!(
        record["transaction"]["signatures"][0],
        transaction.signatures[0].to_string()
    );
    let keys = record["transaction"]["message"]["accountKeys"]
        .as_array()
        .unwrap();
    assert_eq!(keys[0], node.wallet.pubkey().to_string());
    assert_eq!(
        record["meta"]["preBalances"].as_array().unwrap().len(),
        keys.len()
    );

    let inner = &record["meta"]["innerInstructions"][0];
    assert_eq!(inner["index"], 0);
    let transfers = inner["instructions"].as_array().unwrap();
    assert_eq!(transfers.len(), 2, "in and out");
    let program = usize::try_from(transfers[0]["programIdIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(keys[program], local_chain::programs::TOKEN.to_string());
    assert_eq!(transfers[0]["stackHeight"], 2);

    let own = node.own(quote.mints[1]).to_string();
    let index = keys.iter().position(|key| *key == own).unwrap();
    let balances = record["meta"]["postTokenBalances"].as_array().unwrap();
    let balance = balances
        .iter()
        .find(|balance| balance["accountIndex"] == index)
        .unwrap();
    assert_eq!(balance["mint"], local_chain::genesis::USDC.mint.to_string());
    assert_eq!(balance["owner"], node.wallet.pubkey().to_string());
    let amount = 1_000_000_000_000 + quote.amount_out;
    assert_eq!(balance["uiTokenAmount"]["amount"], amount.to_string());
    assert_eq!(balance["uiTokenAmount"]["decimals"], 6);
}

#[test]
fn a_transaction_of_version_0_wants_to_be_expected() {
    let node = Node::start();
    let signature = node.send(&node.sign(&[At::Cpmm.swap(&node, Side::Sell, 50_000_000, 0)]));
    node.warp(3);
    let plain = json!([signature, {"encoding": "json"}]);
    assert_eq!(code(&node, "getTransaction", plain), -32015);

    let payer = node.wallet.pubkey();
    let swap = At::Cpmm.swap(&node, Side::Sell, 50_000_000, 0);
    let message = Message::new_with_blockhash(&[swap], Some(&payer), &node.blockhash());
    let message = VersionedMessage::Legacy(message);
    let legacy = VersionedTransaction::try_new(message, &[&node.wallet]).unwrap();
    let signature = node.send(&legacy);
    node.warp(3);
    let record = node.call("getTransaction", json!([signature, {"encoding": "json"}]));
    assert_eq!(record["meta"]["err"], Value::Null);
    assert_eq!(record.get("version"), None);
}

#[test]
fn a_slot_that_is_not_reached_is_an_error_with_the_slot() {
    let node = Node::start();
    let slot = node
        .call("getSlot", json!([{"commitment": "processed"}]))
        .as_u64()
        .unwrap();
    let late = json!({"minContextSlot": slot + 1, "commitment": "processed", "encoding": "base64"});
    let transaction = encode(&node.sign(&[compute_price(1)]));
    for (method, params) in [
        ("getSlot", json!([late])),
        ("getBlockHeight", json!([late])),
        ("getLatestBlockhash", json!([late])),
        ("getMultipleAccounts", json!([[], late])),
        ("getSignatureStatuses", json!([[], late])),
        ("simulateTransaction", json!([transaction, late])),
        ("sendTransaction", json!([transaction, late])),
    ] {
        let error = node.try_call(method, params).unwrap_err();
        assert_eq!(error["code"], -32016, "{method}");
        assert_eq!(error["data"]["contextSlot"], slot, "{method}");
    }
}

#[test]
fn a_trial_changes_nothing_and_tells_the_accounts_after_it() {
    let node = Node::start();
    let quote = At::Dlmm.quote(&node, Side::Buy, 79_200_000);
    let own = node.own(quote.mints[0]);
    let before = node.tokens(own);
    let mut transaction = node.sign(&[At::Dlmm.swap(&node, Side::Buy, 79_200_000, 0)]);
    // Neither signed nor with a known blockhash, as a trial may be.
    transaction.signatures[0] = solana_signature::Signature::default();
    transaction
        .message
        .set_recent_blockhash(solana_hash::Hash::default());
    let config = json!({
        "encoding": "base64", "sigVerify": false, "replaceRecentBlockhash": true,
        "accounts": {"encoding": "base64", "addresses": [own.to_string()]},
    });
    let answer = node.call("simulateTransaction", json!([encode(&transaction), config]));
    let value = &answer["value"];
    assert_eq!(value["err"], Value::Null);
    assert!(value["unitsConsumed"].as_u64().unwrap() > 45_000);
    assert!(value["replacementBlockhash"]["lastValidBlockHeight"].is_u64());
    assert!(!value["logs"].as_array().unwrap().is_empty());
    let data = value["accounts"][0]["data"][0].as_str().unwrap();
    let data = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, data).unwrap();
    let after = u64::from_le_bytes(data[64..72].try_into().unwrap());
    assert_eq!(after - before, quote.amount_out);
    assert_eq!(node.tokens(own), before);

    let plain = json!({"encoding": "base64"});
    let answer = node.call("simulateTransaction", json!([encode(&transaction), plain]));
    assert_eq!(answer["value"]["err"], "BlockhashNotFound");
}

#[test]
fn a_trial_that_fails_tells_why() {
    let node = Node::start();
    let swap = At::Cpmm.swap(&node, Side::Sell, 50_000_000, u64::MAX);
    let transaction = encode(&node.sign(&[swap]));
    let config = json!({"encoding": "base64", "accounts": {
        "encoding": "base64", "addresses": [node.pool("cpmm").to_string()],
    }});
    let answer = node.call("simulateTransaction", json!([transaction, config]));
    assert_eq!(answer["value"]["err"], custom(0, 6005));
    assert_eq!(answer["value"]["accounts"], json!([null]));

    let send = node.try_call(
        "sendTransaction",
        json!([transaction, {"encoding": "base64"}]),
    );
    let error = send.unwrap_err();
    assert_eq!(error["code"], -32002);
    assert_eq!(error["data"]["err"], custom(0, 6005));
    assert_eq!(
        error["message"],
        "Transaction simulation failed: Error processing Instruction 0: custom program error: \
         0x1775"
    );
}

#[test]
fn what_is_no_request_is_refused() {
    let node = Node::start();
    assert_eq!(node.post("{")["error"]["code"], -32700);
    assert_eq!(node.post("{}")["error"]["code"], -32600);
    assert_eq!(code(&node, "getNothing", json!([])), -32601);
    assert_eq!(code(&node, "getMultipleAccounts", json!([])), -32602);
    assert_eq!(
        code(&node, "getMultipleAccounts", json!([["no address"]])),
        -32602
    );
    let jsonp = json!([[], {"encoding": "jsonParsed"}]);
    assert_eq!(code(&node, "getMultipleAccounts", jsonp), -32602);
    let config = json!({"encoding": "base64"});
    assert_eq!(
        code(&node, "sendTransaction", json!(["AAAA", config])),
        -32602
    );
    let early = json!([node.wallet.sign_message(b"").to_string(), {"commitment": "processed"}]);
    assert_eq!(code(&node, "getTransaction", early), -32602);

    let mut transaction = node.sign(&[compute_price(1)]);
    transaction.signatures[0] = node.wallet.sign_message(b"something else");
    let params = json!([encode(&transaction), config]);
    assert_eq!(code(&node, "sendTransaction", params), -32003);
}

#[test]
fn priority_fees_are_those_of_who_writes_the_account() {
    let node = Node::start();
    let swap = At::Cpmm.swap(&node, Side::Sell, 50_000_000, 0);
    let record = node.execute(&[compute_price(2_000_000), swap]);
    // 2 lamports for each of the 1.4 million units, besides the signature's 5 000.
    assert_eq!(record["meta"]["fee"], 2_805_000);
    let highest = |address: Address| {
        let fees = node.call(
            "getRecentPrioritizationFees",
            json!([[address.to_string()]]),
        );
        let fees = fees.as_array().unwrap();
        assert_eq!(fees.len(), 150);
        fees.iter()
            .map(|fee| fee["prioritizationFee"].as_u64().unwrap())
            .max()
            .unwrap()
    };
    assert_eq!(highest(node.pool("cpmm")), 2_000_000);
    assert_eq!(highest(node.pool("amm_v4")), 0);
}
