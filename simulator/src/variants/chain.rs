//! Broken ways to sign, send and settle.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::{Failure, FailureCode, OrderId, OrderKind, SignedTransaction},
    ports::{Chain, ChainStatus, EarlierSwap, Prepare, Unavailable},
};

use crate::network::Network;

/// Sends what it signs before anybody can store it.
pub(super) struct SendsAtOnce(pub(super) Arc<dyn Chain>);

#[async_trait]
impl Chain for SendsAtOnce {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        let transaction = self.0.prepare(request).await?;
        let _ = self.0.send(&transaction).await; // an error proves nothing, here as in the engine
        Ok(transaction)
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
        self.0.status(transaction).await
    }
}

/// Believes that every transaction has expired.
pub(super) struct TakesUnseenForDead(pub(super) Arc<dyn Chain>);

#[async_trait]
impl Chain for TakesUnseenForDead {
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
        Ok(u64::MAX)
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        self.0.status(transaction).await
    }
}

/// When the height is asked for, reads the statuses first and answers with those afterwards; on a
/// chain where a swap leaves no witness, which would tell it of its error.
pub(super) struct ReadsStatusFirst {
    chain: Arc<dyn Chain>,
    /// By signature.
    read: Mutex<BTreeMap<String, (SignedTransaction, Option<ChainStatus>)>>,
}

impl ReadsStatusFirst {
    pub(super) fn new(chain: Arc<dyn Chain>) -> Self {
        Self {
            chain,
            read: Mutex::default(),
        }
    }

    fn put(&self, transaction: &SignedTransaction, status: Option<ChainStatus>) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(transaction.signature.clone(), (transaction.clone(), status));
    }

    fn sent(&self) -> Vec<SignedTransaction> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.values().map(|(sent, _)| sent.clone()).collect()
    }

    fn taken(&self, signature: &str) -> Option<ChainStatus> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.get_mut(signature)
            .and_then(|(_, status)| status.take())
    }
}

#[async_trait]
impl Chain for ReadsStatusFirst {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        self.chain.prepare(request).await
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.put(transaction, None);
        self.chain.send(transaction).await
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        for transaction in self.sent() {
            let status = self.chain.status(&transaction).await.ok();
            self.put(&transaction, status);
        }
        self.chain.finalized_height().await
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        match self.taken(&transaction.signature) {
            Some(status) => Ok(status),
            None => self.chain.status(transaction).await,
        }
    }
}

/// Past the order's deadline, tells that its transaction is dead.
pub(super) struct GivesUpAtDeadline {
    pub(super) chain: Arc<dyn Chain>,
    pub(super) network: Network,
}

#[async_trait]
impl Chain for GivesUpAtDeadline {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        self.chain.prepare(request).await
    }

    async fn landed(&self, order: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        self.chain.landed(order).await
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.chain.send(transaction).await
    }

    /// The engine compares the height only with a transaction whose status is unknown.
    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.chain.finalized_height().await?;
        Ok(u64::MAX)
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        let status = self.chain.status(transaction).await?;
        let now = self.network.now();
        let overdue = {
            let world = self.network.world.lock();
            let row = world
                .chain
                .order_of(&transaction.signature)
                .and_then(|id| world.store.rows.get(&id));
            row.is_some_and(|row| now > row.order.deadline)
        };
        Ok(match status {
            ChainStatus::Unknown if !overdue => ChainStatus::InFlight {
                poll_after: Duration::from_millis(400),
            },
            ChainStatus::InFlight { .. } if overdue => ChainStatus::Unknown,
            status => status,
        })
    }
}

/// Past a limit order's end of time, tells that its transaction is dead.
pub(super) struct ExpiresLive {
    pub(super) chain: Arc<dyn Chain>,
    pub(super) network: Network,
}

impl ExpiresLive {
    fn has_expired(&self, signature: &str) -> bool {
        let now = self.network.now();
        let world = self.network.world.lock();
        let id = world.chain.order_of(signature);
        let row = id.and_then(|id| world.store.rows.get(&id));
        row.is_some_and(|row| match row.order.kind {
            OrderKind::Limit(_) | OrderKind::Sniper(_) => now > row.order.deadline,
            OrderKind::Market(_) => false,
        })
    }
}

#[async_trait]
impl Chain for ExpiresLive {
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
                if self.has_expired(&transaction.signature) =>
            {
                let failure = Failure::new(FailureCode::TransactionExpired, "time is up");
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

/// Signs for less than the order accepts.
pub(super) struct ForgetsTheFloor(pub(super) Arc<dyn Chain>);

#[async_trait]
impl Chain for ForgetsTheFloor {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        let min_out = request.min_out;
        let lower = Prepare {
            min_out: min_out.with_units(min_out.units() / 10 * 9),
            ..*request
        };
        self.0.prepare(&lower).await
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
        self.0.status(transaction).await
    }
}
