//! New pools: found in the chain's blocks, and as they are now.
//!
//! - `blocks`: the chain read on, with nothing left out.
//! - `creation`: which instruction creates a pool.

mod blocks;
mod creation;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    launch::{LaunchPlace, LaunchedPool, PoolAge, PoolCondition, Safety},
    order::TokenAmount,
    ports::{CreatedPools, Launches, LaunchesError, Unavailable},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use solana_pubkey::Pubkey;

use self::{blocks::Blocks, creation::Creation};
use crate::{
    market::{Inspected, Market, NoPool},
    pools::{Opens, PoolError},
    rpc::{Block, Rpc},
};

/// Where no new pools are read. Nothing asks, for the catalogue tells that there is nothing to be
/// told ([`engine::catalogue::Catalogue::tells_launches`]).
pub(crate) struct NoLaunches;

/// The pools that are created on the chain by the programs of the markets file.
pub(crate) struct SolanaLaunches {
    market: Arc<Market>,
    blocks: Blocks,
}

/// A creation, and where it was found.
struct Found {
    place: LaunchPlace,
    creation: Creation,
    /// When its block was made, unix seconds.
    time: Option<i64>,
}

/// About as long as a slot takes, in milliseconds.
const SLOT_MS: u64 = 200;

/// How many pools are looked at at once.
const AT_ONCE: usize = 4;

impl SolanaLaunches {
    pub(crate) fn new(rpc: Arc<Rpc>, market: Arc<Market>) -> Self {
        let programs = market.programs().map(|(_, program_id)| program_id);
        Self {
            blocks: Blocks::new(rpc, programs.collect()),
            market,
        }
    }

    /// The creations of a block that make a token tradable that the file does not list, against one
    /// that it does.
    fn found(&self, block: &Block) -> Vec<Found> {
        let calls = block.calls.iter().filter_map(|call| {
            let mut programs = self.market.programs();
            let (program, _) = programs.find(|(_, program_id)| *program_id == call.program)?;
            let creation = Creation::of(program, &call.data, &call.accounts)?;
            self.market.launched(&creation.mints)?;
            Some(Found {
                place: LaunchPlace {
                    slot: block.slot,
                    transaction: call.transaction,
                    instruction: call.instruction,
                },
                creation,
                time: block.time,
            })
        });
        calls.collect()
    }

    /// The pool of a creation, as it is a moment later; `None` for one that cannot be traded, which
    /// no order could buy from.
    async fn launched(&self, found: Found) -> Result<Option<LaunchedPool>, Unavailable> {
        let (address, slot) = (found.creation.pool, found.place.slot);
        let inspected = match self.market.inspect(&address, Some(slot)).await {
            Ok(inspected) => inspected,
            Err(NoPool::Pool(PoolError::Moved(_))) => return Err(moving()),
            Err(NoPool::Pool(error)) => {
                tracing::info!(pool = %address, %error, "a new pool cannot be traded");
                return Ok(None);
            }
            Err(NoPool::Rpc(error)) => return Err(error.into()),
        };
        let Some(sides) = self.market.launched(&inspected.listed.mints) else {
            return Ok(None);
        };
        let mint = inspected.listed.mints[sides.launched];
        let begin = found.time.unwrap_or_else(|| Timestamp::now().as_second());
        let opens = match inspected.state.keys.opens {
            Opens::At(seconds) => seconds.max(begin),
            Opens::AtSlot(opens) => {
                let seconds = opens.saturating_sub(slot).saturating_mul(SLOT_MS) / 1_000;
                begin.saturating_add_unsigned(seconds)
            }
        };
        Ok(Some(LaunchedPool {
            place: found.place,
            symbol: shortened(&mint),
            mint: mint.to_string(),
            decimals: inspected.listed.decimals[sides.launched],
            against: sides.against.symbol.clone(),
            venue: inspected.listed.venue.clone(),
            pool: address.to_string(),
            opens_at: Timestamp::from_second(opens).unwrap_or(Timestamp::MAX),
            liquidity: inspected.liquidity(sides.other()),
            safety: inspected.safety(sides.launched),
        }))
    }
}

#[async_trait]
impl Launches for SolanaLaunches {
    async fn created(&self, after: Option<u64>) -> Result<CreatedPools, LaunchesError> {
        let Some(after) = after else {
            return Ok(CreatedPools {
                through: self.blocks.begin().await?,
                pools: Vec::new(),
            });
        };
        let blocks = self.blocks.after(after).await?;
        let found = blocks.iter().flat_map(|block| self.found(block));
        let found: Vec<Found> = found.collect();
        let pools = stream::iter(found).map(|found| self.launched(found));
        let pools = pools
            .buffered(AT_ONCE)
            .try_filter_map(async |pool| Ok(pool));
        Ok(CreatedPools {
            through: blocks.last().map_or(after, |last| last.slot),
            pools: pools.try_collect().await?,
        })
    }

