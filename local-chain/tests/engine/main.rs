//! The whole engine on this chain: real orders over HTTP, a real wallet, and a process that is
//! killed. The engine is the one that `cargo build -p local` made, or what `ORDER_ENGINE` names.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod desk;
mod kills;
mod limit;
mod sniper;
mod wallet;

use std::thread;

use serde_json::{Value, json};

use desk::Desk;

const SWAPS: [(&str, &str, &str); 4] = [
    ("SOL", "USDC", "1.5"),
    ("USDC", "SOL", "90"),
    ("JUP", "SOL", "40"),
    ("SOL", "JUP", "0.3"),
];

fn market((token_in, token_out, amount): (&str, &str, &str)) -> Value {
    json!({"type": "market", "tokenIn": token_in, "tokenOut": token_out, "amount": amount})
}

/// A limit order whose price is met at once: a tenth of what is paid.
fn limit((token_in, token_out, amount): (&str, &str, &str), price: &str) -> Value {
    json!({"type": "limit", "tokenIn": token_in, "tokenOut": token_out, "amount": amount,
        "limitPrice": price, "timeInForce": "IOC"})
}

#[test]
fn the_wallet_gains_and_loses_exactly_what_two_hundred_orders_say() {
    const EACH: usize = 20;
    let desk = Desk::open();
    let before = desk.balances();
    let orders: Vec<Value> = thread::scope(|scope| {
        let trader = |trader: usize| {
            let desk = &desk;
            scope.spawn(move || {
                let bodies = (0..EACH).map(|n| match (trader + n) % 10 {
                    9 => limit(SWAPS[0], "8"),
                    n => market(SWAPS[n % SWAPS.len()]),
                });
                let ids: Vec<String> = bodies.map(|body| desk.place(&body)).collect();
                ids.iter().map(|id| desk.ended(id)).collect::<Vec<_>>()
            })
        };
        let traders: Vec<_> = (0..10).map(trader).collect();
        let each = traders.into_iter().map(|trader| trader.join().unwrap());
        each.flatten().collect()
    });
    let confirmed = orders.iter().filter(|order| order["status"] == "confirmed");
    assert_eq!(confirmed.count(), 10 * EACH, "{:#?}", unconfirmed(&orders));
    desk.assert_moved(&before, &orders);
}

#[test]
fn alone_an_order_is_paid_what_it_was_quoted() {
    let desk = Desk::open();
    for swap in SWAPS {
        let order = desk.ended(&desk.place(&market(swap)));
        assert_eq!(order["status"], "confirmed", "{order:#}");
        let mut quotes = order["quotes"].as_array().unwrap().iter();
        let chosen = quotes.find(|quote| quote["chosen"] == true).unwrap();
        assert_eq!(order["amountOut"], chosen["amountOut"], "{order:#}");
    }
}

/// What is missing is said, and nothing moves.
#[test]
fn what_the_wallet_does_not_have_is_not_sold() {
    let desk = Desk::open();
    let before = desk.balances();
    let order = desk.ended(&desk.place(&market(("SOL", "USDC", "10001"))));
    assert_eq!(order["status"], "failed", "{order:#}");
    assert_eq!(desk.balances(), before);
    desk.set_tokens("SOL", 3);
    let order = desk.ended(&desk.place(&market(SWAPS[0])));
    assert_eq!(order["failureCode"], "insufficient_funds", "{order:#}");
    let reason = order["failureReason"].as_str().unwrap();
    assert!(reason.contains("1.499999997 SOL"), "{reason}");
}

fn unconfirmed(orders: &[Value]) -> Vec<&Value> {
    let others = orders.iter().filter(|order| order["status"] != "confirmed");
    others.take(3).collect()
}
