//! Several orders of one wallet at once: none spends what another may spend.

use serde_json::{Value, json};
use solana::testing::{Landing, Simulated, accounts::SOL};
use testkit::migrated_database;

use super::world::{World, ended};
use crate::{
    process::Process,
    support::{Engine, eventually, ten_sol},
};

fn sell(amount: u32) -> Value {
    json!({ "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": amount })
}

/// The failure of its first attempt, once that has failed.
fn first_failure(order: &Value) -> Option<(String, String)> {
    let mut events = order["events"].as_array()?.iter();
    let failed = events.find(|event| event["payload"]["code"].is_string())?;
    let text = |name: &str| Some(failed["payload"][name].as_str()?.to_owned());
    Some((text("code")?, text("reason")?))
}

async fn reserved_by_another(engine: &Engine, id: &str) -> String {
    let path = format!("/api/orders/{id}");
    let failed = eventually("an attempt that failed", async || {
        first_failure(&engine.json(&path).await)
    });
    let (code, reason) = failed.await;
    assert_eq!(code, "funds_reserved", "{reason}");
    reason
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_order_may_spend_is_not_spent_by_another_until_it_is_final() {
    let world = World::still(2).await;
    world.pool.holds(&SOL, 15_000_000_000);
    let engine = world.engine().await;
    let first = engine.place(&ten_sol()).await;
    world.first_sent().await;
    let second = engine.place(&sell(12)).await;
    let reason = reserved_by_another(&engine, &second).await;
    let expected = "10 SOL of the wallet's 15 SOL are reserved by orders in execution";
    assert_eq!(reason, expected);
    assert_eq!(world.chain.sent().len(), 1);

    world.chain.advance(2);
    let first = ended(&engine, &first).await;
    world.assert_confirmed_once(&first);
    let second = ended(&engine, &second).await;
    assert_eq!(second["failureCode"], "insufficient_funds", "{second:#}");
    assert_eq!(second["failureReason"], "the wallet lacks 7 SOL");
    assert_eq!(world.chain.sent().len(), 1);
    assert_eq!(world.pool.held(&SOL), 5_000_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_order_did_not_spend_after_all_is_there_for_the_one_that_waits() {
    let world = World::still(1).await;
    world.pool.holds(&SOL, 15_000_000_000);
    world.chain.lands(|_| Landing::Fails {
        after_slots: 2,
        error: json!({ "InstructionError": [4, { "Custom": 9 }] }),
        logs: None,
    });
    let engine = world.engine().await;
    let first = engine.place(&ten_sol()).await;
    world.first_sent().await;
    let second = engine.place(&sell(12)).await;
    reserved_by_another(&engine, &second).await;
    world.pool.lands(2, |quoted| quoted);
    world.chain.advance(2);
    assert_eq!(ended(&engine, &first).await["failureCode"], "swap_failed");
    eventually("the second one is sent", async || {
        (world.chain.sent().len() == 2).then_some(())
    })
    .await;
    world.chain.advance(2);
    world.assert_confirmed_once(&ended(&engine, &second).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_fails_before_it_is_signed_reserves_nothing_any_more() {
    let world = World::moving(1).await;
    world.pool.holds(&SOL, 10_000_000_000);
    world.chain.simulates(|_| Simulated {
        error: Some(json!({ "InstructionError": [4, { "Custom": 9 }] })),
        ..Simulated::default()
    });
    let engine = world.engine().await;
    let failed = engine.place(&ten_sol()).await;
    let failed = ended(&engine, &failed).await;
    assert_eq!(failed["failureCode"], "swap_failed", "{failed:#}");
    world.pool.simulates(|due| due);
    let order = engine.place(&ten_sol()).await;
    world.assert_confirmed_once(&ended(&engine, &order).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lamports_of_an_order_in_execution_are_not_spent_by_another() {
    let world = World::still(1).await;
    // Enough for one order's fee and rent, and not for two.
    let wallet = world.pool.wallet();
    let mut purse = world.chain.account(&wallet).expect("it has one");
    purse.lamports = 2_500_000;
    world.chain.set_account(wallet, purse);
    let engine = world.engine().await;
    let first = engine.place(&sell(1)).await;
    world.first_sent().await;
    let second = engine.place(&sell(2)).await;
    let reason = reserved_by_another(&engine, &second).await;
    let expected = "the wallet's SOL for fees and rent is reserved by orders in execution";
    assert_eq!(reason, expected);
    world.chain.advance(2);
    assert_eq!(ended(&engine, &first).await["status"], "confirmed");
    eventually("the second one is sent", async || {
        (world.chain.sent().len() == 2).then_some(())
    })
    .await;
    world.chain.advance(2);
    assert_eq!(ended(&engine, &second).await["status"], "confirmed");
}

/// What a killed engine has sent may land for as long as it is not settled.
#[tokio::test(flavor = "multi_thread")]
async fn another_engine_keeps_to_what_the_orders_of_a_killed_one_may_spend() {
    let world = World::still(1).await;
    world.pool.holds(&SOL, 15_000_000_000);
    let database = migrated_database();
    let mut options = world.options();
    options.extend(["--database-url".to_owned(), database.url().to_owned()]);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let place = async |process: &Process| {
        let answer = process.post(&ten_sol()).await;
        let answer: Value = answer.json().await.expect("JSON");
        answer["orderId"].as_str().expect("an id").to_owned()
    };
    let killed = Process::start(&options).await;
    let first = place(&killed).await;
    world.first_sent().await;
    killed.kill();

    // It never lands, and is looked for in vain until its time is over.
    world.chain.lands(|_| Landing::Dropped);
    let process = Process::start(&options).await;
    let second = place(&process).await;
    let path = format!("/api/orders/{second}");
    let failed = eventually("an attempt that failed", async || {
        first_failure(&process.json(&path).await)
    });
    assert_eq!(failed.await.0, "funds_reserved");
    assert_eq!(world.chain.sent().len(), 1);
    let first = process.json(&format!("/api/orders/{first}")).await;
    assert_eq!(first["status"], "submitted", "{first:#}");
    process.kill();
}
