//! Migrations: applied at a start or a deployment, by one process at a time, never backwards, and
//! while programs are at work on the tables.

use std::time::Duration;

use refinery::{Migration, Runner};
use refinery_core::traits::r#async::{AsyncMigrate, AsyncQuery, AsyncTransaction};
use tokio_postgres::{
    Client,
    error::{DbError, SqlState},
};

use super::{
    Database,
    error::{DatabaseError, explain},
};

mod embedded {
    refinery::embed_migrations!("../../migrations");
}

/// The table that keeps which of the engine's migrations were applied.
pub(super) const HISTORY: &str = "refinery_schema_history";

/// The schema's version that this program brings, and needs.
pub(super) fn newest_version() -> i32 {
    newest(&embedded::migrations::runner())
}

fn newest(runner: &Runner) -> i32 {
    let versions = runner.get_migrations().iter();
    versions
        .map(refinery::Migration::version)
        .max()
        .unwrap_or(0)
}

/// What a migration did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// How many migrations were applied now.
    pub applied: usize,
    /// The version of the schema: the program's, or that of a newer program which this one gets on
    /// with.
    pub version: i32,
}

/// Names our lock among the database's advisory locks: "orders" in ASCII.
pub(super) const LOCK: i64 = 0x6f72_6465_7273;
/// How long a migration waits for a table that programs are using. All that comes after it waits as
/// long, so it rather gives up and comes again.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = 0";
/// How often it comes again, and the pause in between.
const LOCK_TRIES: u32 = 60;
const LOCK_PAUSE: Duration = Duration::from_millis(500);

/// Migrations of one owner, with a history of their own.
pub struct Migrations {
    /// The migrations, as they were built into the program.
    pub runner: Runner,
    /// The table that keeps which of them were applied.
    pub history: &'static str,
}

/// Brings the engine's tables to this program's version.
///
/// # Errors
/// As [`apply`].
pub async fn migrate(database: &Database) -> Result<Migrated, DatabaseError> {
    let migrations = Migrations {
        runner: embedded::migrations::runner(),
        history: HISTORY,
    };
    apply(database, migrations).await
}

/// Brings an owner's tables to this program's version. A schema that is newer is left as it is.
///
/// # Errors
/// [`DatabaseError::Unreachable`], [`DatabaseError::Version`] when the schema is newer and has
/// nothing for a program this old, or was made by something else, [`DatabaseError::Migration`] when
/// a migration fails, [`DatabaseError::NotTheOwner`] when there is one to apply, and the program's
/// login may not.
pub async fn apply(database: &Database, migrations: Migrations) -> Result<Migrated, DatabaseError> {
    let unreachable = |error: tokio_postgres::Error| DatabaseError::Unreachable {
        target: database.target().to_owned(),
        cause: explain(&error),
    };
    // refinery takes no lock of its own; two programs that start at once would both create the
    // tables. The lock is that of a transaction, which a pooler keeps on one server connection; it
    // ends with it.
    let mut guard = database.own_client().await?;
    let lock = guard.transaction().await.map_err(unreachable)?;
    lock.batch_execute("SET LOCAL statement_timeout = 0")
        .await
        .map_err(unreachable)?;
    lock.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])
        .await
        .map_err(unreachable)?;
    let mut client = Migrating(database.own_client().await?);
    let migrated = run(&mut client, migrations).await;
    lock.rollback().await.map_err(unreachable)?;
    migrated
}

async fn run(
    client: &mut Migrating,
    Migrations { runner, history }: Migrations,
) -> Result<Migrated, DatabaseError> {
    // Version 2 of the engine's history was the simulation's ledger, which has a history of its own
    // now; V3 forgets it. And what a newer program has applied is missing here.
    let mut runner = runner.set_abort_missing(false);
    runner.set_migration_table_name(history);
    let known = newest(&runner);
    let found = version_of(&mut client.0, &runner, history).await?;
    if found > known {
        refuse_incompatible(&client.0, history, found, known).await?;
    }
    // The runner begins with a statement that only an owner may say, even when it changes nothing.
    if found > 0 && is_applied(client, &runner).await? {
        return Ok(Migrated {
            applied: 0,
            version: found.max(known),
        });
    }
    for _ in 1..LOCK_TRIES {
        match runner.run_async(client).await {
            Err(error) if is_locked_out(&error) => tokio::time::sleep(LOCK_PAUSE).await,
            done => return migrated(done, found.max(known)),
        }
    }
    migrated(runner.run_async(client).await, found.max(known))
}

