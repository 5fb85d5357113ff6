//! `GET /api/candles`: how a price went, in either direction, in any piece of time.

use serde_json::json;

use crate::test_api::TestApi;

/// The clock of these tests stands at 2027-01-15 08:00:00 UTC; the price was noted in the last two
/// minutes, and the reference knows nothing of its past.
#[tokio::test]
async fn what_was_noted_is_told_oldest_first_and_turned_round_for_the_other_direction() {
    let api = TestApi::new();
    let candles = api.get("/api/candles?tokenIn=SOL&tokenOut=USDC").await;
    assert_eq!(
        candles.json(),
        json!([
            {"at": "2027-01-15T07:59:00.000Z", "open": "80", "high": "100", "low": "50", "close": "64"},
            {"at": "2027-01-15T08:00:00.000Z", "open": "64", "high": "64", "low": "64", "close": "64"},
        ])
    );
    let turned = api
        .get("/api/candles?tokenIn=USDC&tokenOut=SOL&limit=2")
        .await;
    assert_eq!(
        turned.json()[0],
        json!({
            "at": "2027-01-15T07:59:00.000Z", "open": "0.0125", "high": "0.02", "low": "0.01",
            "close": "0.015625",
        })
    );
    let newest = api
        .get("/api/candles?tokenIn=SOL&tokenOut=USDC&limit=1")
        .await;
    assert_eq!(newest.json().as_array().map(Vec::len), Some(1));
    let unknown = api
        .get("/api/candles?tokenIn=USDC&tokenOut=USDT&interval=1h&limit=500")
        .await;
    assert_eq!(unknown.json(), json!([]));
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_by_name() {
    let api = TestApi::new();
    for (query, code, field) in [
        ("tokenOut=USDC", "missing_field", "tokenIn"),
        ("tokenIn=SOL", "missing_field", "tokenOut"),
        ("tokenIn=SOL&tokenOut=DOGE", "unknown_token", "tokenOut"),
        ("tokenIn=SOL&tokenOut=SOL", "same_token", "tokenOut"),
        ("tokenIn=JUP&tokenOut=SOL", "unsupported_pair", "tokenOut"),
        (
            "tokenIn=SOL&tokenOut=USDC&interval=2m",
            "invalid_filter",
            "interval",
        ),
        (
            "tokenIn=SOL&tokenOut=USDC&limit=501",
            "invalid_limit",
            "limit",
        ),
        (
            "tokenIn=SOL&tokenOut=USDC&limit=0",
            "invalid_limit",
            "limit",
        ),
    ] {
        let refused = api.get(&format!("/api/candles?{query}")).await;
        assert_eq!(
            refused.problem(),
            (code.to_owned(), Some(field.to_owned())),
            "{query}"
        );
    }
}
