//! The statements about new pools.

use std::cmp::Reverse;

use engine::{
    launch::LaunchedPool,
    ports::{CreatedPools, Envelope},
};

use super::{Row, Store};

/// A row of `launches`.
#[derive(Debug)]
pub(crate) struct LaunchRow {
    pub(crate) pool: LaunchedPool,
    seen_at: u64,
    watched: bool,
}

/// For how long a pool is watched after it became known, in milliseconds.
const WATCHED: u64 = 60_000;

impl Store {
    pub(crate) fn keep(&mut self, after: Option<u64>, piece: &CreatedPools, now: u64) -> bool {
        if self.cursor != after {
            return false;
        }
        self.cursor = Some(piece.through);
        self.know(&piece.pools, now);
        true
    }

    /// The pools alone.
    pub(crate) fn know(&mut self, pools: &[LaunchedPool], now: u64) {
        for pool in pools {
            if self
                .launches
                .iter()
                .all(|known| known.pool.place != pool.place)
            {
                self.launches.push(LaunchRow {
                    pool: pool.clone(),
                    seen_at: now,
                    watched: true,
                });
            }
        }
        self.launches.sort_by_key(|known| known.pool.place);
    }

    pub(crate) fn launches_of(&self, mint: &str) -> Vec<LaunchedPool> {
        let known = self.launches.iter().map(|known| &known.pool);
        known.filter(|pool| pool.mint == mint).cloned().collect()
    }

    pub(crate) fn newest_launches(&self, limit: u16) -> Vec<LaunchedPool> {
        let mut known: Vec<_> = self.launches.iter().map(|known| &known.pool).collect();
        known.sort_by_key(|pool| Reverse(pool.place));
        known.into_iter().take(limit.into()).cloned().collect()
    }

    /// Whether a pool of that mint is known which was created after that slot.
    pub(super) fn knows_pool_after(&self, mint: &str, slot: u64) -> bool {
        let mut known = self.launches.iter().map(|known| &known.pool);
        known.any(|pool| pool.mint == mint && pool.place.slot > slot)
    }

    pub(crate) fn wake_launched(&mut self, limit: u32, now: u64) -> Vec<Envelope> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let at_once = self.locks.wakes_at_once;
        let Self { rows, launches, .. } = self;
        let waits_for = |row: &Row, launch: &LaunchRow| {
            launch.pool.mint == row.order.swap.token_out.symbol
                && row.is_asleep()
                && row
                    .pool_after()
                    .is_some_and(|after| launch.pool.place.slot > after)
        };
        let is_due = |row: &&mut Row| {
            let watched = launches.iter().filter(|launch| launch.watched);
            watched.into_iter().any(|launch| waits_for(row, launch))
        };
        let due = rows.values_mut().filter(is_due).take(limit);
        let woken = due.map(|row| row.wake(at_once, now)).collect();
        for launch in launches.iter_mut() {
            let is_old = launch.seen_at + WATCHED < now;
            let is_waited_for = rows.values().any(|row| waits_for(row, launch));
            launch.watched &= !is_old || is_waited_for;
        }
        woken
    }
}
