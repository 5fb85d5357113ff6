//! The commands `order` and `cancel`.

use std::process::Output;

use serde_json::json;

use crate::{
    process::run,
    support::{Engine, QUICK},
};

async fn order(
    engine: &Engine,
    arguments: &'static [&'static str],
) -> (Option<i32>, String, String) {
    let url = engine.url("");
    let output: Output =
        tokio::task::spawn_blocking(move || run(&[&["order", "--url", &url], arguments].concat()))
            .await
            .expect("the command ran");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn it_prints_the_life_of_an_order_and_answers_with_its_end() {
    let engine = Engine::start().await;
    let (code, printed, _) = order(&engine, &["SOL", "USDC", "10"]).await;
    assert_eq!(code, Some(0), "{printed}");
    let mut from = 0;
    for word in [
        "pending",
        "routing",
        "building",
        "submitted",
        "confirmed",
        "USDC at",
    ] {
        let at = printed[from..]
            .find(word)
            .unwrap_or_else(|| panic!("{word} is missing, or not in order:\n{printed}"));
        from += at;
    }
    assert!(!printed.contains('\x1b'), "no colours away from a terminal");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_1_for_a_failed_order_and_2_for_one_that_was_not_placed() {
    let engine = Engine::start_with(&QUICK, |trading| trading).await;
    // More than the pools hold.
    let (code, printed, _) = order(&engine, &["USDC", "SOL", "18446744073709"]).await;
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("no_liquidity"), "{printed}");

    let (code, _, said) = order(&engine, &["SOL", "DOGE", "10"]).await;
    assert_eq!(code, Some(2));
    assert!(
        said.contains("DOGE") && said.contains("unknown_token"),
        "{said}"
    );

    let output = run(&["order", "--url", "http://127.0.0.1:1", "SOL", "USDC", "10"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("no engine answers at http://127.0.0.1:1")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_places_orders_that_wait_and_cancels_exactly_those_that_are_named() {
    let engine = Engine::start().await;
    let (code, printed, _) = order(
        &engine,
        &[
            "SOL",
            "USDC",
            "10",
            "--limit",
            "5000",
            "--ioc",
            "--client-order-id",
            "once",
        ],
    )
    .await;
    assert_eq!(code, Some(1), "{printed}");
    assert!(
        printed.contains("expired") && printed.contains("limit_not_met"),
        "{printed}"
    );
    let (code, printed, _) = order(&engine, &["SOL", "USDC", "10", "--min-out", "100"]).await;
    assert_eq!(code, Some(0), "{printed}");
    let (code, _, said) = order(&engine, &["SOL", "USDC", "10", "--client-order-id", "once"]).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("duplicate_client_order_id"), "{said}");

    let body = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 10, "limitPrice": "5000",
    });
    let waits = engine.place(&body).await;
    let cancel = async |id: &str| {
        let arguments = [
            "cancel".into(),
            "--url".into(),
            engine.url(""),
            id.to_owned(),
        ];
        let ran =
            tokio::task::spawn_blocking(move || run(&arguments.each_ref().map(|a| a.as_str())));
        ran.await.expect("the command ran").status.code()
    };
    assert_eq!(
        cancel(&format!("x{waits}")).await,
        Some(1),
        "a slip names no other order"
    );
    let status = async || engine.json(&format!("/api/orders/{waits}")).await["status"].clone();
    assert_ne!(status().await, "cancelled");
    assert_eq!(cancel(&waits).await, Some(0));
    assert_eq!(status().await, "cancelled");
    assert_eq!(
        cancel("0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e").await,
        Some(1)
    );
}
