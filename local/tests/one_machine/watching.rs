//! How often the engine looks at prices, and at an order that waits.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use engine::{
    order::{Swap, Token},
    ports::Venue,
    routing::{Quote, QuoteTerms, Rejection, VenueId},
};
use jiff::{SignedDuration, Timestamp};
use runtime::Trading;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Engine, QUICK, assert_complete, eventually};

/// So much of what the market pays, in per cent, until it has recovered.
const LOW: u64 = 90;

/// A venue that pays less for as long as its market is low.
struct Recovering {
    venue: Arc<dyn Venue>,
    has_recovered: Arc<AtomicBool>,
}

impl Recovering {
    fn percent(&self) -> u64 {
        match self.has_recovered.load(Ordering::SeqCst) {
            true => 100,
            false => LOW,
        }
    }
}

#[async_trait]
impl Venue for Recovering {
    fn id(&self) -> VenueId {
        self.venue.id()
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        let quote = self.venue.quote(swap).await?;
        let amount_out = quote.terms.amount_out;
        let less = amount_out.units() / 100 * self.percent();
        Ok(Quote {
            terms: QuoteTerms {
                amount_out: amount_out.with_units(less),
                ..quote.terms
            },
            ..quote
        })
    }

    async fn marginal_price(
        &self,
        token_in: &Token,
        token_out: &Token,
    ) -> Result<Decimal, Rejection> {
        let price = self.venue.marginal_price(token_in, token_out).await?;
        Ok(price * Decimal::from(self.percent()) / Decimal::from(100))
    }
}

/// An engine that looks so often, in a market that stands still, and is low for now.
async fn in_a_low_market(watch_every_ms: &str, has_recovered: &Arc<AtomicBool>) -> Engine {
    let own = ["--watch-every-ms", watch_every_ms, "--sim-volatility", "0"];
    Engine::start_with(&[&QUICK[..], &own].concat(), |mut trading: Trading| {
        for venue in &mut trading.ports.venues {
            *venue = Arc::new(Recovering {
                venue: Arc::clone(venue),
                has_recovered: Arc::clone(has_recovered),
            });
        }
        trading
    })
    .await
}

async fn best_price(engine: &Engine, amount: u32) -> Decimal {
    let path = format!("/api/quote?tokenIn=SOL&tokenOut=USDC&amount={amount}");
    let quote = engine.json(&path).await;
    let offers = quote["quotes"].as_array().expect("offers");
    let prices = offers.iter().filter_map(|offer| offer["price"].as_str());
    let prices = prices.map(|price| price.parse().expect("a decimal"));
    prices.max().expect("a venue")
}

fn limit(amount: u32, price: Decimal) -> Value {
    json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": amount,
        "limitPrice": price.round_dp(6).to_string(),
    })
}

async fn waiting(engine: &Engine, id: &str) -> Value {
    eventually("it waits", async || {
        let order = engine.json(&format!("/api/orders/{id}")).await;
        (order["status"] == "waiting").then_some(order)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_looks_more_often_wakes_an_order_that_another_leaves_asleep() {
    let has_recovered = Arc::new(AtomicBool::new(false));
    let seldom = in_a_low_market("60000", &has_recovered).await;
    let often = in_a_low_market("200", &has_recovered).await;
    // Between what is paid now and what is paid afterwards, whatever a venue errs.
    let order = limit(10, best_price(&often, 10).await * Decimal::new(105, 2));
    let asleep = seldom.place(&order).await;
    let woken = often.place(&order).await;
    waiting(&seldom, &asleep).await;
    waiting(&often, &woken).await;
    has_recovered.store(true, Ordering::SeqCst);
    let story = often.story(&woken).await;
    assert_complete(&story);
    assert_eq!(story.last().expect("an end")["status"], "confirmed");
    let order = seldom.json(&format!("/api/orders/{asleep}")).await;
    assert_eq!(order["status"], "waiting", "its next look is in a minute");
}

/// What is paid for so much is far below the price of little, so only time brings it back.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_too_large_for_its_price_is_checked_as_often_as_is_set() {
    let own = ["--recheck-max-s", "5", "--sim-volatility", "0"];
    let engine = Engine::start_with(&[&QUICK[..], &own].concat(), |trading| trading).await;
    let price = best_price(&engine, 5_000).await * Decimal::new(104, 2);
    let id = engine.place(&limit(5_000, price)).await;
    waiting(&engine, &id).await;
    let order = eventually("it is checked six times", async || {
        let order = engine.json(&format!("/api/orders/{id}")).await;
        let checks = order["waiting"]["checks"].as_u64();
        checks.is_some_and(|checks| checks >= 6).then_some(order)
    })
    .await;
    let time = |text: &Value| -> Timestamp {
        let text = text.as_str().expect("a time");
        text.parse().expect("a time")
    };
    let took = time(&order["waiting"]["checkedAt"]).duration_since(time(&order["createdAt"]));
    // By default they are 5, 5, 10, 20 and 40 seconds, each a fifth less at the least.
    assert!(took < SignedDuration::from_secs(60), "{order:#}");
}
