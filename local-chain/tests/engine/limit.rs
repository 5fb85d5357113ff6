//! Limit orders on this chain: they wait for a pool's price, fire, end at once or are cancelled,
//! and are paid what was quoted.

use serde_json::{Value, json};

use crate::desk::Desk;

/// The pool of JUP and SOL, the only one of its pair.
const POOL: &str = "amm_v4";

/// Where an AMM v4 pool names its vault of the second token, SOL.
const SOL_VAULT: std::ops::Range<usize> = 368..400;

/// JUP to SOL, at this price or better.
fn limit(amount: u32, price: &str, time_in_force: &str) -> Value {
    json!({"type": "limit", "tokenIn": "JUP", "tokenOut": "SOL", "amount": amount,
        "limitPrice": price, "timeInForce": time_in_force})
}

/// A price a few per cent above what `amount` JUP are paid now.
fn above(desk: &Desk, amount: u32, per_cent: u64) -> String {
    let path = format!("/api/quote?tokenIn=JUP&tokenOut=SOL&amount={amount}");
    let quote = desk.get(&path).expect("a quote");
    let offers = quote["quotes"].as_array().unwrap().iter();
    let best = offers.filter_map(|offer| offer["price"].as_str());
    let best = best.map(nanos).max().unwrap();
    let price = best / 100 * (100 + per_cent);
    format!("{}.{:09}", price / 1_000_000_000, price % 1_000_000_000)
}

/// A decimal's first nine places.
fn nanos(text: &str) -> u64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.get(..9).unwrap_or(fraction);
    format!("{whole}{fraction:0<9}").parse().unwrap()
}

/// JUP is paid so many per cent more SOL from now on.
fn raise(desk: &Desk, per_cent: u64) {
    let pool = desk.data(&desk.pool(POOL));
    let vault = bs58::encode(&pool[SOL_VAULT]).into_string();
    let held = u64::from_le_bytes(desk.data(&vault)[64..72].try_into().unwrap());
    desk.set_vault(&vault, held / 100 * (100 + per_cent));
}

fn waits(desk: &Desk, id: &str) -> Value {
    desk.until("the order waits", || {
        let order = desk.order(id)?;
        (order["status"] == "waiting").then_some(order)
    })
}

/// That it was paid what the chosen venue quoted last, and its limit at least.
fn assert_paid_as_quoted(order: &Value) {
    assert_eq!(order["status"], "confirmed", "{order:#}");
    let mut quotes = order["quotes"].as_array().unwrap().iter();
    let chosen = quotes.find(|quote| quote["chosen"] == true).unwrap();
    assert_eq!(order["amountOut"], chosen["amountOut"], "{order:#}");
    let [paid, limit] =
        ["executedPrice", "limitPrice"].map(|field| nanos(order[field].as_str().unwrap()));
    assert!(paid >= limit, "{order:#}");
}

#[test]
fn a_limit_order_waits_and_is_executed_when_the_pools_price_has_moved() {
    let desk = Desk::open();
    let before = desk.balances();
    let id = desk.place(&limit(40, &above(&desk, 40, 2), "GTD"));
    let order = waits(&desk, &id);
    assert_eq!(order["waiting"]["reason"], "limit_not_met", "{order:#}");
    raise(&desk, 1);
    assert_eq!(desk.balances(), before, "a per cent is not enough");
    assert_eq!(waits(&desk, &id)["events"].as_array().unwrap().len(), 3);
    raise(&desk, 4);
    let order = desk.ended(&id);
    assert_paid_as_quoted(&order);
    desk.assert_moved(&before, &[order]);
}

#[test]
fn immediate_or_cancel_is_executed_as_quoted_or_not_at_all() {
    let desk = Desk::open();
    let before = desk.balances();
    let unmet = desk.ended(&desk.place(&limit(40, &above(&desk, 40, 2), "IOC")));
    assert_eq!(unmet["status"], "expired", "{unmet:#}");
    assert_eq!(unmet["failureCode"], "limit_not_met", "{unmet:#}");
    assert_eq!(desk.balances(), before);
    let met = desk.ended(&desk.place(&limit(40, &above(&desk, 40, 0), "IOC")));
    assert_paid_as_quoted(&met);
    desk.assert_moved(&before, &[unmet, met]);
}

/// The same move that executes another order leaves it alone.
#[test]
fn what_is_cancelled_while_it_waits_is_not_bought() {
    let desk = Desk::open();
    let before = desk.balances();
    let price = above(&desk, 40, 2);
    let [unwanted, wanted] = [(); 2].map(|()| desk.place(&limit(40, &price, "GTD")));
    waits(&desk, &unwanted);
    waits(&desk, &wanted);
    assert_eq!(desk.cancel(&unwanted)["status"], "cancelled");
    raise(&desk, 6);
    let (wanted, unwanted) = (desk.ended(&wanted), desk.ended(&unwanted));
    assert_paid_as_quoted(&wanted);
    assert_eq!(unwanted["status"], "cancelled", "{unwanted:#}");
    desk.assert_moved(&before, &[wanted, unwanted]);
}