    async fn inspect(&self, pool: &LaunchedPool) -> Result<Option<PoolCondition>, Unavailable> {
        let Ok(address) = pool.pool.parse::<Pubkey>() else {
            return Ok(None);
        };
        let slot = pool.place.slot;
        let inspected = match self.market.inspect(&address, Some(slot)).await {
            Ok(inspected) => inspected,
            Err(NoPool::Pool(PoolError::Moved(_))) => return Err(moving()),
            // One that cannot be traded is none, and must not hold up the next one of the token.
            Err(NoPool::Pool(error)) => {
                tracing::debug!(pool = %address, %error, "a new pool cannot be traded");
                return Ok(None);
            }
            Err(NoPool::Rpc(error)) => return Err(error.into()),
        };
        let Some(sides) = self.market.launched(&inspected.listed.mints) else {
            return Ok(None);
        };
        let now = Timestamp::now().as_second();
        Ok(Some(PoolCondition {
            age: age(inspected.state.keys.opens, slot, inspected.slot, now),
            liquidity: inspected.liquidity(sides.other()),
            safety: inspected.safety(sides.launched),
        }))
    }

    /// Nobody knows what will be created.
    fn announced(&self) -> Vec<LaunchedPool> {
        Vec::new()
    }
}

impl Inspected {
    fn liquidity(&self, against: usize) -> TokenAmount {
        let amount = self.state.vaults[against].amount;
        TokenAmount::from_units(amount, self.listed.decimals[against])
    }

    fn safety(&self, launched: usize) -> Safety {
        let mint = &self.state.mints[launched];
        Safety {
            mint_authority_revoked: mint.mint_authority.is_none(),
            freeze_authority_revoked: mint.freeze_authority.is_none(),
            lp_burned: self.shares_burned,
        }
    }
}

/// How old a pool is at a slot that was created in another. The chain tells the time of few slots,
/// so one that opened later is as many slots old as fit into the time since, and no older than its
/// creation.
fn age(opens: Opens, created: u64, slot: u64, now: i64) -> PoolAge {
    let since_creation = slot.saturating_sub(created);
    match opens {
        Opens::At(seconds) if now < seconds => {
            PoolAge::OpensIn(Duration::from_secs(seconds.abs_diff(now)))
        }
        Opens::At(seconds) => {
            let slots = now.abs_diff(seconds).saturating_mul(1_000) / SLOT_MS;
            PoolAge::Open(since_creation.min(slots))
        }
        Opens::AtSlot(opens) if slot < opens => {
            let wait = (opens - slot).saturating_mul(SLOT_MS);
            PoolAge::OpensIn(Duration::from_millis(wait))
        }
        Opens::AtSlot(opens) => PoolAge::Open(slot - opens.max(created).min(slot)),
    }
}

/// What a token is called that nobody has given a name that could be believed.
fn shortened(mint: &Pubkey) -> String {
    let mint = mint.to_string();
    format!("{}…{}", &mint[..4], &mint[mint.len() - 4..])
}

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

/// Somebody trades there between two looks: the next one may tell.
fn moving() -> Unavailable {
    Unavailable("the pool moves while it is read".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_ages_from_when_it_opened_and_no_faster_than_since_its_creation() {
        let second = 1_790_000_000;
        let at = |now: i64| age(Opens::At(second), 1_000, 1_100, second + now);
        assert_eq!(at(-90), PoolAge::OpensIn(Duration::from_secs(90)));
        assert_eq!(at(0), PoolAge::Open(0));
        assert_eq!(at(3), PoolAge::Open(15));
        assert_eq!(at(3_600), PoolAge::Open(100));
        let always = age(Opens::At(0), 1_000, 1_100, second);
        assert_eq!(always, PoolAge::Open(100));
        let from = |opens| age(Opens::AtSlot(opens), 1_000, 1_100, second);
        assert_eq!(from(1_105), PoolAge::OpensIn(Duration::from_secs(1)));
        assert_eq!(from(1_100), PoolAge::Open(0));
        assert_eq!(from(1_060), PoolAge::Open(40));
        assert_eq!(from(0), PoolAge::Open(100));
    }
}
