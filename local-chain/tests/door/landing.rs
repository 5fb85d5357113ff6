//! Which transactions land, and how often.

use serde_json::{Value, json};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_system_interface::instruction::create_account_with_seed;
use venues::Side;

use crate::node::{Node, custom, encode};
use crate::swap::At;

const SYSTEM: Address = Address::new_from_array([0; 32]);
const ASSOCIATED_TOKEN: Address =
    Address::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

fn swap(node: &Node) -> Instruction {
    At::Cpmm.swap(node, Side::Sell, 50_000_000, 0)
}

/// The status of a transaction, null if it is not known.
fn status(node: &Node, signature: &str) -> Value {
    let config = json!({"searchTransactionHistory": true});
    let answer = node.call("getSignatureStatuses", json!([[signature], config]));
    answer["value"][0].clone()
}

/// The account whose existence says that an order was executed, and the instruction that makes it.
fn marker(node: &Node, order: uuid::Uuid) -> (Address, Instruction) {
    let (wallet, seed) = (node.wallet.pubkey(), order.simple().to_string());
    let address = Address::create_with_seed(&wallet, &seed, &SYSTEM).unwrap();
    let lamports = node.call("getMinimumBalanceForRentExemption", json!([0]));
    assert_eq!(lamports, 890_880);
    let lamports = lamports.as_u64().unwrap();
    let create = create_account_with_seed(&wallet, &address, &wallet, &seed, lamports, 0, &SYSTEM);
    (address, create)
}

#[test]
fn the_same_bytes_land_once() {
    let node = Node::start();
    let before = node.tokens(node.own(local_chain::genesis::SOL.mint.to_bytes()));
    let transaction = node.sign(&[swap(&node)]);
    // In one block and in later ones.
    let signatures = [node.send(&transaction), node.send(&transaction)];
    assert_eq!(signatures[0], signatures[1]);
    node.warp(1);
    let record = node.land(&transaction);
    assert_eq!(record["meta"]["err"], Value::Null);
    let after = node.tokens(node.own(local_chain::genesis::SOL.mint.to_bytes()));
    assert_eq!(before - after, 50_000_000);

    let config = json!({"encoding": "base64"});
    let again = node.try_call("sendTransaction", json!([encode(&transaction), config]));
    let error = again.unwrap_err();
    assert_eq!(error["code"], -32002);
    assert_eq!(error["data"]["err"], "AlreadyProcessed");
}

#[test]
fn a_blockhash_is_good_for_150_blocks() {
    let node = Node::start();
    let answer = node.call("getLatestBlockhash", json!([{"commitment": "processed"}]));
    let last_valid = answer["value"]["lastValidBlockHeight"].as_u64().unwrap();
    let height = || {
        let height = node.call("getBlockHeight", json!([{"commitment": "processed"}]));
        height.as_u64().unwrap()
    };
    let first = node.sign(&[swap(&node)]);
    let second = node.sign(&[At::AmmV4.swap(&node, Side::Sell, 50_000_000, 0)]);

    // In the last block that may have it.
    node.warp(149);
    let signature = node.send(&first);
    node.warp(1);
    assert_eq!(height(), last_valid);
    assert_eq!(status(&node, &signature)["err"], Value::Null);
    assert!(!status(&node, &signature).is_null());

    // One later: it is taken, and never lands.
    let signature = node.send(&second);
    node.warp(200);
    assert!(status(&node, &signature).is_null());
    assert!(node.record(&signature).is_null());
    let config = json!({"encoding": "base64"});
    let refused = node.try_call("sendTransaction", json!([encode(&second), config]));
    let error = refused.unwrap_err();
    assert_eq!(error["code"], -32002);
    assert_eq!(
        error["message"],
        "Transaction simulation failed: Blockhash not found"
    );
    assert_eq!(error["data"]["err"], "BlockhashNotFound");
}

#[test]
fn the_height_is_below_the_slot() {
    let node = Node::start();
    let config = json!([{"commitment": "processed"}]);
    let [slot, height] = ["getSlot", "getBlockHeight"]
        .map(|method| node.call(method, config.clone()).as_u64().unwrap());
    assert!(height < slot);
}

#[test]
fn a_marker_lets_one_swap_of_an_order_land() {
    let node = Node::start();
    let (address, marker) = marker(&node, uuid::Uuid::new_v4());
    assert_eq!(node.accounts(&[address]), [None]);
    let first = node.execute(&[marker.clone(), swap(&node)]);
    assert_eq!(first["meta"]["err"], Value::Null);
    assert!(node.accounts(&[address])[0].is_some());

    let own = node.own(local_chain::genesis::SOL.mint.to_bytes());
    let before = node.tokens(own);
    let second = node.execute(&[marker, At::AmmV4.swap(&node, Side::Buy, 50_000_000, 0)]);
    assert_eq!(second["meta"]["err"], custom(0, 0), "the account is in use");
    assert_eq!(node.tokens(own), before, "it failed as a whole");
}

