//! New pools: not read yet. Nothing asks where the kind of market tells that there is nothing to
//! be told ([`engine::catalogue::MarketKind::tells_launches`]).

use async_trait::async_trait;
use engine::{
    launch::{LaunchedPool, PoolCondition},
    ports::{CreatedPools, Launches, LaunchesError, Unavailable},
};

/// Tells of no pool.
pub(crate) struct NoLaunches;

fn unread() -> Unavailable {
    Unavailable("the chain's new pools are not read".to_owned())
}

#[async_trait]
impl Launches for NoLaunches {
    async fn created(&self, _: Option<u64>) -> Result<CreatedPools, LaunchesError> {
        Err(unread().into())
    }

    async fn inspect(&self, _: &LaunchedPool) -> Result<Option<PoolCondition>, Unavailable> {
        Err(unread())
    }

    fn announced(&self) -> Vec<LaunchedPool> {
        Vec::new()
    }
}
