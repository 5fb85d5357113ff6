//! Venues that are down, late, or lie; and a chain that always refuses.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{Swap, Token},
    ports::Venue,
    routing::{Quote, QuoteTerms, Rejection, VenueId},
};
use runtime::Trading;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::{Engine, QUICK, assert_complete, statuses, ten_sol};

/// What is wrong with a venue.
#[derive(Clone, Copy)]
enum Fault {
    Down,
    Silent,
    TenTimesTooMuch,
    FivePercentTooMuch,
    Nothing,
    OtherPair,
    Stale,
    Empty,
}

/// A venue with a fault.
struct Faulty {
    inner: Arc<dyn Venue>,
    fault: Fault,
}

#[async_trait]
impl Venue for Faulty {
    fn id(&self) -> VenueId {
        self.inner.id()
    }

    async fn marginal_price(
        &self,
        token_in: &Token,
        token_out: &Token,
    ) -> Result<Decimal, Rejection> {
        self.inner.marginal_price(token_in, token_out).await
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        let honest = self.inner.quote(swap).await?;
        let (terms, token_out) = (honest.terms, honest.token_out.clone());
        let paying = |units: fn(u64) -> u64| {
            let amount_out = terms.amount_out.with_units(units(terms.amount_out.units()));
            QuoteTerms {
                amount_out,
                ..terms
            }
        };
        match self.fault {
            Fault::Down => Err(Rejection::Unavailable("connection refused".into())),
            Fault::Silent => std::future::pending().await,
            Fault::FivePercentTooMuch => Ok(Quote {
                terms: paying(|units| units / 100 * 105),
                ..honest
            }),
            Fault::TenTimesTooMuch => Ok(Quote {
                terms: paying(|units| units * 10),
                ..honest
            }),
            Fault::Nothing => Ok(Quote {
                terms: paying(|_| 0),
                ..honest
            }),
            Fault::OtherPair => Ok(Quote {
                token_out: format!("{token_out}x"),
                ..honest
            }),
            Fault::Stale => Ok(Quote {
                as_of: honest.as_of - Duration::from_secs(60),
                ..honest
            }),
            Fault::Empty => Err(Rejection::NoLiquidity("the pool is empty".into())),
        }
    }
}

fn with(fault: Fault, faulty: &'static [&'static str]) -> impl FnOnce(Trading) -> Trading {
    move |mut trading| {
        for venue in &mut trading.ports.venues {
            if faulty.contains(&venue.id().name()) {
                *venue = Arc::new(Faulty {
                    inner: Arc::clone(venue),
                    fault,
                });
            }
        }
        trading
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_one_venue_is_down_late_or_lies_the_other_serves() {
    for (fault, said) in [
        (Fault::Down, "unavailable"),
        (Fault::Silent, "no answer within"),
        (Fault::TenTimesTooMuch, "far more than the market"),
        (Fault::Nothing, "pays nothing"),
        (Fault::OtherPair, "another pair"),
        (Fault::Stale, "stale"),
        (Fault::Empty, "the pool is empty"),
    ] {
        let engine = Engine::start_with(&QUICK, with(fault, &["Meteora"])).await;
        let id = engine.place(&ten_sol()).await;
        let story = engine.story(&id).await;
        assert_eq!(statuses(&story).last(), Some(&"confirmed"), "{story:#?}");
        let payload = &story[2]["payload"];
        assert_eq!(payload["chosenDex"], "Raydium");
        let dropped = payload["quotes"]
            .as_array()
            .expect("quotes")
            .iter()
            .find(|quote| quote["dex"] == "Meteora");
        let reason = dropped.expect("each venue is stored")["rejected"]
            .as_str()
            .expect("a reason");
        assert!(reason.contains(said), "{reason}");
        assert!(
            payload["reason"]
                .as_str()
                .expect("a reason")
                .contains("only venue left")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_liquidity_anywhere_the_order_fails_at_once() {
    let engine = Engine::start_with(&QUICK, with(Fault::Empty, &["Meteora", "Raydium"])).await;
    let id = engine.place(&ten_sol()).await;
    let story = engine.story(&id).await;
    assert_eq!(statuses(&story), ["pending", "routing", "failed"]);
    assert_eq!(story[2]["payload"]["code"], "no_liquidity");
    assert_eq!(engine.landed_for(&id).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_always_refuses_gets_four_attempts_with_growing_pauses() {
    let options = [&QUICK[..], &["--sim-failure-rate", "1"]].concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let id = engine.place(&ten_sol()).await;
    let story = engine.story(&id).await;
    assert_complete(&story);
    let attempt = ["routing", "building", "submitted"];
    let expected = [
        &["pending"],
        &attempt[..],
        &attempt,
        &attempt,
        &attempt,
        &["failed"],
    ]
    .concat();
    assert_eq!(statuses(&story), expected);
    assert_eq!(story[13]["payload"]["code"], "submission_refused");

    // An attempt's `routing` is written when the one before has failed; `building` shows when it
    // really began.
    let at = |n: usize| {
        story[n]["at"]
            .as_str()
            .expect("a time")
            .parse::<jiff::Timestamp>()
            .expect("a time")
    };
    for (retry, pause_ms) in [(4, 1_000), (7, 4_000), (10, 16_000)] {
        assert_eq!(story[retry]["payload"]["code"], "submission_refused");
        let waited = at(retry + 1).duration_since(at(retry)).as_millis();
        assert!(
            waited >= pause_ms * 8 / 10,
            "{waited} ms instead of about {pause_ms}"
        );
    }
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(
        (&order["status"], &order["attempt"]),
        (&Value::from("failed"), &Value::from(4))
    );
    assert_eq!(
        order["failureReason"],
        story[13]["payload"]["failureReason"]
    );
    assert_eq!(engine.landed_for(&id).await, 0);
    assert_eq!(engine.server.queue().expect("its own").dead_letters(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn slippage_is_enforced_where_the_swap_lands() {
    // Plausible promises that no pool keeps: each attempt's swap is undone by the chain.
    let optimists = with(Fault::FivePercentTooMuch, &["Meteora", "Raydium"]);
    let engine = Engine::start_with(&QUICK, optimists).await;
    let id = engine.place(&ten_sol()).await;
    let story = engine.story(&id).await;
    assert_complete(&story);
    let codes: Vec<&Value> = story
        .iter()
        .map(|event| &event["payload"]["code"])
        .filter(|code| !code.is_null())
        .collect();
    assert_eq!(codes, ["slippage_exceeded"; 4]);
    assert_eq!(statuses(&story).last(), Some(&"failed"));
    assert_eq!(engine.landed_for(&id).await, 0);
}
