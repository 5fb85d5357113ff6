//! The program as Lambda runs it, built to trade on Solana: it tells what is traded there, and asks
//! AWS for nothing that signs.

#![cfg(feature = "solana")]

use serde_json::{Value, json};
use testkit::{OnSolana, invoke, migrated_database};

#[tokio::test]
async fn what_is_traded_is_read_from_the_chain_without_a_wallet() {
    let database = migrated_database();
    let solana = OnSolana::start().await;
    let own = [
        ("DATABASE_URL", database.url()),
        ("QUEUE_URL", "http://127.0.0.1:1/123456789012/orders"),
        ("WS_MANAGEMENT_ENDPOINT", "none"),
        ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true"),
    ];
    let variables = [&own[..], &solana.variables()].concat();
    let mut event: Value =
        serde_json::from_str(include_str!("events/get_quote.json")).expect("JSON");
    event["path"] = json!("/api/market");
    let invocation = invoke(env!("CARGO_BIN_EXE_submit"), &variables, &event).await;
    let body = invocation.answer["body"].as_str().expect("a body");
    let market: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(market["kind"], "local", "{market}");
    assert_eq!(market["pairs"], json!([["SOL", "USDC"]]), "{market}");
    let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret";
    let expected = ["markets", "nodes"].map(|name| format!("GetSecretValue {arn}:{name}"));
    assert_eq!(solana.asked(), expected);
}
