//! New pools over the network: the chain's log of them, and what was read of it.

use async_trait::async_trait;
use engine::{
    launch::{LaunchedPool, PoolCondition},
    ports::{CreatedPools, LaunchLog, Launches, LaunchesError, StoreError, Unavailable},
};

use super::OrdersPort;
use crate::{chain::height, fault::Fault, network::Network, point::Point, world::World};

/// The chain's log as one process reaches it.
pub(crate) struct LaunchesPort(pub(crate) Network);

#[async_trait]
impl Launches for LaunchesPort {
    async fn created(&self, after: Option<u64>) -> Result<CreatedPools, LaunchesError> {
        let read = move |world: &mut World| {
            let mut tip = height(world.now);
            if let Some(after) = after.filter(|after| *after < tip)
                && world.strikes(Fault::LaunchLogGap)
            {
                let oldest = world.rng.between(after + 2, tip + 2);
                return Err(LaunchesError::Gap { after, oldest });
            }
            if world.strikes(Fault::LaunchLogBehind) {
                tip -= world.rng.below(50).min(tip);
            }
            world.launches.told(after, tip)
        };
        let told = self.0.call(Point::LaunchesCreated, read).await;
        told.unwrap_or_else(|error| Err(Unavailable::from(error).into()))
    }

    async fn inspect(&self, pool: &LaunchedPool) -> Result<Option<PoolCondition>, Unavailable> {
        let pool = pool.pool.clone();
        let look = move |world: &mut World| world.launches.condition(&pool, world.now);
        Ok(self.0.call(Point::Inspect, look).await?)
    }

    fn announced(&self) -> Vec<LaunchedPool> {
        Vec::new()
    }
}

#[async_trait]
impl LaunchLog for OrdersPort {
    async fn cursor(&self) -> Result<Option<u64>, StoreError> {
        let read = |world: &mut World| world.store.cursor;
        Ok(self.0.call(Point::Cursor, read).await?)
    }

    async fn keep(&self, after: Option<u64>, piece: &CreatedPools) -> Result<bool, StoreError> {
        let piece = piece.clone();
        let keep = move |world: &mut World| world.store.keep(after, &piece, world.now);
        Ok(self.0.call(Point::KeepLaunches, keep).await?)
    }

    async fn of_mint(&self, mint: &str) -> Result<Vec<LaunchedPool>, StoreError> {
        let mint = mint.to_owned();
        let read = move |world: &mut World| world.store.launches_of(&mint);
        Ok(self.0.call(Point::LaunchesOfMint, read).await?)
    }

    async fn newest(&self, limit: u16) -> Result<Vec<LaunchedPool>, StoreError> {
        let read = move |world: &mut World| world.store.newest_launches(limit);
        Ok(self.0.call(Point::NewestLaunches, read).await?)
    }
}
