//! The one-machine engines that share this database: who is there, by the database's clock.
//!
//! An engine is alive while it has its row. Nobody judges it by its age but who deletes that row,
//! and the engine itself finds out: the verdict is one, and the same for all.

use std::time::Duration;

use engine::ports::StoreError;
use uuid::Uuid;

use super::{
    Database,
    rows::{get, millis},
};

/// One engine's place among those that share the database.
#[derive(Clone)]
pub struct Membership {
    database: Database,
    engine: Uuid,
}

/// What an engine learns by showing that it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Whether it still counts as alive.
    pub alive: bool,
    /// The other engines that do.
    pub others: Vec<OtherEngine>,
}

/// Another engine that counts as alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherEngine {
    /// Which.
    pub id: Uuid,
    /// Its process, as it said itself.
    pub process: Option<String>,
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
    pub async fn join(&self, place: Option<&str>, process: Option<&str>) -> Result<(), StoreError> {
        const JOIN: &str = "INSERT INTO engines (id, place, process, started_at, seen_at) \
            VALUES ($1, $2, $3, now(), now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()";
        self.database
            .run(JOIN, &[&self.engine, &place, &process])
            .await?;
        Ok(())
    }

    /// Shows that this engine lives, and looks who else does.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part.
    pub async fn beat(&self) -> Result<Beat, StoreError> {
        const BEAT: &str = "WITH own AS ( \
                UPDATE engines SET seen_at = now() WHERE id = $1 RETURNING id) \
            SELECT id, NULL AS process FROM own \
            UNION ALL SELECT id, process FROM engines WHERE id <> $1";
        let mut beat = Beat {
            alive: false,
            others: Vec::new(),
        };
        for row in self.database.run(BEAT, &[&self.engine]).await? {
            let id = get(&row, "id")?;
            if id == self.engine {
                beat.alive = true;
            } else {
                let process = get(&row, "process")?;
                beat.others.push(OtherEngine { id, process });
            }
        }
        Ok(beat)
    }

    /// Deletes what engines left that are known to be dead.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part.
    pub async fn bury(&self, dead: &[Uuid]) -> Result<(), StoreError> {
        let sql =
            format!("WITH gone AS (DELETE FROM engines WHERE id = ANY ($1) RETURNING id) {BURY}");
        self.database.run(&sql, &[&dead]).await?;
        Ok(())
    }

    /// Takes engines that were silent for so long for dead, and deletes what they left. Answers
    /// which. One of them that lives after all learns it by its next beat.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part.
    pub async fn bury_silent(&self, silence: Duration) -> Result<Vec<Uuid>, StoreError> {
        let sql = format!(
            "WITH gone AS (DELETE FROM engines \
                WHERE id <> $1 AND seen_at < now() - $2::bigint * interval '1 millisecond' \
                RETURNING id) {BURY}"
        );
        let silence = i64::try_from(millis(silence)).unwrap_or(i64::MAX);
        let gone = self.database.run(&sql, &[&self.engine, &silence]).await?;
        Ok(gone
            .iter()
            .map(|row| get(row, "id"))
            .collect::<Result<_, _>>()?)
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
