//! Two venues with a fixed price each, a queue that forgets, and the real time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::{Catalogue, Dex, Listing, Swap, Token},
    ports::{Clock, ExecuteOrder, Queue, Reference, Unavailable, Venue},
    quote::{Quote, Rejection},
};
use jiff::Timestamp;

/// SOL, USDC, USDT and JUP; SOL/USDC and USDC/USDT can be traded.
pub(crate) fn catalogue() -> Catalogue {
    let listing = |symbol: &str, decimals, mint: &str| Listing {
        token: Token {
            symbol: symbol.into(),
            decimals,
        },
        mint: mint.into(),
    };
    Catalogue {
        listings: vec![
            listing("SOL", 9, "So11111111111111111111111111111111111111112"),
            listing("USDC", 6, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
            listing("USDT", 6, "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB"),
            listing("JUP", 6, "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN"),
        ],
        pairs: vec![
            ("SOL".into(), "USDC".into()),
            ("USDC".into(), "USDT".into()),
        ],
    }
}

/// Pays so many base units of what is bought for every 1,000 of what is sold.
pub(crate) struct FixedPrice {
    pub(crate) venue: Dex,
    pub(crate) rate: u64,
    pub(crate) closed: Arc<AtomicBool>,
}

#[async_trait]
impl Venue for FixedPrice {
    fn dex(&self) -> Dex {
        self.venue
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Rejection::NoLiquidity("the pool is empty".into()));
        }
        let paid = u128::from(swap.amount_in) * u128::from(self.rate) / 1_000;
        Ok(Quote {
            dex: self.venue,
            pool: format!("{}-pool", self.venue),
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            amount_in: swap.amount_in,
            amount_out: u64::try_from(paid).unwrap_or(u64::MAX),
            fee: swap.amount_in / 400,
            price_impact_bps: 3,
            network_fee: 5_000,
            network_fee_out: 400,
            as_of: Timestamp::now(),
        })
    }
}

/// No price to hold quotes against.
pub(crate) struct NoReference;

#[async_trait]
impl Reference for NoReference {
    async fn fair_out(&self, _: &Swap) -> Option<u64> {
        None
    }
}

/// The real time.
pub(crate) struct WallClock;

#[async_trait]
impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

/// Takes every message and delivers none, or takes none.
#[derive(Default)]
pub(crate) struct DeadEnd {
    pub(crate) down: AtomicBool,
}

#[async_trait]
impl Queue for DeadEnd {
    async fn send(&self, batch: &[(ExecuteOrder, Duration)]) -> Result<Vec<bool>, Unavailable> {
        if self.down.load(Ordering::Relaxed) {
            return Err(Unavailable("no queue".into()));
        }
        Ok(vec![true; batch.len()])
    }
}