fn migrated(
    done: Result<refinery::Report, refinery::Error>,
    version: i32,
) -> Result<Migrated, DatabaseError> {
    let report = done.map_err(|error| failed(&error))?;
    Ok(Migrated {
        applied: report.applied_migrations().len(),
        version,
    })
}

/// The newest migration that was applied; 0 in an empty database.
async fn version_of(
    client: &mut Client,
    runner: &Runner,
    history: &str,
) -> Result<i32, DatabaseError> {
    if !exists(client, history).await? {
        return Ok(0);
    }
    let applied = runner
        .get_last_applied_migration_async(client)
        .await
        .map_err(|error| failed(&error))?;
    Ok(applied.map_or(0, |migration| migration.version()))
}

/// Whether each migration of this program was applied, as it is here.
async fn is_applied(client: &mut Migrating, runner: &Runner) -> Result<bool, DatabaseError> {
    let applied = runner.get_applied_migrations_async(client).await;
    let applied = applied.map_err(|error| failed(&error))?;
    let mut ours = runner.get_migrations().iter();
    Ok(ours.all(|migration| applied.contains(migration)))
}

async fn exists(client: &Client, table: &str) -> Result<bool, DatabaseError> {
    let found = client
        .query_one("SELECT to_regclass($1::text) IS NOT NULL", &[&table])
        .await
        .map_err(|error| DatabaseError::Migration(explain(&error)))?;
    Ok(found.get(0))
}

/// A newer program's schema says which older programs can work on it. One that does not say so has
/// nothing for any.
async fn refuse_incompatible(
    client: &Client,
    history: &str,
    found: i32,
    known: i32,
) -> Result<(), DatabaseError> {
    const OLDEST: &str = "SELECT oldest_program FROM schema_compatibility WHERE history = $1";
    let oldest = if exists(client, "schema_compatibility").await? {
        client
            .query_opt(OLDEST, &[&history])
            .await
            .map_err(|error| DatabaseError::Migration(explain(&error)))?
            .map_or(found, |row| row.get(0))
    } else {
        found
    };
    if oldest <= known {
        tracing::info!(
            schema = found,
            program = known,
            "the database's schema is newer than this program, which it says it gets on with"
        );
        return Ok(());
    }
    Err(DatabaseError::Version(format!(
        "the database is at schema version {found} and needs a program that knows version {oldest}, \
         this program knows versions up to {known}: start a newer program, or restore a backup of \
         version {known}"
    )))
}

fn failed(error: &refinery::Error) -> DatabaseError {
    let said = explain(error);
    if code(error) == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        DatabaseError::NotTheOwner(said)
    } else {
        DatabaseError::Migration(said)
    }
}

/// Whether a table was in use, or two waited for each other.
fn is_locked_out(error: &refinery::Error) -> bool {
    let waited = [
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ];
    code(error).is_some_and(|code| waited.contains(code))
}

/// What the server called an error.
fn code(error: &refinery::Error) -> Option<&SqlState> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(db) = error.downcast_ref::<DbError>() {
            return Some(db.code());
        }
        cause = error.source();
    }
    None
}

/// A connection whose every migration, a transaction each, gives up soon when a table is in use.
struct Migrating(Client);

impl AsyncTransaction for Migrating {
    type Error = tokio_postgres::Error;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &mut self,
        queries: T,
    ) -> Result<usize, Self::Error> {
        let transaction = self.0.transaction().await?;
        transaction.batch_execute(LOCK_TIMEOUT).await?;
        let mut count = 0;
        for query in queries {
            transaction.batch_execute(query).await?;
            count += 1;
        }
        transaction.commit().await?;
        Ok(count)
    }
}

impl AsyncQuery<Vec<Migration>> for Migrating {
    async fn query(&mut self, query: &str) -> Result<Vec<Migration>, Self::Error> {
        AsyncQuery::query(&mut self.0, query).await
    }
}

impl AsyncMigrate for Migrating {}
