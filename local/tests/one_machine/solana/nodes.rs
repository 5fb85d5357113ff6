//! One bad node beside a good one: orders go on.

use serde_json::Value;
use solana::testing::{ANY_METHOD, Fault, ScriptedChain, ScriptedNode};

use super::{
    starts::{MAINNET, refusal},
    world::{World, ended},
};
use crate::{
    process::{DataDir, Process, program},
    support::{eventually, ten_sol},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_preferred_node_that_lags_or_lies_is_passed_over() {
    const BLOCKHASH: &str = "getLatestBlockhash";
    for (method, fault) in [
        (BLOCKHASH, Fault::Behind(40)),
        (BLOCKHASH, Fault::SlotForHeight),
        ("simulateTransaction", Fault::refuse(-32_602)),
        ("getMinimumBalanceForRentExemption", Fault::refuse(-32_602)),
    ] {
        let world = World::moving(2).await;
        let engine = world.engine().await;
        world.nodes[0].always(method, fault.clone());
        let id = engine.place(&ten_sol()).await;
        let order = ended(&engine, &id).await;
        assert_eq!(order["attempt"], 1, "{method} {fault:?}: {order:#}");
        world.assert_confirmed_once(&order);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_starts_and_trades_while_one_of_two_nodes_is_down() {
    for down in [0, 1] {
        let world = World::moving(2).await;
        world.nodes[down].always(ANY_METHOD, Fault::Status(503));
        let engine = world.engine().await;
        let id = engine.place(&ten_sol()).await;
        let order = ended(&engine, &id).await;
        world.assert_confirmed_once(&order);

        world.nodes[down].recover();
        let id = engine.place(&ten_sol()).await;
        let order = ended(&engine, &id).await;
        assert_eq!(order["status"], "confirmed", "{order:#}");
        let took_part = world.nodes[down].calls_of("sendTransaction").len();
        assert!(took_part > 0, "it is asked again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_comes_late_and_is_of_another_chain_is_told_nothing() {
    let mut world = World::moving(1).await;
    let elsewhere = ScriptedChain::moving();
    elsewhere.set_genesis(MAINNET.parse().expect("a hash"));
    let other = ScriptedNode::of(&elsewhere).await.expect("a port");
    other.once("getGenesisHash", Fault::Status(503));
    world.nodes.push(other);
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    let other = &world.nodes[1];
    assert_eq!(other.calls().len(), other.calls_of("getGenesisHash").len());
    assert!(other.calls().len() > 1, "it is asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn mainnet_is_not_begun_on_the_word_of_one_of_two() {
    let world = World::still(2).await;
    world.chain.set_genesis(MAINNET.parse().expect("a hash"));
    world.write_markets("mainnet");
    world.nodes[1].always("getGenesisHash", Fault::Status(503));
    let mut options = world.options();
    options.extend(["--live-trading".to_owned(), "yes".to_owned()]);
    let said = refusal(options).await;
    assert!(said.contains("of 2 nodes one alone answers"), "{said}");
}

/// Twice a second is looked, and told is it once.
#[tokio::test(flavor = "multi_thread")]
async fn why_an_order_hangs_is_told_once() {
    const TOLD: &str = "nothing is known of a transaction, its order stays open";
    let world = World::still(2).await;
    let data_dir = DataDir::new("solana-doubt");
    let mut options = world.options();
    options.extend(["--data-dir".to_owned(), data_dir.text().to_owned()]);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let mut command = program();
    let log = std::fs::File::create(world.log()).expect("it can be written");
    command.stderr(log);
    let process = Process::start_as(command, &options).await;
    let answer = process.post(&ten_sol()).await;
    let answer: Value = answer.json().await.expect("JSON");
    let id = answer["orderId"].as_str().expect("an id");
    world.nodes[1].always("getSignatureStatuses", Fault::Status(503));
    world.first_sent().await;
    let said = || std::fs::read_to_string(world.log()).expect("text");
    eventually("why it hangs", async || said().contains(TOLD).then_some(())).await;
    world.asked_again("getSignatureStatuses", 6).await;
    let said = said();
    assert_eq!(said.matches(TOLD).count(), 1, "{said}");
    assert!(
        said.contains(id) && said.contains("node 2, getSignatureStatuses"),
        "{said}"
    );
    process.kill();
}
