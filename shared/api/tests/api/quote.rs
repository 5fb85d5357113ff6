//! What the venues would pay now, and what can be traded.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::test_api::TestApi;

#[tokio::test]
async fn a_quote_shows_each_venue_and_why_one_is_better() {
    let api = TestApi::new();
    let address = "/api/quote?tokenIn=SOL&tokenOut=USDC&amount=1e1&slippageBps=100&note=ignored";
    let answer = api.get(address).await;
    assert_eq!(answer.status, StatusCode::OK);
    let offer = |dex: &str, out: &str, net: &str, price: &str, least: &str, chosen: bool| {
        json!({
            "dex": dex, "pool": format!("{dex}-pool"), "amountIn": "10", "amountOut": out,
            "netAmountOut": net, "price": price, "fee": "0.025", "priceImpactBps": 3,
            "networkFee": "0.000005", "minimumReceived": least, "chosen": chosen, "rejected": null,
        })
    };
    let mut quote = answer.json();
    let quoted_at = quote["quotedAt"].take();
    let quoted_at: Result<jiff::Timestamp, _> = quoted_at.as_str().expect("a time").parse();
    assert!(quoted_at.is_ok_and(|at| at <= jiff::Timestamp::now()));
    assert_eq!(
        quote,
        json!({
            "tokenIn": "SOL", "tokenOut": "USDC", "amount": "10", "slippageBps": 100,
            "quotes": [
                offer("Raydium", "780", "779.9996", "78", "772.2", false),
                offer("Meteora", "790", "789.9996", "79", "782.1", true),
            ],
            "chosenDex": "Meteora", "minimumReceived": "782.1", "quotedAt": null,
            "reason": "Meteora pays 10 USDC more than Raydium after all fees",
        })
    );
    assert_eq!(api.orders.len(), 0);
}

#[tokio::test]
async fn without_a_usable_venue_each_says_why() {
    let api = TestApi::new();
    api.venues_empty.store(true, Ordering::Relaxed);
    let answer = api
        .get("/api/quote?tokenIn=SOL&tokenOut=USDC&amount=10")
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    let quote = answer.json();
    assert_eq!(quote["chosenDex"], Value::Null);
    assert!(
        quote["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("the pool is empty"))
    );
    for offer in quote["quotes"].as_array().expect("offers") {
        assert_eq!(offer["rejected"], "no liquidity: the pool is empty");
        assert_eq!(offer["amountOut"], Value::Null);
    }
}

#[tokio::test]
async fn a_quote_does_not_need_the_order_book() {
    let api = TestApi::new();
    api.orders.down.store(true, Ordering::Relaxed);
    let answer = api
        .get("/api/quote?tokenIn=USDC&tokenOut=SOL&amount=10")
        .await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn the_tokens_are_listed_with_mint_and_decimals() {
    let tokens = TestApi::new().get("/api/tokens").await.json();
    let mint = "So11111111111111111111111111111111111111112";
    assert_eq!(
        tokens[0],
        json!({"symbol": "SOL", "mint": mint, "decimals": 9})
    );
    assert_eq!(tokens.as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn the_market_says_what_it_is_and_names_venues_and_pairs() {
    let api = TestApi::new();
    api.orders.down.store(true, Ordering::Relaxed);
    let answer = api.get("/api/market").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.json(),
        json!({
            "kind": "simulated",
            "orderTypes": ["market", "limit", "sniper"],
            "venues": [
                {"id": "Raydium", "name": "Raydium"},
                {"id": "Meteora", "name": "Meteora"},
            ],
            "pairs": [["SOL", "USDC"], ["USDC", "USDT"]],
            "auth": "loopback",
            "explorer": "https://explorer.example/tx/{signature}?cluster=local",
        })
    );
}
