//! What is left in the markers of orders that are over goes back to the wallet.
//!
//! A marker is what makes a second swap of its order fail, so it is emptied only when nothing of
//! the order can land any more: the order is closed, and has been for minutes by the database's
//! clock; none of its transactions is undecided; and the height that two nodes call final is a
//! whole blockhash's life above the last one at which any of them was valid. Each of these alone is
//! enough when nobody lies.
//!
//! What is done is derived from the chain each time: a marker that is gone is passed over, so a
//! round may end anywhere and be repeated.

mod batch;

use std::sync::Arc;

use engine::{
    observe,
    order::OrderId,
    ports::{OrderOver, StoreError, Unavailable, WalletOrders},
};
use futures::future::join_all;

use self::batch::{Batch, Markers, Unemptied};
use crate::{
    record::Record,
    rpc::{Rpc, RpcError},
    wallet::Signer,
};

/// Gives the wallet back what the markers of orders that are over hold.
pub struct Reclaim {
    pub(crate) orders: Arc<dyn WalletOrders>,
    pub(crate) rpc: Arc<Rpc>,
    pub(crate) record: Arc<Record>,
    pub(crate) signer: Arc<dyn Signer>,
}

/// How many orders a round takes up: some transactions.
const ORDERS: u32 = 64;

/// How many blocks must have been made after the last one that an order's transactions could be in:
/// as many as a blockhash lives for.
const MARGIN: u64 = 150;

/// Why a round did not come to its end. The next one begins anew.
#[derive(Debug, thiserror::Error)]
enum Unfinished {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Height(#[from] Unavailable),
    #[error(transparent)]
    Node(#[from] RpcError),
}

impl Reclaim {
    /// One round. It can be dropped at any point.
    pub async fn round(&self) {
        if let Err(error) = self.try_round().await {
            tracing::warn!(%error, "markers could not be emptied, the next round tries again");
        }
    }

    async fn try_round(&self) -> Result<(), Unfinished> {
        let wallet = self.signer.address();
        let over = self.orders.over(&wallet.to_string(), ORDERS).await?;
        if over.is_empty() {
            return Ok(());
        }
        let height = self.record.finalized_height().await?;
        let is_dead = |order: &OrderOver| {
            let last = order.last_valid_height;
            last.is_none_or(|last| height > last.saturating_add(MARGIN))
        };
        let dead: Vec<OrderOver> = over.into_iter().filter(is_dead).collect();
        let ids: Vec<OrderId> = dead.iter().map(|order| order.id).collect();
        let markers = Markers::of(&self.rpc, &wallet, &ids).await?;
        self.orders.forget(&self.settled(&dead, &markers)).await?;
        let batches = Batch::all(&markers, dead.iter().filter(|order| order.landed));
        let emptied = join_all(batches.iter().map(|batch| self.empty(batch))).await;
        emptied.into_iter().collect()
    }

    /// The orders of which nothing is left to do.
    fn settled(&self, orders: &[OrderOver], markers: &Markers) -> Vec<OrderId> {
        let settled = orders.iter().filter(|order| {
            let exists = markers.holds(order.id).is_some();
            if exists && !order.landed {
                // It stays, as a witness.
                tracing::error!(
                    order = %order.id,
                    "defect: an order that ended without a swap has a marker"
                );
            }
            markers.is_gone(order.id) || (exists && !order.landed)
        });
        settled.map(|order| order.id).collect()
    }

    async fn empty(&self, batch: &Batch) -> Result<(), Unfinished> {
        match batch
            .empty(&self.rpc, &self.record, self.signer.as_ref())
            .await
        {
            Ok(()) => {
                self.orders.forget(&batch.orders()).await?;
                observe::rent_reclaimed(batch.orders().len(), batch.lamports());
            }
            Err(error @ Unemptied::Unseen) => tracing::debug!(%error, "markers are not empty yet"),
            Err(error) => tracing::warn!(%error, "markers could not be emptied"),
        }
        Ok(())
    }
}
