//! Broken ways to tell that a transaction is dead.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::{Failure, FailureCode, SignedTransaction},
    ports::{Chain, ChainStatus, Prepare, Unavailable},
};
use jiff::{SignedDuration, Timestamp};

use crate::network::Network;

/// Takes a transaction for dead because its height has passed, and asks nobody whether it landed.
pub(super) struct BelievesTheHeight(pub(super) Arc<dyn Chain>);

#[async_trait]
impl Chain for BelievesTheHeight {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        self.0.prepare(request).await
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.0.send(transaction).await
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.0.finalized_height().await
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        if self.0.finalized_height().await? > transaction.last_valid_height {
            return Ok(ChainStatus::Unknown);
        }
        self.0.status(transaction).await
    }
}

/// Takes a transaction for dead that has not landed so long after it was first looked for.
pub(super) struct SettlesByTimeOut {
    chain: Arc<dyn Chain>,
    network: Network,
    /// By signature.
    looked_for: Mutex<BTreeMap<String, Timestamp>>,
}

/// Most transactions land within four seconds.
const TIME_OUT: SignedDuration = SignedDuration::from_secs(10);

impl SettlesByTimeOut {
    pub(super) fn new(chain: Arc<dyn Chain>, network: Network) -> Self {
        Self {
            chain,
            network,
            looked_for: Mutex::default(),
        }
    }

    fn is_overdue(&self, signature: &str) -> bool {
        let now = self.network.now();
        let mut first = self
            .looked_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let first = first.entry(signature.to_owned()).or_insert(now);
        now.duration_since(*first) > TIME_OUT
    }
}

#[async_trait]
impl Chain for SettlesByTimeOut {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        self.chain.prepare(request).await
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.chain.send(transaction).await
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.chain.finalized_height().await
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        let status = self.chain.status(transaction).await?;
        Ok(match status {
            ChainStatus::Unknown | ChainStatus::InFlight { .. }
                if self.is_overdue(&transaction.signature) =>
            {
                let failure = Failure::new(FailureCode::TransactionExpired, "no answer in time");
                ChainStatus::Reverted(failure)
            }
            ChainStatus::Unknown
            | ChainStatus::InFlight { .. }
            | ChainStatus::Landed { .. }
            | ChainStatus::Reverted(_) => status,
        })
    }
}
