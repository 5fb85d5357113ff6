//! The chain's behaviour on top of its ledger.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use engine::{
    order::{Failure, FailureCode, SignedTransaction, TokenAmount},
    ports::{Chain, ChainStatus, Prepare, Unavailable},
};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    Settings,
    ledger::{Ledger, Verdict},
    market::Market,
    rng::{mix, pick},
    time::{VALIDITY, slot},
    transaction::{Message, Wallet},
};

/// A chain that executes swaps of the default market.
pub(super) struct SimulatedChain {
    ledger: Ledger,
    market: Market,
    wallet: Wallet,
    execution_delay: (Duration, Duration),
    failure_rate: u32,
    height: Mutex<Option<(Instant, u64)>>,
}

/// A finalized height is only ever too low when it is old, which is safe; asking once in a while is
/// enough.
const HEIGHT_KEEPS: Duration = Duration::from_secs(1);
/// The share of refused transactions is in millionths.
const WHOLE: u64 = 1_000_000;

impl SimulatedChain {
    pub(super) fn new(ledger: Ledger, market: Market, settings: &Settings) -> Self {
        Self {
            ledger,
            market,
            wallet: Wallet::development(),
            execution_delay: settings.execution_delay,
            failure_rate: settings.failure_rate,
            height: Mutex::new(None),
        }
    }

    /// Decided by the transaction itself, so that the same bytes meet the same fate whenever they
    /// are sent again.
    fn judge(&self, message: &Message) -> Verdict {
        let (high, low) = message.nonce.as_u64_pair();
        if mix(high) % WHOLE < u64::from(self.failure_rate) {
            let landing_height = slot(self.ledger.now());
            return Verdict {
                delay: Duration::ZERO,
                landing_height,
                outcome: Err(REFUSED),
            };
        }
        let delay = pick(self.execution_delay, mix(low));
        let landing_height = slot(self.ledger.now() + delay);
        Verdict {
            delay,
            landing_height,
            outcome: self.fill(message, landing_height),
        }
    }

    fn sign(&self, request: &Prepare<'_>) -> SignedTransaction {
        let last_valid_height = slot(self.ledger.now()) + VALIDITY;
        let message = Message {
            order: request.id.0,
            nonce: Uuid::new_v4(),
            venue: request.route.venue.name().to_owned(),
            pool: request.route.pool.as_ref().map(|pool| pool.address.clone()),
            token_in: request.swap.token_in.symbol.clone(),
            token_out: request.swap.token_out.symbol.clone(),
            decimals_out: Some(request.swap.token_out.decimals),
            amount_in: request.swap.amount_in.units(),
            min_out: request.min_out.units(),
            last_valid_height,
        };
        let (signature, bytes) = self.wallet.sign(&message);
        SignedTransaction {
            signature,
            bytes,
            last_valid_height,
            min_out: request.min_out,
        }
    }

    fn amount(
        &self,
        symbol: &str,
        decimals: Option<u8>,
        units: u64,
    ) -> Result<TokenAmount, Unavailable> {
        let listed = || Some(self.market.token(symbol)?.decimals);
        decimals
            .or_else(listed)
            .map(|decimals| TokenAmount::from_units(units, decimals))
            .ok_or_else(|| Unavailable(format!("the ledger has a swap to an unlisted {symbol}")))
    }

    fn fill(&self, message: &Message, slot: u64) -> Result<u64, &'static str> {
        let filled = self.market.swap(
            &message.venue,
            &message.token_in,
            &message.token_out,
            message.amount_in,
            slot,
        );
        match filled {
            Ok(fill) if message.pool.as_ref().is_some_and(|pool| *pool != fill.pool) => {
                Err(SWAP_FAILED)
            }
            Ok(fill) if fill.amount_out < message.min_out => Err(SLIPPAGE),
            Ok(fill) => Ok(fill.amount_out),
            Err(_) => Err(SWAP_FAILED),
        }
    }
}

