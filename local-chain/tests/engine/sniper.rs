//! Sniper orders: pools that are created while the engine runs, or is down.

use std::time::{Duration, Instant};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::desk::{Desk, units};

/// Decimals of the tokens that are created.
const DECIMALS: u32 = 6;

impl Desk {
    /// A token that nobody has but its creator; its mint.
    fn create_token(&self, wishes: &Value) -> String {
        let mint = self.call("_createToken", &json!([wishes]));
        mint.as_str().unwrap().to_owned()
    }

    /// A pool of it and SOL; its address.
    fn create_pool(&self, mint: &str, wishes: &Value) -> String {
        let pool = self.call("_createPool", &json!([mint, wishes]));
        pool.as_str().unwrap().to_owned()
    }

    /// Base units that the wallet has of a token, at the newest slot.
    fn held(&self, mint: &str) -> i128 {
        let config = json!({"encoding": "base64", "commitment": "processed"});
        let accounts = json!([[self.token_account(mint)], config]);
        let found = self.call("getMultipleAccounts", &accounts);
        found["value"][0]["data"][0].as_str().map_or(0, |data| {
            let data = BASE64_STANDARD.decode(data).unwrap();
            i128::from(u64::from_le_bytes(data[64..72].try_into().unwrap()))
        })
    }

    /// The order, once it waits for that reason.
    fn waits(&self, id: &str, reason: &str) -> Value {
        self.once(reason, id, |order| {
            order["status"] == "waiting" && order["waiting"]["reason"] == reason
        })
    }

    /// That the order has bought in that pool, once: the wallet has what it says.
    fn assert_bought(&self, order: &Value, mint: &str, pool: &str, sol_before: i128) {
        assert_eq!(order["status"], "confirmed", "{order:#}");
        assert_eq!(order["trigger"]["pool"], pool, "{order:#}");
        let bought = units(order["amountOut"].as_str().unwrap(), DECIMALS);
        assert_eq!(self.held(mint), bought, "{order:#}");
        let sold = units(order["amount"].as_str().unwrap(), 9);
        assert_eq!(self.balances()["SOL"], sol_before - sold, "{order:#}");
    }
}

fn sniper(mint: &str, more: &Value) -> Value {
    let mut order = json!({
        "type": "sniper", "tokenIn": "SOL", "tokenOut": mint, "amount": "0.5",
        "slippageBps": 500,
    });
    order
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    order
}

/// What all safe pools have.
fn safe() -> Value {
    json!({"require": ["mint_authority_revoked", "freeze_authority_revoked", "lp_burned"]})
}

#[test]
fn a_sniper_order_waits_for_its_pool_and_buys_there_once() {
    let desk = Desk::open();
    let sol = desk.balances()["SOL"];
    let mint = desk.create_token(&json!({}));
    let id = desk.place(&sniper(&mint, &safe()));
    desk.waits(&id, "no_pool_yet");
    let pool = desk.create_pool(&mint, &json!({"burnsShares": true}));
    let order = desk.ended(&id);
    desk.assert_bought(&order, &mint, &pool, sol);
    // It is known to all, and another order finds it.
    let launches = desk.get("/api/launches").unwrap();
    assert_eq!(launches[0]["mint"], mint.as_str(), "{launches:#}");
    assert_eq!(launches[0]["pool"], pool.as_str(), "{launches:#}");
    let again = desk.ended(&desk.place(&sniper(&mint, &safe())));
    assert_eq!(again["status"], "confirmed", "{again:#}");
}

#[test]
fn a_pool_that_misses_a_demand_is_not_bought_from() {
    let desk = Desk::open();
    let sol = desk.balances()["SOL"];
    let burned = json!({"burnsShares": true});
    for (token, pool, reason) in [
        (
            json!({"keepsMintAuthority": true}),
            &burned,
            "mint_authority",
        ),
        (
            json!({"keepsFreezeAuthority": true}),
            &burned,
            "freeze_authority",
        ),
        (json!({}), &json!({}), "lp_not_burned"),
        (
            json!({}),
            &json!({"burnsShares": true, "opensIn": 600}),
            "pool_opens_later",
        ),
    ] {
        let mint = desk.create_token(&token);
        let id = desk.place(&sniper(&mint, &safe()));
        desk.waits(&id, "no_pool_yet");
        desk.create_pool(&mint, pool);
        desk.waits(&id, reason);
        assert_eq!(desk.held(&mint), 0, "{reason}");
    }
    assert_eq!(desk.balances()["SOL"], sol);
}

#[test]
fn a_pool_that_was_created_while_the_engine_was_down_is_bought_from_if_it_is_young_enough() {
    let mut desk = Desk::open();
    let sol = desk.balances()["SOL"];
    let mint = desk.create_token(&json!({}));
    let patient = desk.place(&sniper(&mint, &json!({"maxAgeSlots": 5_000})));
    let hasty = desk.place(&sniper(&mint, &json!({"maxAgeSlots": 10})));
    desk.waits(&patient, "no_pool_yet");
    desk.waits(&hasty, "no_pool_yet");
    desk.kill();
    let pool = desk.create_pool(&mint, &json!({}));
    // A slot takes 200 ms: by then it is older than ten of them by the clock, and by the chain.
    let created = Instant::now();
    desk.until("the pool is old", || {
        (created.elapsed() > Duration::from_secs(5)).then_some(())
    });
    desk.call("_warp", &json!([400]));
    desk.start();
    let order = desk.ended(&patient);
    desk.waits(&hasty, "too_late");
    desk.assert_bought(&order, &mint, &pool, sol);
}