#[test]
fn a_failed_swap_leaves_no_marker_and_costs_its_fee() {
    let node = Node::start();
    let (address, marker) = marker(&node, uuid::Uuid::new_v4());
    let lamports = node.lamports(node.wallet.pubkey());
    let too_much = At::Cpmm.swap(&node, Side::Sell, 50_000_000, u64::MAX);
    let record = node.execute(&[marker, too_much]);
    assert_eq!(record["meta"]["err"], custom(1, 6005));
    assert_eq!(record["meta"]["status"], json!({"Err": custom(1, 6005)}));
    assert_eq!(record["meta"]["fee"], 5_000);
    assert_eq!(node.accounts(&[address]), [None]);
    assert_eq!(lamports - node.lamports(node.wallet.pubkey()), 5_000);
}

#[test]
fn two_orders_of_one_wallet_land_in_one_block() {
    let node = Node::start();
    let transactions = [(); 2].map(|()| {
        let (_, marker) = marker(&node, uuid::Uuid::new_v4());
        node.sign(&[marker, swap(&node)])
    });
    let signatures = transactions.map(|transaction| node.send(&transaction));
    node.warp(3);
    let records = signatures.map(|signature| node.record(&signature));
    assert_eq!(records[0]["slot"], records[1]["slot"]);
    let received = records.map(|record| {
        assert_eq!(record["meta"]["err"], Value::Null);
        node.change(&record, local_chain::genesis::USDC.mint.to_bytes())
    });
    assert!(
        received[1] < received[0],
        "the second trades with the pool that the first left"
    );
}

#[test]
fn an_associated_account_is_created_once() {
    let node = Node::start();
    let (owner, mint) = (Keypair::new().pubkey(), local_chain::genesis::USDC.mint);
    let account = local_chain::genesis::associated_token_address(&owner, &mint);
    let create = Instruction::new_with_bytes(
        ASSOCIATED_TOKEN,
        &[1], // idempotent
        vec![
            AccountMeta::new(node.wallet.pubkey(), true),
            AccountMeta::new(account, false),
            AccountMeta::new_readonly(owner, false),
            AccountMeta::new_readonly(mint, false),
            AccountMeta::new_readonly(SYSTEM, false),
            AccountMeta::new_readonly(local_chain::programs::TOKEN, false),
        ],
    );
    for _ in 0..2 {
        let record = node.execute(std::slice::from_ref(&create));
        assert_eq!(record["meta"]["err"], Value::Null, "{record}");
        assert_eq!(node.tokens(account), 0);
    }
}

#[test]
fn sends_can_be_dropped() {
    let node = Node::start();
    node.call("_dropSends", json!([2]));
    let transaction = node.sign(&[swap(&node)]);
    for _ in 0..2 {
        let signature = node.send(&transaction);
        node.warp(5);
        assert!(status(&node, &signature).is_null());
    }
    assert_eq!(
        node.land(&transaction)["meta"]["err"],
        Value::Null,
        "the third lands"
    );
}

#[test]
fn a_block_is_final_two_slots_later() {
    let node = Node::start();
    let (address, marker) = marker(&node, uuid::Uuid::new_v4());
    let signature = node.send(&node.sign(&[marker]));
    assert!(status(&node, &signature).is_null());
    let seen = |commitment| node.accounts_at(&[address], commitment)[0].is_some();
    for (confirmation, confirmations, confirmed, finalized) in [
        ("processed", json!(0), false, false),
        ("confirmed", json!(1), true, false),
        ("finalized", Value::Null, true, true),
    ] {
        node.warp(1);
        let status = status(&node, &signature);
        assert_eq!(status["confirmationStatus"], confirmation);
        assert_eq!(status["confirmations"], confirmations);
        assert_eq!(status["status"], json!({"Ok": null}));
        assert!(seen("processed"));
        assert_eq!(seen("confirmed"), confirmed, "{confirmation}");
        assert_eq!(seen("finalized"), finalized, "{confirmation}");
        assert_eq!(
            node.record(&signature).is_null(),
            !finalized,
            "{confirmation}"
        );
    }
}

#[test]
fn a_wallet_without_money_lands_nothing() {
    let mut node = Node::start();
    node.wallet = Keypair::new();
    let (_, marker) = marker(&node, uuid::Uuid::new_v4());
    assert!(node.land(&node.sign(&[marker])).is_null());
}

#[test]
fn what_landed_long_ago_is_found_by_a_search_only() {
    let node = Node::start();
    let signature = node.send(&node.sign(&[swap(&node)]));
    node.warp(400);
    let plain = node.call("getSignatureStatuses", json!([[signature]]));
    assert!(plain["value"][0].is_null());
    assert_eq!(status(&node, &signature)["confirmationStatus"], "finalized");
}
