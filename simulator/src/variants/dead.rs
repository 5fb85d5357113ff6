//! Broken ways to tell that a transaction is dead, and that an order had none that landed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::{Failure, FailureCode, OrderId, SignedTransaction, Status},
    ports::{Chain, ChainStatus, EarlierSwap, Prepare, Unavailable},
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

    async fn landed(&self, order: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        self.0.landed(order).await
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

    async fn landed(&self, order: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        self.chain.landed(order).await
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
            | ChainStatus::Reverted(_)
            | ChainStatus::Overtaken(_) => status,
        })
    }
}

/// Asks whether an earlier transaction has landed before an order is signed for again, and not
/// before it ends.
pub(super) struct EndsUnasked {
    pub(super) chain: Arc<dyn Chain>,
    pub(super) network: Network,
}

impl EndsUnasked {
    fn is_about_to_sign(&self, order: OrderId) -> bool {
        let now = self.network.now();
        let world = self.network.world.lock();
        let row = world.store.rows.get(&order);
        row.is_some_and(|row| {
            let order = &row.order;
            order.status == Status::Building && !order.cancel_requested && now <= order.deadline
        })
    }
}

#[async_trait]
impl Chain for EndsUnasked {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        self.chain.prepare(request).await
    }

    async fn landed(&self, order: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        match self.is_about_to_sign(order) {
            true => self.chain.landed(order).await,
            false => Ok(None),
        }
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.chain.send(transaction).await
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.chain.finalized_height().await
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        self.chain.status(transaction).await
    }
}
