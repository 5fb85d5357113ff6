//! The chain's log of new pools: drawn before the first step, told as far as the chain has got.

use std::time::Duration;

use engine::{
    launch::{LaunchPlace, LaunchedPool, PoolAge, PoolCondition, Safety},
    order::TokenAmount,
    ports::{CreatedPools, LaunchesError},
    routing::VenueId,
};

use crate::{
    chain::{SLOT, height, time_of},
    ports::VENUES,
    rng::Rng,
    time::at,
};

/// How many mints there are.
pub(crate) const MINTS: u64 = 3;

/// The pools of a run, in the log's order.
#[derive(Debug, Default)]
pub(crate) struct LaunchSchedule {
    pools: Vec<Launch>,
}

/// A pool, and what becomes of it.
#[derive(Debug)]
struct Launch {
    pool: LaunchedPool,
    opens: u64,
    /// From this slot on nobody can mint more.
    safe_from: u64,
    /// From this slot on nearly nothing lies in it.
    drained_from: u64,
}

/// The name of a mint.
pub(crate) fn mint(number: u64) -> String {
    format!("mint {number}")
}

const SOL: u64 = 1_000_000_000;

impl LaunchSchedule {
    /// Each mint gets a pool at some venues, within the first minutes.
    pub(crate) fn drawn(rng: &mut Rng) -> Self {
        let mut pools = Vec::new();
        for number in 1..=MINTS {
            for venue in VENUES {
                if rng.chance(500) {
                    pools.push(launch(rng, number, venue));
                }
            }
        }
        pools.sort_by_key(|launch| launch.pool.place);
        Self { pools }
    }

    /// The log after a slot, up to another one.
    pub(crate) fn between(&self, after: u64, through: u64) -> CreatedPools {
        let created = self.pools.iter().map(|launch| &launch.pool);
        CreatedPools {
            through,
            pools: created
                .filter(|pool| (after + 1..=through).contains(&pool.place.slot))
                .cloned()
                .collect(),
        }
    }

    /// The log as a node tells it that knows the chain up to `tip`.
    pub(crate) fn told(&self, after: Option<u64>, tip: u64) -> Result<CreatedPools, LaunchesError> {
        let after = after.unwrap_or(0);
        Ok(self.between(after, tip.max(after)))
    }

    /// A pool as it is now.
    pub(crate) fn condition(&self, pool: &str, now: u64) -> Option<PoolCondition> {
        let mut launches = self.pools.iter();
        let launch = launches.find(|launch| launch.pool.pool == pool)?;
        let slot = height(now);
        let liquidity = if slot >= launch.drained_from {
            launch.pool.liquidity.with_units(1)
        } else {
            launch.pool.liquidity
        };
        Some(PoolCondition {
            age: match slot.checked_sub(launch.opens) {
                Some(slots) => PoolAge::Open(slots),
                None => PoolAge::OpensIn(Duration::from_millis((launch.opens - slot) * SLOT)),
            },
            liquidity,
            safety: Safety {
                mint_authority_revoked: slot >= launch.safe_from,
                ..launch.pool.safety
            },
        })
    }

    /// The pool of a mint at a venue, once it can be swapped in.
    pub(crate) fn open_pool(&self, mint: &str, venue: &VenueId, now: u64) -> Option<&LaunchedPool> {
        let mut launches = self.pools.iter();
        let launch = launches.find(|launch| {
            launch.pool.mint == mint && launch.pool.venue == *venue && launch.opens <= height(now)
        });
        launch.map(|launch| &launch.pool)
    }
}

fn launch(rng: &mut Rng, number: u64, venue: &str) -> Launch {
    let slot = height(rng.between(0, 60_000));
    let opens = slot + rng.pick(&[0, 0, 10, 60]);
    let never = u64::MAX;
    let (soon, later) = (slot + rng.below(60), opens + rng.below(60));
    Launch {
        pool: LaunchedPool {
            place: LaunchPlace {
                slot,
                transaction: u32::try_from(rng.below(5)).unwrap_or(0),
                instruction: u32::try_from(rng.below(1_000)).unwrap_or(0),
            },
            mint: mint(number),
            symbol: "CAT".into(),
            decimals: 6,
            against: "SOL".into(),
            venue: VenueId::new(venue),
            pool: format!("{venue}'s pool of {}", mint(number)),
            opens_at: at(time_of(opens)),
            liquidity: TokenAmount::from_units(rng.pick(&[10, 100]) * SOL, 9),
            safety: Safety {
                mint_authority_revoked: false,
                freeze_authority_revoked: true,
                lp_burned: true,
            },
        },
        opens,
        safe_from: rng.pick(&[slot, slot, soon, never]),
        drained_from: rng.pick(&[never, never, later]),
    }
}
