//! Migrations: applied at a start or a deployment, by one process at a time, never backwards.

use refinery::Runner;

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
    /// The version of the schema, now the same as the program's.
    pub version: i32,
}

/// Names our lock among the database's advisory locks: "orders" in ASCII.
const LOCK: i64 = 0x6f72_6465_7273;

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

/// Brings an owner's tables to this program's version.
///
/// # Errors
/// [`DatabaseError::Unreachable`], [`DatabaseError::Version`] when the database is newer than the
/// program, or was migrated by something else, [`DatabaseError::Migration`] when a migration fails.
pub async fn apply(database: &Database, migrations: Migrations) -> Result<Migrated, DatabaseError> {
    let unreachable = |cause: String| DatabaseError::Unreachable {
        target: database.target().to_owned(),
        cause,
    };
    let mut client = database
        .client()
        .await
        .map_err(|error| unreachable(error.to_string()))?;
    // Another program's migration may take its time, and so may ours.
    client
        .batch_execute("SET statement_timeout = 0")
        .await
        .map_err(|error| unreachable(explain(&error)))?;
    // refinery takes no lock of its own; two programs that start at once would both create the
    // tables. The lock is the session's, and is released below or with the connection.
    client
        .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
        .await
        .map_err(|error| unreachable(explain(&error)))?;
    let result = run(&mut client, migrations).await;
    let unlocked = client
        .batch_execute(&format!(
            "SELECT pg_advisory_unlock({LOCK}); RESET statement_timeout"
        ))
        .await;
    let migrated = result?;
    unlocked.map_err(|error| unreachable(explain(&error)))?;
    Ok(migrated)
}

async fn run(
    client: &mut tokio_postgres::Client,
    Migrations { runner, history }: Migrations,
) -> Result<Migrated, DatabaseError> {
    // Version 2 of the engine's history was the simulation's ledger, which has a history of its own
    // now; V3 forgets it.
    let mut runner = runner.set_abort_missing(false);
    runner.set_migration_table_name(history);
    let version = newest(&runner);
    refuse_newer(client, &runner, version, history).await?;
    let report = runner
        .run_async(client)
        .await
        .map_err(|error| DatabaseError::Migration(error.to_string()))?;
    Ok(Migrated {
        applied: report.applied_migrations().len(),
        version,
    })
}

/// An older program on a newer schema could write what the newer one cannot read.
async fn refuse_newer(
    client: &mut tokio_postgres::Client,
    runner: &Runner,
    version: i32,
    history: &str,
) -> Result<(), DatabaseError> {
    let found = client
        .query_one("SELECT to_regclass($1::text) IS NOT NULL", &[&history])
        .await
        .map_err(|error| DatabaseError::Migration(explain(&error)))?;
    if !found.get::<_, bool>(0) {
        return Ok(()); // an empty database
    }
    let applied = runner
        .get_last_applied_migration_async(client)
        .await
        .map_err(|error| DatabaseError::Migration(error.to_string()))?;
    match applied.map(|migration| migration.version()) {
        Some(newer) if newer > version => Err(DatabaseError::Version(format!(
            "the database is at schema version {newer}, this program knows versions up to \
             {version}: start a newer program, or restore a backup of version {version}"
        ))),
        _ => Ok(()),
    }
}
