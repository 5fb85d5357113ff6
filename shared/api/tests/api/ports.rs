//! The ports besides the order book: venues with a fixed price, a queue that nobody reads, the real
//! time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    account::{AccountId, Actor, KeyId, Limits},
    candles::{Candle, Interval},
    catalogue::{Catalogue, ListedToken, MarketKind},
    launch::{LaunchedPool, PoolCondition},
    order::{Failure, OrderId, SignedTransaction, Swap, Token, TokenAmount},
    ports::{
        AuditEntry, AuditTrail, Chain, ChainStatus, Clock, ConnectionId, CreatedPools, Envelope,
        LaunchLog, Launches, LaunchesError, LimitStore, Prepare, PriceLog, Push, PushError, Queue,
        SeenPrice, StoreError, Subscribers, Subscriptions, Unavailable, Undelivered, Venue,
    },
    routing::{PoolRef, Quote, QuoteTerms, Rejection, VenueId},
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use uuid::Uuid;

/// SOL, USDC, USDT and JUP; SOL/USDC and USDC/USDT can be traded.
pub(crate) fn catalogue() -> Catalogue {
    let listed = |symbol: &str, decimals, mint: &str| ListedToken {
        token: Token {
            symbol: symbol.into(),
            decimals,
        },
        mint: mint.into(),
    };
    Catalogue {
        kind: MarketKind::Simulated,
        tells_launches: true,
        explorer: Some("https://explorer.example/tx/{signature}?cluster=local".into()),
        tokens: vec![
            listed("SOL", 9, "So11111111111111111111111111111111111111112"),
            listed("USDC", 6, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
            listed("USDT", 6, "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB"),
            listed("JUP", 6, "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN"),
        ],
        pairs: vec![
            ("SOL".into(), "USDC".into()),
            ("USDC".into(), "USDT".into()),
        ],
    }
}

/// Pays `rate` base units of what is bought for every 1,000 of what is sold.
pub(crate) struct FixedPriceVenue {
    pub(crate) name: &'static str,
    pub(crate) rate: u64,
    pub(crate) empty: Arc<AtomicBool>,
}

#[async_trait]
impl Venue for FixedPriceVenue {
    fn id(&self) -> VenueId {
        VenueId::new(self.name)
    }

    async fn marginal_price(
        &self,
        token_in: &Token,
        token_out: &Token,
    ) -> Result<Decimal, Rejection> {
        let digits = i32::from(token_in.decimals) - i32::from(token_out.decimals) - 3;
        let rate = Decimal::from(self.rate);
        Ok(match digits {
            0.. => rate * Decimal::from(10u64.pow(digits.unsigned_abs())),
            ..0 => rate / Decimal::from(10u64.pow(digits.unsigned_abs())),
        })
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        if self.empty.load(Ordering::Relaxed) {
            return Err(Rejection::NoLiquidity("the pool is empty".into()));
        }
        let sold = swap.amount_in;
        let paid = u128::from(sold.units()) * u128::from(self.rate) / 1_000;
        Ok(Quote {
            venue: self.id(),
            pool: PoolRef {
                address: format!("{}-pool", self.name),
                mint_in: "mint in".into(),
                mint_out: "mint out".into(),
                slot: 1,
            },
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            terms: QuoteTerms {
                amount_in: sold,
                amount_out: swap
                    .token_out
                    .units(u64::try_from(paid).unwrap_or(u64::MAX)),
                fee: sold.with_units(sold.units() / 400),
                price_impact_bps: 3,
                network_fee: TokenAmount::from_units(5_000, 9),
                network_fee_out: swap.token_out.units(400),
            },
            as_of: Timestamp::now(),
        })
    }
}

/// These pools, and nothing else of a chain.
pub(crate) struct KnownPools(pub(crate) Vec<LaunchedPool>);

#[async_trait]
impl Launches for KnownPools {
    async fn created(&self, _: Option<u64>) -> Result<CreatedPools, LaunchesError> {
        Err(Unavailable("no monitor asks here".into()).into())
    }

    async fn inspect(&self, _: &LaunchedPool) -> Result<Option<PoolCondition>, Unavailable> {
        Err(Unavailable("no worker asks here".into()))
    }

    fn announced(&self) -> Vec<LaunchedPool> {
        self.0.clone()
    }
}

#[async_trait]
impl LaunchLog for KnownPools {
    async fn cursor(&self) -> Result<Option<u64>, StoreError> {
        Ok(None)
    }

    async fn keep(&self, _: Option<u64>, _: &CreatedPools) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn of_mint(&self, _: &str) -> Result<Vec<LaunchedPool>, StoreError> {
        Ok(self.0.clone())
    }

    async fn newest(&self, limit: u16) -> Result<Vec<LaunchedPool>, StoreError> {
        Ok(self.0.iter().take(limit.into()).cloned().collect())
    }
}

/// A clock that stands still, at the beginning of a minute: 2027-01-15 08:00:00 UTC.
pub(crate) struct StoppedClock;

impl StoppedClock {
    fn shows() -> Timestamp {
        Timestamp::from_second(1_800_000_000).expect("a time")
    }
}

#[async_trait]
impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Self::shows()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

/// Two minutes of SOL in USDC, the last one just begun.
pub(crate) struct TwoMinutes;

#[async_trait]
impl PriceLog for TwoMinutes {
    async fn note(&self, _: &[SeenPrice]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn candles(
        &self,
        base: &str,
        quote: &str,
        _: Interval,
        since: Timestamp,
    ) -> Result<Vec<Candle>, StoreError> {
        if (base, quote) != ("SOL", "USDC") {
            return Ok(Vec::new());
        }
        let minute = |at, prices: &[u32]| Candle::of(at, prices.iter().map(|&n| n.into()));
        let now = StoppedClock::shows();
        let before = now - Duration::from_secs(60);
        let both = [minute(before, &[80, 100, 50, 64]), minute(now, &[64])];
        let both = both.into_iter().flatten();
        Ok(both.filter(|candle| candle.at >= since).collect())
    }
}

/// The real time.
pub(crate) struct RealClock;

#[async_trait]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

/// Takes every message and delivers none, or takes none.
#[derive(Default)]
pub(crate) struct UnreadQueue {
    pub(crate) down: AtomicBool,
}

#[async_trait]
impl Queue for UnreadQueue {
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        if self.down.load(Ordering::Relaxed) {
            return Err(Unavailable("no queue".into()));
        }
        Ok(vec![true; batch.len()])
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        Ok(0)
    }
}

/// Nobody follows an order.
pub(crate) struct Nobody;

#[async_trait]
impl Push for Nobody {
    async fn push(&self, _: &ConnectionId, _: Arc<str>) -> Result<(), PushError> {
        unreachable!("nobody follows an order")
    }

    async fn close(&self, _: &ConnectionId) -> Result<(), PushError> {
        unreachable!("nobody follows an order")
    }
}

#[async_trait]
impl Subscriptions for Nobody {
    async fn subscribe(
        &self,
        _: &ConnectionId,
        _: &AccountId,
        _: OrderId,
    ) -> Result<bool, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn go_live(&self, _: &ConnectionId, _: OrderId, _: u64) -> Result<bool, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn live(&self, _: OrderId) -> Result<Subscribers, StoreError> {
        Ok(Subscribers::default())
    }

    async fn subscribe_all(
        &self,
        _: &ConnectionId,
        _: &AccountId,
    ) -> Result<Timestamp, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn unsubscribe_all(&self, _: &ConnectionId) -> Result<(), StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn unsubscribe(
        &self,
        _: OrderId,
        _: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn watched(&self, _: &ConnectionId) -> Result<u64, StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn forget(&self, _: &ConnectionId) -> Result<(), StoreError> {
        unreachable!("nobody follows an order")
    }

    async fn undelivered(&self, _: Duration) -> Result<Vec<Undelivered>, StoreError> {
        unreachable!("nobody follows an order")
    }
}

#[async_trait]
impl Chain for Nobody {
    async fn prepare(&self, _: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        unreachable!("nothing is executed")
    }

    async fn send(&self, _: &SignedTransaction) -> Result<Duration, Unavailable> {
        unreachable!("nothing is executed")
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        unreachable!("nothing is executed")
    }

    async fn status(&self, _: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        unreachable!("nothing is executed")
    }
}

/// No limits, and no writes that were recorded.
pub(crate) struct Nothing;

#[async_trait]
impl LimitStore for Nothing {
    async fn of_account(&self, _: &AccountId) -> Result<Limits, StoreError> {
        Ok(Limits::default())
    }

    async fn of_key(&self, _: &AccountId, _: &KeyId) -> Result<Limits, StoreError> {
        Ok(Limits::default())
    }

    async fn set(&self, _: &Limits, _: &Actor) -> Result<(), StoreError> {
        unreachable!("no route sets limits")
    }
}

#[async_trait]
impl AuditTrail for Nothing {
    async fn page(
        &self,
        _: &AccountId,
        _: u16,
        _: Option<(Timestamp, Uuid)>,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(vec![])
    }
}