#[async_trait]
impl Chain for SimulatedChain {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        Ok(self.sign(request))
    }

    fn prepare_at_once(&self, request: &Prepare<'_>) -> Option<SignedTransaction> {
        Some(self.sign(request))
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        let (signature, message) = self.wallet.open(&transaction.bytes)?;
        let verdict = self.judge(&message);
        self.ledger.receive(&signature, &message, &verdict).await?;
        Ok(verdict.delay)
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        let mut kept = self.height.lock().await;
        match *kept {
            Some((at, height)) if at.elapsed() < HEIGHT_KEEPS => Ok(height),
            _ => {
                let height = self.ledger.finalized_height().await?;
                *kept = Some((Instant::now(), height));
                Ok(height)
            }
        }
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        Ok(match self.ledger.entry(&transaction.signature).await? {
            None => ChainStatus::Unknown,
            Some(entry) if !entry.wait.is_zero() => ChainStatus::InFlight {
                poll_after: entry.wait,
            },
            Some(entry) => match entry.outcome {
                Ok(units) => ChainStatus::Landed {
                    amount_out: self.amount(&entry.token_out, entry.decimals_out, units)?,
                },
                Err(code) => ChainStatus::Reverted(explain(&code)),
            },
        })
    }
}

const REFUSED: &str = "submission_refused";
const SLIPPAGE: &str = "slippage_exceeded";
const SWAP_FAILED: &str = "swap_failed";

fn explain(code: &str) -> Failure {
    match code {
        REFUSED => Failure::new(
            FailureCode::SubmissionRefused,
            "the venue refused the transaction",
        ),
        SLIPPAGE => Failure::new(
            FailureCode::SlippageExceeded,
            "the swap would have paid less than the order's minimum",
        ),
        _ => Failure::new(
            FailureCode::SwapFailed,
            "the venue could not execute the swap",
        ),
    }
}

#[cfg(test)]
mod tests {
    use embedded_postgres::testing::TestDatabase;
    use engine::{
        order::{OrderId, Swap, Token},
        routing::{PoolRef, Route, VenueId},
    };
    use postgres::Database;

    use super::*;

    struct ChainFixture {
        chain: SimulatedChain,
        ledger: Ledger,
        swap: Swap,
        order: OrderId,
        _server: TestDatabase,
    }

    async fn chain(failure_rate: u32, execution_ms: u64) -> ChainFixture {
        let server = TestDatabase::create();
        let database = Database::connect(server.url(), 2).expect("a URL of ours");
        crate::migrate(&database).await.expect("an empty database");
        let ledger = Ledger::new(&database);
        let delay = Duration::from_millis(execution_ms);
        let settings = Settings {
            quote_delay: (Duration::ZERO, Duration::ZERO),
            execution_delay: (delay, delay),
            failure_rate,
            seed: 1,
            launch_every: Duration::from_secs(240),
            volatility: 1_000,
        };
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        ChainFixture {
            chain: SimulatedChain::new(ledger.clone(), Market::new(1), &settings),
            ledger,
            swap: Swap {
                token_in: token("SOL", 9),
                token_out: token("USDC", 6),
                amount_in: TokenAmount::from_units(10_000_000_000, 9),
            },
            order: OrderId(Uuid::now_v7()),
            _server: server,
        }
    }

    impl ChainFixture {
        async fn signed(&self, min_out: u64) -> SignedTransaction {
            self.signed_for(None, min_out).await
        }

        async fn signed_for(&self, pool: Option<PoolRef>, min_out: u64) -> SignedTransaction {
            let venue = VenueId::new("Meteora");
            let request = Prepare {
                id: self.order,
                swap: &self.swap,
                route: &Route { venue, pool },
                min_out: TokenAmount::from_units(min_out, 6),
            };
            self.chain.prepare(&request).await.expect("it signs")
        }

        async fn settled(&self, transaction: &SignedTransaction) -> ChainStatus {
            loop {
                match self
                    .chain
                    .status(transaction)
                    .await
                    .expect("the ledger answers")
                {
                    ChainStatus::InFlight { poll_after } => tokio::time::sleep(poll_after).await,
                    settled => return settled,
                }
            }
        }

        async fn landed(&self) -> usize {
            self.ledger
                .landed(Some(&[self.order.0]))
                .await
                .expect("the ledger answers")
                .len()
        }
    }

