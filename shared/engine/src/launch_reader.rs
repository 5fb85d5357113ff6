//! Reads the chain's log of new pools, piece by piece and with nothing left out.
//!
//! The monitor reads on with every look. An order that is about to wait for a pool sees to it that
//! the reading has begun: from then on a pool that is created while no engine runs is found later.

use std::time::Duration;

use futures::future::{Either, select};

use crate::{
    observe,
    ports::{Clock, LaunchLog, Launches, LaunchesError, StoreError, Unavailable},
};

/// What is read, where it is kept, and how long the chain may think.
pub(crate) struct LaunchReader<'a> {
    pub(crate) launches: &'a dyn Launches,
    pub(crate) log: &'a dyn LaunchLog,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) limit: Duration,
}

impl LaunchReader<'_> {
    /// Whether the reading has begun: with this call, if not before. The chain's trouble is logged.
    pub(crate) async fn begin(&self) -> Result<bool, StoreError> {
        if self.log.cursor().await?.is_some() {
            return Ok(true);
        }
        self.read_after(None).await?;
        Ok(self.log.cursor().await?.is_some())
    }

    /// Reads the next piece. The chain's trouble is logged.
    pub(crate) async fn read_on(&self) -> Result<(), StoreError> {
        self.read_after(self.log.cursor().await?).await
    }

    /// The cursor moves together with what it has passed, and over slots that were read alone: a
    /// gap stops it.
    async fn read_after(&self, cursor: Option<u64>) -> Result<(), StoreError> {
        let created = self.launches.created(cursor);
        let created = match select(created, self.clock.sleep(self.limit)).await {
            Either::Left((created, _)) => created,
            Either::Right(_) => Err(Unavailable("no answer in time".into()).into()),
        };
        let mut piece = match created {
            Ok(piece) => piece,
            Err(error) => {
                match error {
                    LaunchesError::Unavailable(error) => observe::launches_unknown(&error),
                    LaunchesError::Gap { .. } => observe::launch_gap(&error),
                }
                return Ok(());
            }
        };
        if cursor.is_some_and(|cursor| piece.through <= cursor) {
            return Ok(());
        }
        // What strangers write must not stop the cursor.
        piece.pools.retain(|pool| {
            let is_possible = pool.is_possible();
            if !is_possible {
                observe::launch_left_out(pool);
            }
            is_possible
        });
        // Else another one has read it.
        if self.log.keep(cursor, &piece).await? {
            observe::launches_read(piece.pools.len(), piece.through);
        }
        Ok(())
    }
}
