//! Broken ways to read the chain's log.

use std::sync::Arc;

use async_trait::async_trait;
use engine::{
    launch::{LaunchedPool, PoolCondition},
    ports::{CreatedPools, LaunchLog, Launches, LaunchesError, StoreError, Unavailable},
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
