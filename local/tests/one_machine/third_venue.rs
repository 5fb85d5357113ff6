//! Which venues there are is data: one that no registry has is asked, compared, stored and told
//! like the others.

use std::sync::Arc;

use async_trait::async_trait;
use engine::{
    order::{Failure, SignedTransaction, Swap, Token},
    ports::{Chain, ChainStatus, Prepare, Unavailable, Venue},
    routing::{PoolRef, Quote, QuoteTerms, Rejection, Route, VenueId},
};
use runtime::Trading;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Engine, QUICK, assert_complete, ten_sol};

const THIRD: &str = "Orca";
const POOL: &str = "a-whirlpool-of-orca";

/// Quotes as another venue does, better by more than two venues ever differ, at a pool of its own.
struct BetterVenue(Arc<dyn Venue>);

#[async_trait]
impl Venue for BetterVenue {
    fn id(&self) -> VenueId {
        VenueId::new(THIRD)
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        let quote = self.0.quote(swap).await?;
        let more = quote.terms.amount_out.units() / 100 * 104;
        Ok(Quote {
            venue: self.id(),
            pool: PoolRef {
                address: POOL.into(),
                ..quote.pool
            },
            terms: QuoteTerms {
                amount_out: quote.terms.amount_out.with_units(more),
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
        let price = self.0.marginal_price(token_in, token_out).await?;
        Ok(price * Decimal::new(104, 2))
    }
}

/// A chain on which that venue exists: it fills where the original would.
struct ChainWithThirdVenue {
    chain: Arc<dyn Chain>,
    original: VenueId,
}

#[async_trait]
impl Chain for ChainWithThirdVenue {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        let pool = request.route.pool.as_ref().expect("the route has its pool");
        assert_eq!(
            (request.route.venue.name(), pool.address.as_str()),
            (THIRD, POOL)
        );
        assert!(pool.slot > 0 && pool.mint_in != pool.mint_out, "{pool:?}");
        let route = Route {
            venue: self.original.clone(),
            pool: None,
        };
        let min_out = request
            .min_out
            .with_units(request.min_out.units() / 100 * 95);
        let request = Prepare {
            route: &route,
            min_out,
            ..*request
        };
        self.chain.prepare(&request).await
    }

    async fn send(
        &self,
        transaction: &SignedTransaction,
    ) -> Result<std::time::Duration, Unavailable> {
        self.chain.send(transaction).await
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.chain.finalized_height().await
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        self.chain.status(transaction).await
    }
}

fn with_third_venue(mut trading: Trading) -> Trading {
    let original = Arc::clone(&trading.ports.venues[0]);
    trading.ports.chain = Arc::new(ChainWithThirdVenue {
        chain: trading.ports.chain,
        original: original.id(),
    });
    trading.ports.venues.push(Arc::new(BetterVenue(original)));
    trading
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_venue_is_asked_compared_stored_and_told_like_the_others() {
    let engine = Engine::start_with(&QUICK, with_third_venue).await;
    let quote = engine
        .json("/api/quote?tokenIn=SOL&tokenOut=USDC&amount=10")
        .await;
    assert_eq!(quote["chosenDex"], THIRD, "{quote}");
    assert_eq!(quote["quotes"].as_array().map(Vec::len), Some(3));

    let id = engine.place(&ten_sol()).await;
    let story = engine.story(&id).await;
    assert_complete(&story);
    let chosen = &story[2]["payload"];
    assert_eq!(chosen["chosenDex"], THIRD);
    let reason = chosen["reason"].as_str().expect("a reason");
    assert!(
        reason.starts_with("Orca pays ") && reason.ends_with("after all fees"),
        "{reason}"
    );
    let offers = chosen["quotes"].as_array().expect("an offer of each");
    let offered = |field: &'static str| offers.iter().map(move |offer| &offer[field]);
    assert_eq!(
        offered("dex").collect::<Vec<_>>(),
        ["Raydium", "Meteora", THIRD]
    );
    assert_eq!(offered("chosen").collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(offers[2]["pool"], POOL);

    // Read back from the database, in the history and alone.
    let order = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(
        (&order["status"], &order["chosenDex"]),
        (&json!("confirmed"), &json!(THIRD))
    );
    assert_eq!(order["quotes"], chosen["quotes"]);
    let page: Value = engine.json("/api/orders").await;
    assert_eq!(page[0]["chosenDex"], THIRD);
    assert_eq!(engine.landed_for(&id).await, 1);
}
