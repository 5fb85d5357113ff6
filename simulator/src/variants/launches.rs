//! Broken ways to read the chain's log, and to fire an order by it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    launch::{LaunchedPool, PoolCondition},
    order::{Lifetime, NewOrder, Unmet},
    ports::{
        Appended, Claim, CreatedPools, ExecuteOrder, Inserted, LaunchLog, Launches, LaunchesError,
        Lease, OrderWriter, StoreError, Transition, Unavailable, Wake,
    },
};

use crate::{network::Network, point::Point, world::World};

/// Moves the cursor with one statement, and keeps what it has passed with a second one.
pub(super) struct MovesFirst {
    pub(super) log: Arc<dyn LaunchLog>,
    pub(super) network: Network,
}

#[async_trait]
impl LaunchLog for MovesFirst {
    async fn cursor(&self) -> Result<Option<u64>, StoreError> {
        self.log.cursor().await
    }

    async fn keep(&self, after: Option<u64>, piece: &CreatedPools) -> Result<bool, StoreError> {
        let nothing = CreatedPools {
            pools: Vec::new(),
            ..piece.clone()
        };
        let moved = self.log.keep(after, &nothing).await?;
        let pools = piece.pools.clone();
        let know = move |world: &mut World| world.store.know(&pools, world.now);
        self.network.call(Point::KeepLaunches, know).await?;
        Ok(moved)
    }

    async fn of_mint(&self, mint: &str) -> Result<Vec<LaunchedPool>, StoreError> {
        self.log.of_mint(mint).await
    }

    async fn newest(&self, limit: u16) -> Result<Vec<LaunchedPool>, StoreError> {
        self.log.newest(limit).await
    }
}

/// Goes on behind a gap.
pub(super) struct JumpsOverGaps(pub(super) Arc<dyn Launches>);

#[async_trait]
impl Launches for JumpsOverGaps {
    async fn created(&self, after: Option<u64>) -> Result<CreatedPools, LaunchesError> {
        match self.0.created(after).await {
            Err(LaunchesError::Gap { oldest, .. }) => self.0.created(Some(oldest - 1)).await,
            told => told,
        }
    }

    async fn inspect(&self, pool: &LaunchedPool) -> Result<Option<PoolCondition>, Unavailable> {
        self.0.inspect(pool).await
    }

    fn announced(&self) -> Vec<LaunchedPool> {
        self.0.announced()
    }
}

/// Whoever takes an order up does not know what fired it.
pub(super) struct ForgetsTriggers(pub(super) Arc<dyn OrderWriter>);

#[async_trait]
impl OrderWriter for ForgetsTriggers {
    async fn known(&self, order: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        self.0.known(order).await
    }

    async fn insert(&self, order: &NewOrder, lifetime: Lifetime) -> Result<Inserted, StoreError> {
        self.0.insert(order, lifetime).await
    }

    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, StoreError> {
        let mut claim = self.0.claim(message, lease).await?;
        if let Claim::Leased(leased) = &mut claim {
            leased.order.fired = None;
        }
        Ok(claim)
    }

    async fn append(&self, transition: &Transition<'_>) -> Result<Appended, StoreError> {
        self.0.append(transition).await
    }

    async fn wait_again(
        &self,
        lease: &Lease,
        unmet: &Unmet,
        wake: &Wake,
    ) -> Result<(), StoreError> {
        self.0.wait_again(lease, unmet, wake).await
    }

    async fn renew(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        self.0.renew(lease, duration).await
    }

    async fn release(&self, lease: &Lease, pause: Duration) -> Result<(), StoreError> {
        self.0.release(lease, pause).await
    }
}
