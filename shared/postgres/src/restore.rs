//! What is asked of a database that is to be taken out or replaced as a whole, and what has to be
//! known of one that was put back from a backup.
//!
//! A backup tells what was so when it was made. The simulated chain's ledger is in the same
//! database and goes back with it. Another chain does not: an order that is open in the backup may
//! have been executed since. So such a database is nobody's (its chain has another name) until its
//! open orders are ended.

use engine::{account::AccountId, order::OrderId, ports::StoreError};

use super::{
    Database, SIMULATED,
    migrate::newest_version,
    rows::{self, get, natural},
};

/// Stands before the chain's name until the orders that were open are ended.
pub(super) const UNFINISHED: &str = "restored:";

/// Begins a restore as `psql` runs it: no engine comes to this database meanwhile.
pub const BEGIN: &str = include_str!("sql/restore/begin.sql");
/// What is in the database goes, all of it.
pub const REPLACE: &str = include_str!("sql/restore/replace.sql");

/// Ends a restore: what was put back is an engine's, and this program works on it. Else everything
/// is undone, what [`REPLACE`] has dropped as well.
pub fn commit() -> String {
    include_str!("sql/restore/commit.sql").replace("$KNOWN", &newest_version().to_string())
}

/// A database as it is to whoever takes it out or replaces it.
#[derive(Clone)]
pub struct WholeDatabase {
    database: Database,
}

impl WholeDatabase {
    /// This one.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// The major version of its server.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub async fn server_version(&self) -> Result<u32, StoreError> {
        const VERSION: &str =
            "SELECT current_setting('server_version_num')::bigint / 10000 AS version";
        self.count(VERSION, "version").await
    }

    /// Whether nothing is in it.
    ///
    /// # Errors
    /// As [`WholeDatabase::server_version`].
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        const TABLES: &str = "SELECT count(*) = 0 AS is_empty FROM pg_class AS c \
            JOIN pg_namespace AS n ON n.oid = c.relnamespace \
            WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'";
        Ok(get(&self.one(TABLES).await?, "is_empty")?)
    }

    /// Whether it has an engine's tables.
    ///
    /// # Errors
    /// As [`WholeDatabase::server_version`].
    pub async fn is_an_engines(&self) -> Result<bool, StoreError> {
        const TABLES: &str = "SELECT to_regclass('orders') IS NOT NULL \
            AND to_regclass('refinery_schema_history') IS NOT NULL AS is_ours";
        Ok(get(&self.one(TABLES).await?, "is_ours")?)
    }

    /// How many engines have said within the last ten seconds that they live.
    ///
    /// # Errors
    /// As [`WholeDatabase::server_version`].
    pub async fn engines(&self) -> Result<u64, StoreError> {
        const THERE: &str = "SELECT to_regclass('engines') IS NOT NULL AS is_there";
        const ALIVE: &str = "SELECT count(*) AS engines FROM engines \
            WHERE seen_at > now() - interval '10 seconds'";
        if !get::<bool>(&self.one(THERE).await?, "is_there")? {
            return Ok(0);
        }
        self.count(ALIVE, "engines").await
    }

    /// How many of its orders are open.
    ///
    /// # Errors
    /// As [`WholeDatabase::server_version`].
    pub async fn open(&self) -> Result<u64, StoreError> {
        const OPEN: &str = "SELECT count(*) AS open FROM orders WHERE closed_at IS NULL";
        self.count(OPEN, "open").await
    }

    /// Whether its orders are executed on a chain that did not go back with it.
    ///
    /// # Errors
    /// As [`WholeDatabase::server_version`].
    pub async fn has_a_chain_outside(&self) -> Result<bool, StoreError> {
        const OUTSIDE: &str =
            "SELECT NOT EXISTS (SELECT FROM chain_identity WHERE chain = $1) AS is_outside";
        let rows = self.database.run_repeatable(OUTSIDE, &[&SIMULATED]).await?;
        Ok(match rows.first() {
            Some(row) => get(row, "is_outside")?,
            None => true,
        })
    }

    /// Its open orders, and whose they are.
    ///
    /// # Errors
    /// As [`WholeDatabase::server_version`].
    pub async fn open_orders(&self) -> Result<Vec<(AccountId, OrderId)>, StoreError> {
        const OPEN: &str = "SELECT account_id, id FROM orders WHERE closed_at IS NULL ORDER BY id";
        let rows = self.database.run_repeatable(OPEN, &[]).await?;
        let order = |row| Ok((rows::account(row)?, OrderId(get(row, "id")?)));
        rows.iter().map(order).collect()
    }

    /// Gives it back to its chain: engines may start on it.
    ///
    /// # Errors
    /// As [`WholeDatabase::server_version`].
    pub async fn finish(&self) -> Result<(), StoreError> {
        const FINISH: &str = "UPDATE chain_identity SET chain = substr(chain, length($1) + 1) \
            WHERE starts_with(chain, $1)";
        self.database.run_repeatable(FINISH, &[&UNFINISHED]).await?;
        Ok(())
    }

    async fn count<T: TryFrom<i64>>(&self, sql: &str, column: &str) -> Result<T, StoreError> {
        let row = self.one(sql).await?;
        Ok(natural(get::<i64>(&row, column)?, column)?)
    }

    async fn one(&self, sql: &str) -> Result<tokio_postgres::Row, StoreError> {
        let rows = self.database.run_repeatable(sql, &[]).await?;
        let row = rows.into_iter().next();
        row.ok_or_else(|| StoreError::Rejected("a count has no row".into()))
    }
}
