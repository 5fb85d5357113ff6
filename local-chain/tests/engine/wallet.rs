//! Several orders of one wallet at once, and what they leave on the chain.

use std::{thread, time::Duration};

use serde_json::{Value, json};

use crate::desk::Desk;

/// What a signature costs.
const FEE: u64 = 5_000;

/// More blocks than an order's transactions may live for, and as many again.
const LONG: u64 = 400;

fn sell(amount: u64) -> Value {
    json!({"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": amount})
}

/// Sells so much in each of so many orders at once.
fn sell_at_once(desk: &Desk, count: usize, amount: u64) -> Vec<Value> {
    thread::scope(|scope| {
        let selling = (0..count).map(|_| scope.spawn(|| desk.ended(&desk.place(&sell(amount)))));
        let selling: Vec<_> = selling.collect();
        let orders = selling.into_iter().map(|order| order.join().unwrap());
        orders.collect()
    })
}

/// Nobody but the wallet's balance could say which two.
#[test]
fn of_ten_orders_that_want_the_same_tokens_at_once_two_get_them() {
    let desk = Desk::open();
    desk.set_tokens("SOL", 25_000_000_000);
    let before = desk.balances();
    let orders = sell_at_once(&desk, 10, 10);
    let of = |status: &str| {
        orders
            .iter()
            .filter(|order| order["status"] == status)
            .count()
    };
    assert_eq!((of("confirmed"), of("failed")), (2, 8), "{orders:#?}");
    for order in orders.iter().filter(|order| order["status"] == "failed") {
        assert_eq!(order["failureCode"], "insufficient_funds", "{order:#}");
        assert_eq!(order["failureReason"], "the wallet lacks 5 SOL");
        assert_eq!(order["txHash"], Value::Null, "{order:#}");
    }
    desk.assert_moved(&before, &orders);
    assert_eq!(desk.balances()["SOL"], 5_000_000_000);
    assert_eq!(desk.count("SELECT count(*) FROM transactions"), 2);
}

/// What orders cost in the end are fees alone, and that of giving back.
#[test]
fn what_the_markers_hold_comes_back_to_the_lamport() {
    let mut desk = Desk::open();
    let before = desk.lamports();
    let orders = sell_at_once(&desk, 20, 1);
    let confirmed = orders.iter().filter(|order| order["status"] == "confirmed");
    assert_eq!(confirmed.count(), 20, "{orders:#?}");
    let markers = desk.markers();
    assert_eq!(markers.len(), 20);
    let held: u64 = markers.iter().sum();
    assert_eq!(desk.lamports(), before - held - 20 * FEE);

    desk.kill();
    desk.advance(LONG);
    desk.start();
    desk.an_hour_passes();
    desk.until("the markers are gone", || {
        desk.markers().is_empty().then_some(())
    });
    desk.until("nothing is left to do", || {
        (desk.count("SELECT count(*) FROM wallet_orders") == 0).then_some(())
    });
    assert_eq!(
        desk.lamports(),
        before - 20 * FEE - 3 * FEE,
        "8, 8 and 4 of them"
    );
}

/// Killed at any moment of it, it gives back everything, and orders go on meanwhile.
#[test]
fn killed_again_and_again_it_gives_all_of_it_back() {
    const KILLS: u64 = 6;
    let mut desk = Desk::open();
    let before = desk.balances();
    let orders = sell_at_once(&desk, 20, 1);
    assert_eq!(desk.markers().len(), 20);
    let mut ids = Vec::new();
    for kill in 0..KILLS {
        desk.kill();
        desk.advance(LONG);
        desk.drop_sends(if kill % 3 == 2 { 3 } else { 0 });
        desk.start();
        desk.an_hour_passes();
        ids.push(desk.place(&sell(1)));
        thread::sleep(Duration::from_millis(kill * 977 % 1_100));
    }
    let more = ids.iter().map(|id| desk.ended(id));
    let orders: Vec<Value> = orders.into_iter().chain(more).collect();
    let confirmed = orders.iter().filter(|order| order["status"] == "confirmed");
    assert_eq!(confirmed.count(), orders.len(), "{orders:#?}");
    desk.assert_moved(&before, &orders);
    desk.kill();
    desk.advance(LONG);
    desk.start();
    desk.an_hour_passes();
    desk.until("the markers are gone", || {
        desk.markers().is_empty().then_some(())
    });
}
