//! The simulated chain's log of new pools. It is never lost: any range can be read again.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    launch::{LaunchPlace, LaunchedPool, PoolAge, PoolCondition, Safety},
    order::TokenAmount,
    ports::{CreatedPools, Launches, LaunchesError, Unavailable},
    routing::VenueId,
};
use jiff::Timestamp;
use postgres::Database;

use crate::{
    market::{Launch, Market},
    time::{LAMPORT_DECIMALS, SLOT_MS, slot},
};

/// The launches of the default market.
pub(crate) struct SimulatedLaunches {
    pub(crate) market: Market,
    /// Its clock is the chain's.
    pub(crate) database: Database,
}

/// Slots of a piece of the log at the most: five and a half hours.
const PIECE: u64 = 50_000;
/// How far back a reader begins that has read nothing: a quarter of an hour and a minute.
const LOOK_BACK: u64 = 2_400;
/// How many of the next launches are announced.
const ANNOUNCED: usize = 3;

#[async_trait]
impl Launches for SimulatedLaunches {
    async fn created(&self, after: Option<u64>) -> Result<CreatedPools, LaunchesError> {
        let tip = slot(self.database.now());
        let after = after.unwrap_or(tip.saturating_sub(LOOK_BACK));
        // A clock may have gone back: what was read stays read.
        let through = tip.min(after.saturating_add(PIECE)).max(after);
        let pools = self.market.launched(after, through);
        Ok(CreatedPools {
            through,
            pools: pools.map(launched).collect(),
        })
    }

    async fn inspect(&self, pool: &LaunchedPool) -> Result<Option<PoolCondition>, Unavailable> {
        // One of another seed is not there.
        let launch = self.market.launch_of(&pool.mint);
        let Some(launch) = launch.filter(|launch| launch.pool == pool.pool) else {
            return Ok(None);
        };
        let slot = slot(self.database.now());
        Ok(Some(PoolCondition {
            age: match slot.checked_sub(launch.opens) {
                Some(slots) => PoolAge::Open(slots),
                None => PoolAge::OpensIn(slots_long(launch.opens - slot)),
            },
            liquidity: lamports(launch.liquidity_at(slot)),
            safety: safety(&launch),
        }))
    }

    fn announced(&self) -> Vec<LaunchedPool> {
        let next = self.market.announced(slot(self.database.now()));
        next.take(ANNOUNCED).map(launched).collect()
    }
}

fn launched(launch: Launch) -> LaunchedPool {
    LaunchedPool {
        place: LaunchPlace {
            slot: launch.slot,
            transaction: launch.transaction,
            instruction: launch.instruction,
        },
        decimals: launch.decimals,
        against: "SOL".to_owned(),
        venue: VenueId::new(launch.venue),
        opens_at: begin_of(launch.opens),
        liquidity: lamports(launch.liquidity),
        safety: safety(&launch),
        mint: launch.mint,
        symbol: launch.symbol,
        pool: launch.pool,
    }
}

fn safety(launch: &Launch) -> Safety {
    Safety {
        mint_authority_revoked: launch.mint_authority_revoked,
        freeze_authority_revoked: launch.freeze_authority_revoked,
        lp_burned: launch.lp_burned,
    }
}

fn lamports(units: u64) -> TokenAmount {
    TokenAmount::from_units(units, LAMPORT_DECIMALS)
}

fn slots_long(slots: u64) -> Duration {
    Duration::from_millis(slots.saturating_mul(SLOT_MS.unsigned_abs()))
}

fn begin_of(slot: u64) -> Timestamp {
    let milliseconds = i64::try_from(slot)
        .ok()
        .and_then(|slot| slot.checked_mul(SLOT_MS));
    milliseconds
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .unwrap_or(Timestamp::MAX)
}
