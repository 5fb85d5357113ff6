//! The chain's behaviour on top of its ledger.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use engine::{
    failure::{Failure, FailureCode},
    ports::{Chain, ChainStatus, Prepare, SignedTransaction, Unavailable},
};
use jiff::Timestamp;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{
    Settings,
    dice::{mix, pick},
    ledger::{Ledger, Verdict},
    time::{VALIDITY, slot},
    transaction::{Message, Wallet},
};
use crate::market::{Market, Venue};

/// A chain that executes swaps of the default market.
pub(super) struct SimulatedChain {
    ledger: Ledger,
    market: Market,
    wallet: Wallet,
    execution_delay: (Duration, Duration),
    failure_rate: u32,
    height: Mutex<Option<(Instant, u64)>>,
}

/// A finalized height is only ever too low when it is old, which is safe; asking once in a while is enough.
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

    /// Decided by the transaction itself, so that the same bytes meet the same fate whenever they are sent again.
    fn judge(&self, message: &Message) -> Verdict {
        let (high, low) = message.nonce.as_u64_pair();
        if mix(high) % WHOLE < u64::from(self.failure_rate) {
            let landing_height = slot(Timestamp::now());
            return Verdict {
                delay: Duration::ZERO,
                landing_height,
                outcome: Err(REFUSED),
            };
        }
        let delay = pick(self.execution_delay, mix(low));
        let landing_height = slot(Timestamp::now() + delay);
        Verdict {
            delay,
            landing_height,
            outcome: self.fill(message, landing_height),
        }
    }

    fn fill(&self, message: &Message, slot: u64) -> Result<u64, &'static str> {
        let venue = match message.venue.as_str() {
            "Raydium" => Venue::Raydium,
            "Meteora" => Venue::Meteora,
            _ => return Err(SWAP_FAILED),
        };
        let filled = self.market.swap(
            venue,
            &message.token_in,
            &message.token_out,
            message.amount_in,
            slot,
        );
        match filled {
            Ok(fill) if fill.amount_out < message.min_out => Err(SLIPPAGE),
            Ok(fill) => Ok(fill.amount_out),
            Err(_) => Err(SWAP_FAILED),
        }
    }
}

#[async_trait]
impl Chain for SimulatedChain {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        let last_valid_height = slot(Timestamp::now()) + VALIDITY;
        let message = Message {
            order: request.id.0,
            nonce: Uuid::new_v4(),
            venue: request.dex.name().to_owned(),
            token_in: request.swap.token_in.symbol.clone(),
            token_out: request.swap.token_out.symbol.clone(),
            amount_in: request.swap.amount_in,
            min_out: request.min_out,
            last_valid_height,
        };
        let (signature, bytes) = self.wallet.sign(&message);
        Ok(SignedTransaction {
            signature,
            bytes,
            last_valid_height,
            min_out: request.min_out,
        })
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

