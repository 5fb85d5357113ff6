//! Swaps that would pay too little, or that the wallet cannot pay for.

use serde_json::{Value, json};
use solana::testing::{
    Fault, Landing, ScriptedPool, Simulated,
    accounts::{SOL, USDC},
};

use super::world::{World, ended};
use crate::support::{Engine, eventually, ten_sol};

/// The first attempt that failed: its code and its reason.
async fn failed_attempt(engine: &Engine, id: &str) -> (String, String) {
    let path = format!("/api/orders/{id}");
    eventually("an attempt that failed", async || {
        let order = engine.json(&path).await;
        let events = order["events"].as_array()?.iter();
        let mut payloads = events.map(|event| &event["payload"]);
        let failed = payloads.find(|payload| payload["code"].is_string())?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some((text(&failed["code"])?, text(&failed["reason"])?))
    })
    .await
}

fn attempts(order: &Value) -> usize {
    let events = order["events"].as_array().expect("events").iter();
    events.filter(|event| event["status"] == "building").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_signed_while_the_simulation_says_that_it_would_pay_too_little() {
    let world = World::moving(1).await;
    world.chain.simulates(|_| Simulated {
        error: Some(ScriptedPool::too_little()),
        ..Simulated::default()
    });
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    let order = ended(&engine, &id).await;
    world.assert_failed(&order, "slippage_exceeded", 0);
    assert_eq!(attempts(&order), 4, "{order:#}");
    assert_eq!(order["txHash"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_landed_and_paid_too_little_was_undone_and_is_tried_again() {
    let world = World::moving(2).await;
    world.chain.lands(|_| Landing::Fails {
        after_slots: 2,
        error: ScriptedPool::too_little(),
        logs: None,
    });
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    let order = ended(&engine, &id).await;
    world.assert_failed(&order, "slippage_exceeded", 4);
    assert_eq!(attempts(&order), 4, "{order:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_once_is_signed_again_and_lands_once() {
    let world = World::still(1).await;
    world.chain.lands(|_| Landing::Fails {
        after_slots: 2,
        error: ScriptedPool::too_little(),
        logs: None,
    });
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    world.first_sent().await;
    world.pool.lands(0, |quoted| quoted);
    world.chain.advance(2);
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(world.chain.sent().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_has_too_little_is_told_what_it_lacks() {
    let world = World::moving(1).await;
    let engine = world.engine().await;
    for (held, lacks) in [(7_500_000_000, "2.5 SOL"), (0, "10 SOL")] {
        world.pool.holds(&SOL, held);
        let id = engine.place(&ten_sol()).await;
        let order = ended(&engine, &id).await;
        world.assert_failed(&order, "insufficient_funds", 0);
        assert_eq!(attempts(&order), 1, "time mends it not: {order:#}");
        assert_eq!(order["failureReason"], format!("the wallet lacks {lacks}"));
    }
}

/// A program that pays less than its pool's accounts say is not the one that it is taken for,
/// however much slippage the order allows.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_signed_while_the_pool_would_not_pay_what_it_should() {
    let world = World::moving(1).await;
    world.pool.simulates(|due| due / 100 * 98);
    let engine = world.engine().await;
    let mut order = ten_sol();
    order["slippageBps"] = 500.into();
    let id = engine.place(&order).await;
    let (code, reason) = failed_attempt(&engine, &id).await;
    assert_eq!(code, "venues_unavailable");
    assert!(reason.starts_with("the chain would pay"), "{reason}");
    assert!(world.chain.sent().is_empty());
    assert_eq!(world.pool.held(&USDC), 7_000_000);

    world.pool.simulates(|due| due / 1_000 * 992);
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
    assert_eq!(world.chain.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortage_that_is_found_late_is_called_one() {
    // The token program's code, which the pool's program passes on.
    let error = json!({ "InstructionError": [4, { "Custom": 1 }] });
    let world = World::moving(1).await;
    let simulated = error.clone();
    world.chain.simulates(move |_| Simulated {
        error: Some(simulated.clone()),
        ..Simulated::default()
    });
    let engine = world.engine().await;
    let id = engine.place(&ten_sol()).await;
    let order = ended(&engine, &id).await;
    world.assert_failed(&order, "insufficient_funds", 0);

    world.pool.simulates(|due| due);
    world.chain.lands(move |_| Landing::Fails {
        after_slots: 2,
        error: error.clone(),
        logs: None,
    });
    let id = engine.place(&ten_sol()).await;
    let order = ended(&engine, &id).await;
    world.assert_failed(&order, "insufficient_funds", 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ran_out_of_computing_is_signed_again() {
    for named in ["ComputationalBudgetExceeded", "ProgramFailedToComplete"] {
        let world = World::still(1).await;
        world.chain.lands(move |_| Landing::Fails {
            after_slots: 2,
            error: json!({ "InstructionError": [4, named] }),
            logs: None,
        });
        let engine = world.engine().await;
        let id = engine.place(&ten_sol()).await;
        world.first_sent().await;
        world.pool.lands(0, |quoted| quoted);
        world.chain.advance(2);
        let order = ended(&engine, &id).await;
        world.assert_confirmed_once(&order);
        assert_eq!(world.chain.sent().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_says_nothing_to_clients() {
    const SECRET: &str = "no such plan for customer 4711";
    let world = World::moving(1).await;
    let engine = world.engine().await;
    for method in ["getMultipleAccounts", "simulateTransaction"] {
        world.nodes[0].always(
            method,
            Fault::Refuse {
                code: -32_000,
                message: SECRET.to_owned(),
                data: json!(SECRET),
            },
        );
        let id = engine.place(&ten_sol()).await;
        let (code, reason) = failed_attempt(&engine, &id).await;
        assert_eq!(code, "venues_unavailable", "{reason}");
        let order = engine.json(&format!("/api/orders/{id}")).await;
        assert!(!order.to_string().contains("4711"), "{order:#}");
        let quote = "/api/quote?tokenIn=SOL&tokenOut=USDC&amount=1";
        let quote = engine.client.get(engine.url(quote)).send().await;
        let quote = quote.expect("an answer").text().await.expect("text");
        assert!(!quote.contains("4711"), "{quote}");
        world.nodes[0].recover();
    }
}

/// A lease is shorter than what five slow answers take together.
#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_slow_nodes_use_up_is_a_failed_one_and_not_a_lost_one() {
    let world = World::moving(1).await;
    let engine = world.engine().await;
    for method in [
        "getMinimumBalanceForRentExemption",
        "simulateTransaction",
        "getRecentPrioritizationFees",
        "getLatestBlockhash",
    ] {
        let pause = std::time::Duration::from_millis(1_900);
        world.nodes[0].always(method, Fault::Slow(pause));
    }
    let id = engine.place(&ten_sol()).await;
    let (code, reason) = failed_attempt(&engine, &id).await;
    assert_eq!(code, "venues_unavailable");
    assert_eq!(reason, "the chain's nodes did not answer in time");
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert!(world.chain.sent().is_empty(), "{order:#}");
    world.nodes[0].recover();
    let order = ended(&engine, &id).await;
    world.assert_confirmed_once(&order);
}
