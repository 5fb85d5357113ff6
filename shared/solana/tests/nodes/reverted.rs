//! What is said of a transaction that lands and is undone.

use engine::{order::FailureCode, ports::ChainStatus};
use serde_json::{Value, json};
use solana::testing::{Fault, Landing};

use crate::world::{TOO_LITTLE, World, is_in_flight};

fn fails(error: &Value, logs: Option<Vec<String>>) -> Landing {
    Landing::Fails {
        after_slots: 0,
        error: error.clone(),
        logs,
    }
}

/// The second instruction is the swap.
fn custom(instruction: usize, code: u32) -> Value {
    json!({ "InstructionError": [instruction, { "Custom": code }] })
}

#[tokio::test]
async fn its_program_and_code_say_why() {
    let world = World::of(1).await;
    let logs = Some(vec!["Program log: too little".to_owned()]);
    for (error, code) in [
        (custom(1, TOO_LITTLE), FailureCode::SlippageExceeded),
        // Another program's number of the same value.
        (custom(0, TOO_LITTLE), FailureCode::SwapFailed),
        (custom(1, 6_023), FailureCode::SwapFailed),
        (custom(7, TOO_LITTLE), FailureCode::SwapFailed),
        (
            json!({ "InstructionError": [1, "InvalidAccountData"] }),
            FailureCode::SwapFailed,
        ),
        (json!("ProgramAccountNotFound"), FailureCode::SwapFailed),
    ] {
        for logs in [logs.clone(), None] {
            world.chain.advance(1);
            let signed = world.sent(fails(&error, logs)).await;
            let status = world.status(&signed).await;
            let Ok(ChainStatus::Reverted(failure)) = &status else {
                panic!("{error}: {status:?}");
            };
            assert_eq!(failure.code, code, "{error}");
        }
    }
}

#[tokio::test]
async fn it_may_still_be_dropped_until_it_is_final() {
    let world = World::of(1).await;
    let landing = Landing::Fails {
        after_slots: 1,
        error: custom(1, TOO_LITTLE),
        logs: None,
    };
    let signed = world.sent(landing).await;
    let status = world.status(&signed).await;
    assert!(is_in_flight(&status), "{status:?}");
    // What it did is not asked before: a node might tell it all the same.
    assert!(world.nodes[0].calls_of("getTransaction").is_empty());
}

#[tokio::test]
async fn the_order_has_not_failed_when_another_of_its_transactions_has_landed() {
    let world = World::of(2).await;
    world.make_marker();
    world.nodes[0].always("getMultipleAccounts", Fault::Nothing);
    let signed = world.sent(fails(&custom(0, 0), None)).await;
    let status = world.status(&signed).await;
    assert!(status.is_err(), "{status:?}");
}

#[tokio::test]
async fn one_node_that_says_so_ends_nothing() {
    let world = World::of(2).await;
    let signed = world.sent(fails(&custom(1, 6_023), None)).await;
    world.knows_no_transaction(1, &Fault::Nothing);
    let status = world.status(&signed).await;
    assert!(is_in_flight(&status), "{status:?}");
    world.knows_no_transaction(1, &Fault::Status(503));
    let status = world.status(&signed).await;
    assert!(status.is_err(), "{status:?}");
    world.nodes[1].recover();
    let status = world.status(&signed).await;
    assert!(matches!(status, Ok(ChainStatus::Reverted(_))), "{status:?}");
}