    #[tokio::test]
    async fn the_same_bytes_land_once_after_their_delay_however_often_they_are_sent() {
        let fixture = chain(0, 300).await;
        let transaction = fixture.signed(700_000_000).await;
        for _ in 0..5 {
            fixture.chain.send(&transaction).await.expect("it is taken");
        }
        let first = fixture
            .chain
            .status(&transaction)
            .await
            .expect("the ledger answers");
        assert!(matches!(first, ChainStatus::InFlight { .. }), "{first:?}");
        assert_eq!(fixture.landed().await, 0);
        let settled = fixture.settled(&transaction).await;
        assert!(
            matches!(settled, ChainStatus::Landed { amount_out } if amount_out.units() >= 700_000_000),
            "{settled:?}"
        );
        fixture.chain.send(&transaction).await.expect("it is taken");
        assert_eq!(fixture.settled(&transaction).await, settled);
        assert_eq!(fixture.landed().await, 1);
    }

    #[tokio::test]
    async fn a_swap_that_would_pay_less_than_its_minimum_is_undone() {
        let fixture = chain(0, 0).await;
        let transaction = fixture.signed(900_000_000).await; // nobody pays 90 USDC for a SOL
        fixture.chain.send(&transaction).await.expect("it is taken");
        match fixture.settled(&transaction).await {
            ChainStatus::Reverted(failure) => {
                assert_eq!(failure.code, FailureCode::SlippageExceeded)
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(fixture.landed().await, 0);
    }

    #[tokio::test]
    async fn a_swap_at_another_pool_than_the_one_that_was_quoted_is_undone() {
        let fixture = chain(0, 0).await;
        let pool = |address: &str| {
            Some(PoolRef {
                address: address.into(),
                mint_in: "So11111111111111111111111111111111111111112".into(),
                mint_out: "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v".into(),
                slot: 1,
            })
        };
        let elsewhere = fixture.signed_for(pool("some other pool"), 0).await;
        fixture.chain.send(&elsewhere).await.expect("it is taken");
        match fixture.settled(&elsewhere).await {
            ChainStatus::Reverted(failure) => assert_eq!(failure.code, FailureCode::SwapFailed),
            other => panic!("{other:?}"),
        }
        let real = pool("HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR");
        let right = fixture.signed_for(real, 0).await;
        fixture.chain.send(&right).await.expect("it is taken");
        let settled = fixture.settled(&right).await;
        assert!(matches!(settled, ChainStatus::Landed { .. }), "{settled:?}");
    }

    #[tokio::test]
    async fn a_refusal_is_for_good() {
        let fixture = chain(1_000_000, 0).await;
        let transaction = fixture.signed(0).await;
        for _ in 0..2 {
            fixture.chain.send(&transaction).await.expect("it is taken");
            match fixture.settled(&transaction).await {
                ChainStatus::Reverted(failure) => {
                    assert_eq!(failure.code, FailureCode::SubmissionRefused)
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(fixture.landed().await, 0);
    }

    #[tokio::test]
    async fn bytes_that_come_after_their_last_height_never_land() {
        let fixture = chain(0, 0).await;
        let young = fixture.signed(0).await;
        let (_, message) = fixture.chain.wallet.open(&young.bytes).expect("as signed");
        let last_valid_height = young.last_valid_height - VALIDITY - 1;
        let (signature, bytes) = fixture.chain.wallet.sign(&Message {
            last_valid_height,
            ..message
        });
        let late = SignedTransaction {
            signature,
            bytes,
            last_valid_height,
            ..young
        };
        fixture
            .chain
            .send(&late)
            .await
            .expect("it is taken, and dropped");
        assert_eq!(
            fixture
                .chain
                .status(&late)
                .await
                .expect("the ledger answers"),
            ChainStatus::Unknown
        );
        assert_eq!(fixture.landed().await, 0);
    }

    #[tokio::test]
    async fn the_finalized_height_is_behind_what_can_still_be_taken() {
        let fixture = chain(0, 0).await;
        let transaction = fixture.signed(0).await;
        let height = fixture
            .chain
            .finalized_height()
            .await
            .expect("the ledger answers");
        assert!(
            height < transaction.last_valid_height - VALIDITY,
            "{height}"
        );
    }
}