    async fn status(&self, signature: &str) -> Result<ChainStatus, Unavailable> {
        Ok(match self.ledger.entry(signature).await? {
            None => ChainStatus::Unknown,
            Some(entry) if !entry.wait.is_zero() => ChainStatus::InFlight {
                look_again: entry.wait,
            },
            Some(entry) => match entry.outcome {
                Ok(amount_out) => ChainStatus::Landed { amount_out },
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
    use adapters::postgres::Database;
    use engine::order::{Bps, Dex, OrderId, Swap, Token};
    use wiring::testing::{TestDatabase, migrated_database};

    use super::*;

    struct Chained {
        chain: SimulatedChain,
        ledger: Ledger,
        swap: Swap,
        order: OrderId,
        _database: TestDatabase,
    }

    fn chained(failure_rate: u32, execution_ms: u64) -> Chained {
        let database = migrated_database();
        let ledger = Ledger::new(&Database::connect(database.url(), 2).expect("a URL of ours"));
        let delay = Duration::from_millis(execution_ms);
        let settings = Settings {
            quote_delay: (Duration::ZERO, Duration::ZERO),
            execution_delay: (delay, delay),
            failure_rate,
            seed: 1,
        };
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        Chained {
            chain: SimulatedChain::new(ledger.clone(), Market::new(1), &settings),
            ledger,
            swap: Swap {
                token_in: token("SOL", 9),
                token_out: token("USDC", 6),
                amount_in: 10_000_000_000,
                slippage: Bps::DEFAULT_SLIPPAGE,
            },
            order: OrderId(Uuid::now_v7()),
            _database: database,
        }
    }

    impl Chained {
        async fn signed(&self, min_out: u64) -> SignedTransaction {
            let request = Prepare {
                id: self.order,
                swap: &self.swap,
                dex: Dex::Meteora,
                min_out,
            };
            self.chain.prepare(&request).await.expect("it signs")
        }

        async fn settled(&self, transaction: &SignedTransaction) -> ChainStatus {
            loop {
                match self
                    .chain
                    .status(&transaction.signature)
                    .await
                    .expect("the ledger answers")
                {
                    ChainStatus::InFlight { look_again } => tokio::time::sleep(look_again).await,
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
        let chained = chained(0, 300);
        let transaction = chained.signed(700_000_000).await;
        for _ in 0..5 {
            chained.chain.send(&transaction).await.expect("it is taken");
        }
        let first = chained
            .chain
            .status(&transaction.signature)
            .await
            .expect("the ledger answers");
        assert!(matches!(first, ChainStatus::InFlight { .. }), "{first:?}");
        assert_eq!(chained.landed().await, 0);
        let settled = chained.settled(&transaction).await;
        assert!(
            matches!(settled, ChainStatus::Landed { amount_out } if amount_out >= 700_000_000),
            "{settled:?}"
        );
        chained.chain.send(&transaction).await.expect("it is taken");
        assert_eq!(chained.settled(&transaction).await, settled);
        assert_eq!(chained.landed().await, 1);
    }

    #[tokio::test]
    async fn a_swap_that_would_pay_less_than_its_minimum_is_undone() {
        let chained = chained(0, 0);
        let transaction = chained.signed(900_000_000).await; // nobody pays 90 USDC for a SOL
        chained.chain.send(&transaction).await.expect("it is taken");
        match chained.settled(&transaction).await {
            ChainStatus::Reverted(failure) => {
                assert_eq!(failure.code, FailureCode::SlippageExceeded)
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(chained.landed().await, 0);
    }

    #[tokio::test]
    async fn a_refusal_is_for_good() {
        let chained = chained(1_000_000, 0);
        let transaction = chained.signed(0).await;
        for _ in 0..2 {
            chained.chain.send(&transaction).await.expect("it is taken");
            match chained.settled(&transaction).await {
                ChainStatus::Reverted(failure) => {
                    assert_eq!(failure.code, FailureCode::SubmissionRefused)
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(chained.landed().await, 0);
    }

    #[tokio::test]
    async fn bytes_that_come_after_their_last_height_never_land() {
        let chained = chained(0, 0);
        let young = chained.signed(0).await;
        let (_, message) = chained.chain.wallet.open(&young.bytes).expect("as signed");
        let last_valid_height = young.last_valid_height - VALIDITY - 1;
        let (signature, bytes) = chained.chain.wallet.sign(&Message {
            last_valid_height,
            ..message
        });
        let late = SignedTransaction {
            signature,
            bytes,
            last_valid_height,
            ..young
        };
        chained
            .chain
            .send(&late)
            .await
            .expect("it is taken, and dropped");
        assert_eq!(
            chained
                .chain
                .status(&late.signature)
                .await
                .expect("the ledger answers"),
            ChainStatus::Unknown
        );
        assert_eq!(chained.landed().await, 0);
    }

    #[tokio::test]
    async fn the_finalized_height_is_behind_what_can_still_be_taken() {
        let chained = chained(0, 0);
        let transaction = chained.signed(0).await;
        let height = chained
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
