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
