//! What keeps an engine from trading on a chain, and what it says about it.

use std::process::Output;

use solana::testing::{Fault, ScriptedNode};

use super::world::World;
use crate::process::{Process, program, run};
use crate::support::{Subscriber, eventually, ten_sol};

pub(super) const MAINNET: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";

/// Where no PostgreSQL is: a start that is not refused before ends there.
const NOWHERE: &str = "postgres://nobody@127.0.0.1:1/none";

/// Runs it to its refusal, and answers what it said.
pub(super) async fn refusal(options: Vec<String>) -> String {
    refusal_on(options, NOWHERE).await
}

/// The same, with a database.
pub(super) async fn refusal_on(mut options: Vec<String>, database_url: &str) -> String {
    options.extend(["--database-url", database_url, "--port", "0"].map(str::to_owned));
    let output = tokio::task::spawn_blocking(move || {
        run(&options.iter().map(String::as_str).collect::<Vec<_>>())
    });
    said(output.await.expect("it ran"))
}

fn said(output: Output) -> String {
    assert_eq!(output.status.code(), Some(1), "it must not start");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    text(output.stdout) + &text(output.stderr)
}

/// What it says must hold that.
async fn is_refused(world: &World, expected: &str) {
    let said = refusal(world.options()).await;
    assert!(said.contains(expected), "{expected}: {said}");
    assert!(!said.contains(world.nodes[0].key()), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_variable_that_is_missing_is_named() {
    let world = World::still(1).await;
    for (option, variable) in [
        ("--solana-rpc-urls", "SOLANA_RPC_URLS"),
        ("--solana-signer", "SOLANA_SIGNER"),
        ("--solana-markets", "SOLANA_MARKETS"),
    ] {
        let all = world.options();
        let others = all.chunks(2).filter(|pair| pair[0] != option);
        let said = refusal(others.flatten().cloned().collect()).await;
        let expected = format!("VENUES=solana needs {variable}, which is not set");
        assert!(said.contains(&expected), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_others_can_read_is_not_used() {
    let world = World::still(1).await;
    world.key_file_has_mode(0o640);
    let path = world.key_file().display().to_string();
    let expected = format!("the key file {path} is open to others than its owner (640)");
    is_refused(&world, &expected).await;
    assert!(world.nodes[0].calls().is_empty(), "nobody was asked before");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_of_another_chain_than_the_files_are_refused() {
    let world = World::still(2).await;
    let before = world.pool.markets("local");
    world.chain.set_genesis(
        "4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY"
            .parse()
            .expect("one"),
    );
    let expected = before.split('"').nth(1).expect("the file's");
    let expected = format!(
        "the markets file is for the chain {expected}, and the nodes are of \
         4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY"
    );
    is_refused(&world, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_money_is_spent_only_where_somebody_said_so() {
    let world = World::still(1).await;
    world.chain.set_genesis(MAINNET.parse().expect("a hash"));
    world.write_markets("mainnet");
    is_refused(
        &world,
        "this chain is mainnet, where every order spends real money",
    )
    .await;
    let with = |answer: &str| {
        let mut options = world.options();
        options.extend(["--live-trading".to_owned(), answer.to_owned()]);
        options
    };
    let said = refusal(with("no")).await;
    assert!(said.contains("LIVE_TRADING=yes"), "{said}");
    let said = refusal(with("yes")).await;
    assert!(
        said.contains("127.0.0.1:1/none cannot be reached"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_chain_goes_by_mainnets_name_and_mainnet_by_no_other() {
    let world = World::still(1).await;
    world.write_markets("mainnet");
    is_refused(
        &world,
        "network = \"mainnet\", and its genesis hash is not mainnet's",
    )
    .await;
    world.chain.set_genesis(MAINNET.parse().expect("a hash"));
    for network in ["local", "devnet"] {
        world.write_markets(network);
        let expected = format!("network = \"{network}\", and its genesis hash is mainnet's");
        is_refused(&world, &expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_of_another_program_is_named() {
    let world = World::still(1).await;
    let pool = world.pool.address();
    let mut account = world.chain.account(&pool).expect("it is there");
    account.owner = world.pool.wallet();
    world.chain.set_account(pool, account);
    let owner = world.pool.wallet();
    let expected = format!(
        "the pool {pool} cannot be traded: the pool {pool} belongs to the program {owner}, not to"
    );
    is_refused(&world, &expected).await;
    world.chain.remove_account(&pool);
    is_refused(&world, &format!("the pool {pool} does not exist")).await;
}

/// A refusal with the node's URL in it, as a proxy writes one.
fn telltale(node: &ScriptedNode) -> Fault {
    Fault::Refuse {
        code: -32_000,
        message: format!("no such plan for {}", node.url()),
        data: serde_json::json!({ "url": node.url().as_str() }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nodes_key_is_in_nothing_that_a_refusal_says() {
    let world = World::still(1).await;
    let node = &world.nodes[0];
    let not_found = Fault::Body(format!("<html>{}</html>", node.url()));
    for fault in [telltale(node), not_found, Fault::Status(401)] {
        node.always("getGenesisHash", fault);
        is_refused(&world, "node 1, getGenesisHash: ").await;
    }
    node.recover();
    node.always("getMultipleAccounts", telltale(node));
    is_refused(&world, "node 1, getMultipleAccounts: it refuses").await;

    let gone = World::still(1).await;
    let (options, key) = (gone.options(), gone.nodes[0].key());
    drop(gone);
    let said = refusal(options).await;
    assert!(!said.contains(key), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn urls_that_are_none_are_not_repeated() {
    let world = World::still(1).await;
    for bad in [
        "ftp://node.example/secret-1234",
        "secret-1234",
        "https://,secret-1234",
        ",",
    ] {
        let mut options = world.options();
        let at = options
            .iter()
            .position(|given| given == "--solana-rpc-urls");
        options[at.expect("it is given") + 1] = bad.to_owned();
        let said = refusal(options).await;
        assert!(said.contains("SOLANA_RPC_URLS: "), "{said}");
        assert!(
            !said.contains("secret-1234") && !said.contains("node.example"),
            "{said}"
        );
    }
    let help = program()
        .arg("--help")
        .env("SOLANA_RPC_URLS", "https://node.example/secret-1234")
        .output();
    let help = String::from_utf8(help.expect("it runs").stdout).expect("text");
    assert!(
        help.contains("SOLANA_RPC_URLS") && !help.contains("secret-1234"),
        "{help}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nodes_key_is_in_no_line_of_the_log_and_in_no_order() {
    let world = World::moving(1).await;
    let node = &world.nodes[0];
    let data_dir = crate::process::DataDir::new("solana-key");
    let mut options = world.options();
    options.extend(["--data-dir".to_owned(), data_dir.text().to_owned()]);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let mut talkative = program();
    let log = world.log();
    let written = std::fs::File::create(&log).expect("it can be written");
    talkative.env("LOG_LEVEL", "debug").stderr(written);
    let process = Process::start_as(talkative, &options).await;
    node.always("getMultipleAccounts", telltale(node));
    let answer = process.post(&ten_sol()).await;
    let answer: serde_json::Value = answer.json().await.expect("JSON");
    let id = answer["orderId"].as_str().expect("an id");
    let is_told = async |method: &str| {
        let told = format!("node 1, {method}: it refuses: no such plan for");
        let is_there = async || {
            let text = std::fs::read_to_string(&log).expect("text");
            text.contains(&told).then_some(())
        };
        eventually("the refusal in the log", is_there).await;
    };
    is_told("getMultipleAccounts").await;
    node.recover();
    for method in ["sendTransaction", "getSignatureStatuses"] {
        node.always(method, telltale(node));
    }
    is_told("sendTransaction").await;
    is_told("getSignatureStatuses").await;
    node.recover();
    let socket = Subscriber::open(&process.base, &format!("orderId={id}")).await;
    socket.to_the_end().await;
    let order = process.json(&format!("/api/orders/{id}")).await;
    world.assert_confirmed_once(&order);
    let (code, printed) = process.stop("-TERM").await;
    assert_eq!(code, Some(0));
    let log = std::fs::read_to_string(&log).expect("text");
    for text in [log, printed, order.to_string()] {
        assert!(!text.contains(node.key()), "{text}");
    }
}
