//! Pool creations: the chain's log of them, and what was read of it.

use async_trait::async_trait;

use super::{StoreError, Unavailable};
use crate::launch::{LaunchedPool, PoolCondition};

/// The chain's log of pool creations, and its pools.
#[async_trait]
pub trait Launches: Send + Sync {
    /// The pools that were created after the slot `after`, in the log's order, up to a slot that is
    /// proven to be read whole. With `None` it begins where a reader begins that has read nothing.
    ///
    /// # Errors
    /// [`LaunchesError::Gap`] when the slots right after `after` cannot be read any more; it MUST
    /// NOT leave one out.
    async fn created(&self, after: Option<u64>) -> Result<CreatedPools, LaunchesError>;

    /// A pool as it is now; `None` when there is none any more.
    ///
    /// # Errors
    /// [`Unavailable`] when the chain does not tell.
    async fn inspect(&self, pool: &LaunchedPool) -> Result<Option<PoolCondition>, Unavailable>;

    /// Pools that are known to be created soon, the next one first. Only a simulation knows any.
    fn announced(&self) -> Vec<LaunchedPool>;
}

/// A piece of the chain's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedPools {
    /// Its last slot: every one up to it was read.
    pub through: u64,
    /// The pools created in it, in the log's order.
    pub pools: Vec<LaunchedPool>,
}

/// Why the chain's log was not read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LaunchesError {
    /// The chain does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Slots are missing: whoever went on after them would never know what was created there.
    #[error("the slots after {after} cannot be read any more, the oldest is {oldest}")]
    Gap {
        /// What was read.
        after: u64,
        /// The first slot that can be read.
        oldest: u64,
    },
}

/// What was read of the chain's log.
#[async_trait]
pub trait LaunchLog: Send + Sync {
    /// The last slot that was read; `None` before the first.
    async fn cursor(&self) -> Result<Option<u64>, StoreError>;

    /// Keeps a piece of the log and moves the cursor over it: both or neither, and neither when
    /// the cursor is not at `after` any more. Answers whether it was.
    async fn keep(&self, after: Option<u64>, piece: &CreatedPools) -> Result<bool, StoreError>;

    /// The pools of a mint, in the log's order.
    async fn of_mint(&self, mint: &str) -> Result<Vec<LaunchedPool>, StoreError>;

    /// The newest pools, the newest first.
    async fn newest(&self, limit: u16) -> Result<Vec<LaunchedPool>, StoreError>;
}
