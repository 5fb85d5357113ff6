//! The one-machine engines that share this database: who is there, by the database's clock.
//!
//! An engine is alive while it has its row. Nobody judges it by its age but who deletes that row,
//! and the engine itself finds out: the verdict is one, and the same for all.

use std::time::Duration;

use engine::ports::StoreError;
use uuid::Uuid;

use super::{
    Database,
    rows::{get, millis, natural},
};

/// One engine's place among those that share the database.
#[derive(Clone)]
pub struct Membership {
    database: Database,
    engine: Uuid,
}

/// What an engine learns by showing that it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Whether it still counts as alive.
    pub alive: bool,
    /// How many other engines there are.
    pub others: u64,
}

/// Completes `WITH gone AS (DELETE FROM engines …)`.
const BURY: &str = include_str!("sql/bury.sql");

impl Membership {
    /// That engine, on that database. It joins by [`Membership::join`].
    pub fn new(database: Database, engine: Uuid) -> Self {
        Self { database, engine }
    }

    /// Deletes what a former engine left at `place`, where only one can run at a time.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part.
    pub async fn succeed(&self, place: &str) -> Result<(), StoreError> {
        let sql = format!(
            "WITH gone AS (DELETE FROM engines WHERE place = $1 AND id <> $2 RETURNING id) {BURY}"
        );
        self.database.run(&sql, &[&place, &self.engine]).await?;
        Ok(())
    }

    /// Counts as alive from now on.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part.
    pub async fn join(&self, place: Option<&str>) -> Result<(), StoreError> {
        const JOIN: &str = "INSERT INTO engines (id, place, started_at, seen_at) \
            VALUES ($1, $2, now(), now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()";
        self.database.run(JOIN, &[&self.engine, &place]).await?;
        Ok(())
    }

    /// Shows that this engine lives, and looks who else does.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part.
    pub async fn beat(&self) -> Result<Beat, StoreError> {
        const BEAT: &str = "WITH own AS ( \
                UPDATE engines SET seen_at = now() WHERE id = $1 RETURNING id) \
            SELECT EXISTS (SELECT FROM own) AS alive, \
                (SELECT count(*) FROM engines WHERE id <> $1) AS others";
        let answer = self.database.run(BEAT, &[&self.engine]).await?;
        let Some(row) = answer.first() else {
            return Ok(Beat {
                alive: false,
                others: 0,
            });
        };
        Ok(Beat {
            alive: get(row, "alive")?,
            others: natural(get::<i64>(row, "others")?, "others")?,
        })
    }

    /// Takes engines that were silent for so long for dead, and deletes what they left. Answers how
    /// many. One of them that lives after all learns it by its next beat.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part.
    pub async fn bury_silent(&self, silence: Duration) -> Result<usize, StoreError> {
        let sql = format!(
            "WITH gone AS (DELETE FROM engines \
                WHERE id <> $1 AND seen_at < now() - $2::bigint * interval '1 millisecond' \
                RETURNING id) {BURY}"
        );
        let silence = i64::try_from(millis(silence)).unwrap_or(i64::MAX);
        let gone = self.database.run(&sql, &[&self.engine, &silence]).await?;
        Ok(gone.len())
    }

    /// Ends, and takes along what is left of its connections.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part; the others find out.
    pub async fn leave(&self) -> Result<(), StoreError> {
        let sql = format!("WITH gone AS (DELETE FROM engines WHERE id = $1 RETURNING id) {BURY}");
        self.database.run(&sql, &[&self.engine]).await?;
        Ok(())
    }
}
