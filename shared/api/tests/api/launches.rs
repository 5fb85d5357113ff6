//! `GET /api/launches`, and sniper orders: what is taken, what is refused, what is shown.

use std::sync::Arc;

use axum::http::StatusCode;
use engine::{
    launch::{LaunchPlace, LaunchedPool, Safety},
    order::{Cause, Fired, OrderEvent, SeenPool, TokenAmount, TriggerPool, Unmet, WaitingReason},
    routing::VenueId,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{ports::KnownPools, test_api::TestApi};

const MINT: &str = "9BB6NFEcjBCtnNLFko2FqVQBq8HHM13kCyYcdQbgpump";
const POOL: &str = "HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR";

fn pool(slot: u64, symbol: &str) -> LaunchedPool {
    LaunchedPool {
        place: LaunchPlace {
            slot,
            transaction: 7,
            instruction: 1,
        },
        mint: MINT.into(),
        symbol: symbol.into(),
        decimals: 6,
        against: "SOL".into(),
        venue: VenueId::new("Meteora"),
        pool: POOL.into(),
        opens_at: opening(),
        liquidity: TokenAmount::from_units(84_500_000_000, 9),
        safety: Safety {
            mint_authority_revoked: true,
            freeze_authority_revoked: false,
            lp_burned: true,
        },
    }
}

fn opening() -> Timestamp {
    "2026-11-26T12:00:00.4Z".parse().expect("a time")
}

fn sniper(more: &Value) -> String {
    let mut order = json!({
        "type": "sniper", "tokenIn": "SOL", "tokenOut": MINT, "amount": "1.5",
    });
    for (name, value) in more.as_object().expect("fields") {
        order[name] = value.clone();
    }
    order.to_string()
}

#[tokio::test]
async fn the_newest_pools_are_listed_and_those_that_are_announced_before_them() {
    let api = TestApi::with(|api| {
        api.launch_log = Arc::new(KnownPools(vec![pool(20, "NEW"), pool(10, "OLD")]));
        api.launches = Arc::new(KnownPools(vec![pool(30, "NEXT"), pool(40, "LATER")]));
    });
    let all = api.get("/api/launches").await.json();
    let listed: Vec<(&str, bool)> = all
        .as_array()
        .expect("a list")
        .iter()
        .map(|pool| {
            let announced = pool["announced"].as_bool().expect("said");
            (pool["symbol"].as_str().expect("named"), announced)
        })
        .collect();
    assert_eq!(
        listed,
        [
            ("LATER", true),
            ("NEXT", true),
            ("NEW", false),
            ("OLD", false)
        ]
    );
    assert_eq!(
        all[2],
        json!({
            "mint": MINT, "symbol": "NEW", "decimals": 6, "against": "SOL", "venue": "Meteora",
            "pool": POOL, "slot": 20, "opensAt": "2026-11-26T12:00:00.400Z", "liquidity": "84.5",
            "mintAuthorityRevoked": true, "freezeAuthorityRevoked": false, "lpBurned": true,
            "announced": false,
        })
    );
    let one = api.get("/api/launches?limit=1").await.json();
    assert_eq!(one.as_array().map(Vec::len), Some(3));
    for limit in ["0", "201", "-1", "x"] {
        let refused = api.get(&format!("/api/launches?limit={limit}")).await;
        assert_eq!(
            refused.problem(),
            ("invalid_limit".into(), Some("limit".into()))
        );
    }
}

#[tokio::test]
async fn a_sniper_order_is_taken_with_its_terms_and_shows_what_it_waits_for_and_what_fired_it() {
    let api = TestApi::new();
    let body = sniper(&json!({
        "limitPrice": 1200, "slippageBps": 5000, "venues": ["Meteora", "Raydium", "Meteora"],
        "minLiquidity": "50", "maxLiquidity": 500.5, "maxAgeSlots": 216_000,
        "require": ["lp_burned", "mint_authority_revoked"],
    }));
    let answer = api.post(body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    let id = answer.json()["orderId"].as_str().expect("an id").to_owned();
    let seen = SeenPool {
        pool: POOL.into(),
        opens_at: opening(),
    };
    api.orders.advance(
        &id,
        OrderEvent::WaitingStarted {
            unmet: Unmet {
                reason: WaitingReason::PoolOpensLater,
                best: None,
            },
            pool: Some(seen),
            settled: None,
        },
    );
    let order = api.get(&format!("/api/orders/{id}")).await.json();
    for (field, value) in [
        ("type", json!("sniper")),
        ("tokenOut", json!(MINT)),
        ("limitPrice", json!("1200")),
        ("slippageBps", json!(5000)),
        ("timeInForce", Value::Null),
        ("status", json!("waiting")),
        ("trigger", Value::Null),
        (
            "sniper",
            json!({
                "venues": ["Meteora", "Raydium"], "minLiquidity": "50", "maxLiquidity": "500.5",
                "maxAgeSlots": 216_000, "require": ["mint_authority_revoked", "lp_burned"],
            }),
        ),
    ] {
        assert_eq!(order[field], value, "{field}");
    }
    assert_eq!(order["waiting"]["reason"], "pool_opens_later");
    assert_eq!(
        order["events"][1]["payload"],
        json!({
            "reason": "pool_opens_later", "pool": POOL, "opensAt": "2026-11-26T12:00:00.400Z",
        })
    );
    let fired = Fired {
        at: opening(),
        by: Cause::Pool(TriggerPool {
            pool: POOL.into(),
            venue: VenueId::new("Meteora"),
            slot: 20,
            opens_at: opening(),
            decimals: 6,
        }),
    };
    api.orders
        .advance(&id, OrderEvent::RoutingStarted { fired: Some(fired) });
    let order = api.get(&format!("/api/orders/{id}")).await.json();
    let trigger = json!({
        "at": "2026-11-26T12:00:00.400Z", "pool": POOL, "venue": "Meteora", "slot": 20,
        "opensAt": "2026-11-26T12:00:00.400Z",
    });
    assert_eq!(order["trigger"], trigger);
    assert_eq!(order["events"][2]["payload"], json!({ "trigger": trigger }));
}

#[tokio::test]
async fn a_sniper_order_that_says_little_has_the_usual_terms() {
    let api = TestApi::new();
    let answer = api.post(sniper(&json!({}))).await;
    let id = answer.json()["orderId"].as_str().expect("an id").to_owned();
    let order = api.get(&format!("/api/orders/{id}")).await.json();
    assert_eq!(order["slippageBps"], 1000);
    assert_eq!(order["limitPrice"], Value::Null);
    assert_eq!(
        order["sniper"],
        json!({
            "venues": [], "minLiquidity": null, "maxLiquidity": null, "maxAgeSlots": 300,
            "require": [],
        })
    );
}

#[tokio::test]
async fn what_cannot_be_sniped_is_refused_by_name() {
    let api = TestApi::new();
    let usdc = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
    for (more, code, field) in [
        (json!({"tokenOut": "USDC"}), "invalid_mint", "tokenOut"),
        (json!({"tokenOut": ""}), "invalid_mint", "tokenOut"),
        (json!({"tokenOut": usdc}), "invalid_mint", "tokenOut"),
        (
            json!({"tokenOut": format!("{MINT}1")}),
            "invalid_mint",
            "tokenOut",
        ),
        (
            json!({"tokenOut": "0".repeat(44)}),
            "invalid_mint",
            "tokenOut",
        ),
        (
            json!({"tokenOut": "1".repeat(9_000)}),
            "invalid_mint",
            "tokenOut",
        ),
        (json!({"tokenIn": MINT}), "unknown_token", "tokenIn"),
        (json!({"amount": "0"}), "invalid_amount", "amount"),
        (
            json!({"slippageBps": 5001}),
            "invalid_slippage",
            "slippageBps",
        ),
        (
            json!({"limitPrice": "0"}),
            "invalid_limit_price",
            "limitPrice",
        ),
        (json!({"expiresAt": "soon"}), "invalid_expiry", "expiresAt"),
        (json!({"venues": ["Orca"]}), "invalid_venue", "venues"),
        (json!({"venues": []}), "invalid_venue", "venues"),
        (json!({"venues": "Raydium"}), "malformed_body", "venues"),
        (
            json!({"minLiquidity": "-1"}),
            "invalid_liquidity",
            "minLiquidity",
        ),
        (
            json!({"minLiquidity": "2", "maxLiquidity": "1.999999999"}),
            "invalid_liquidity",
            "maxLiquidity",
        ),
        (
            json!({"maxAgeSlots": 0}),
            "invalid_requirement",
            "maxAgeSlots",
        ),
        (
            json!({"maxAgeSlots": 216_001}),
            "invalid_requirement",
            "maxAgeSlots",
        ),
        (
            json!({"maxAgeSlots": 1.5}),
            "invalid_requirement",
            "maxAgeSlots",
        ),
        (
            json!({"require": ["kyc"]}),
            "invalid_requirement",
            "require",
        ),
        (
            json!({"timeInForce": "IOC"}),
            "unknown_field",
            "timeInForce",
        ),
        (
            json!({"minAmountOut": "1"}),
            "unknown_field",
            "minAmountOut",
        ),
    ] {
        let answer = api.post(sniper(&more)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{more}: {answer:?}");
        assert_eq!(
            answer.problem(),
            (code.into(), Some(field.into())),
            "{more}"
        );
    }
    assert_eq!(api.orders.len(), 0);
}

/// The request's hash covers every term, and nothing but what they mean.
#[tokio::test]
async fn a_repeat_with_another_term_is_another_request() {
    let api = TestApi::new();
    let terms = json!({
        "limitPrice": "1200", "venues": ["Raydium", "Meteora"], "minLiquidity": "50",
        "maxLiquidity": "500", "maxAgeSlots": 300, "require": ["lp_burned"],
    });
    let first = api.post_with_key("k", &sniper(&terms)).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    let same = json!({
        "limitPrice": 1200.0, "venues": ["Meteora", "Raydium"], "minLiquidity": 50,
        "maxLiquidity": 500, "require": ["lp_burned", "lp_burned"],
    });
    let repeat = api.post_with_key("k", &sniper(&same)).await;
    assert_eq!(repeat.json()["orderId"], first.json()["orderId"]);
    for (name, value) in [
        ("limitPrice", json!("1201")),
        ("venues", json!(["Meteora"])),
        ("minLiquidity", json!("51")),
        ("maxLiquidity", json!("501")),
        ("maxAgeSlots", json!(301)),
        ("require", json!([])),
        ("expiresAt", json!("2999-01-01T00:00:00Z")),
    ] {
        let mut other = terms.clone();
        other[name] = value;
        if name == "expiresAt" {
            let soon = Timestamp::now() + std::time::Duration::from_secs(60);
            other[name] = json!(soon.to_string());
        }
        let reused = api.post_with_key("k", &sniper(&other)).await;
        assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
}
