//! How a price went, told by an engine that has just begun.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::{Engine, QUICK, eventually};

fn figures(candle: &Value) -> [Decimal; 4] {
    ["open", "high", "low", "close"].map(|figure| {
        let text = candle[figure].as_str().expect("a decimal");
        text.parse().expect("a decimal")
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_engine_of_the_simulated_market_knows_how_its_prices_went() {
    let engine = Engine::start().await;
    for (interval, seconds) in [("1m", 60), ("5m", 300), ("1h", 3_600)] {
        let path = format!("/api/candles?tokenIn=SOL&tokenOut=USDC&interval={interval}&limit=500");
        let candles = engine.json(&path).await;
        let candles = candles.as_array().expect("a list");
        assert_eq!(candles.len(), 500, "{interval}");
        let begins = candles.iter().map(|candle| {
            let at: jiff::Timestamp = candle["at"]
                .as_str()
                .expect("a time")
                .parse()
                .expect("a time");
            at.as_second()
        });
        let begins: Vec<i64> = begins.collect();
        assert!(begins.windows(2).all(|two| two[1] - two[0] == seconds));
        for candle in candles {
            let [open, high, low, close] = figures(candle);
            assert!(
                low <= open.min(close) && open.max(close) <= high,
                "{candle}"
            );
        }
        // A piece that nobody has looked at but for its end is not flat.
        let [_, high, low, _] = figures(&candles[498]);
        assert!(low < high, "{interval}: {}", candles[498]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_without_volatility_has_always_stood_still() {
    let options = [&QUICK[..], &["--sim-volatility", "0"]].concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let path = "/api/candles?tokenIn=SOL&tokenOut=USDC&interval=1h&limit=500";
    let candles = engine.json(path).await;
    let candles = candles.as_array().expect("a list");
    assert_eq!(candles.len(), 500);
    let price = figures(&candles[0])[0];
    assert!(candles.iter().all(|candle| figures(candle) == [price; 4]));
}

/// Where no past is known, what the monitor notes is all there is.
#[tokio::test(flavor = "multi_thread")]
async fn the_monitor_notes_the_price_of_each_pair() {
    let engine = Engine::start().await;
    let url = engine.database_url();
    let database = postgres::Database::connect(url, 1).expect("a URL of ours");
    eventually("each pair is noted", async || {
        let noted = database.run("SELECT DISTINCT base, quote FROM prices", &[]);
        (noted.await.ok()?.len() == 5).then_some(())
    })
    .await;
}
