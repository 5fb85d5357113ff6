//! The schema that a program needs, the engine's and that of whoever trades; and the rights of
//! those that serve on it.

use config::{RoleName, Venues};
use postgres::{Database, DatabaseError, Migrated, Right};

/// Brings a database to this build's schema and makes it that chain's, before anything of the chain
/// is written there. Afterwards `serving`, if that is named, has the rights of a program that
/// serves, and so has this program's own login.
///
/// # Errors
/// As [`postgres::apply`], [`rights`] and [`postgres::claim_chain`].
pub async fn migrate_for(
    database: &Database,
    venues: Venues,
    chain: &str,
    serving: Option<&RoleName>,
) -> Result<Migrated, DatabaseError> {
    let engine = postgres::migrate(database).await?;
    // Said before the first write, which would say less.
    rights(database, serving).await?;
    postgres::claim_chain(database, chain).await?;
    let migrated = with_trading(database, venues, engine).await?;
    rights(database, serving).await?;
    Ok(migrated)
}

/// Does the same apart from a program that serves. Where the simulation trades, the database is the
/// simulated chain's from then on; whose it is on Solana, whoever trades there says first.
///
/// # Errors
/// As [`migrate_for`].
pub async fn migrate_apart(
    database: &Database,
    venues: Venues,
    serving: Option<&RoleName>,
) -> Result<Migrated, DatabaseError> {
    match venues {
        Venues::Simulated => migrate_for(database, venues, postgres::SIMULATED, serving).await,
        Venues::Solana => {
            let migrated = migrate(database, venues).await?;
            rights(database, serving).await?;
            Ok(migrated)
        }
    }
}

/// Brings a database to this build's schema, and no more. The simulated chain's ledger is there
/// only where the simulation trades: a production database has none of it.
///
/// # Errors
/// As [`postgres::apply`].
pub async fn migrate(database: &Database, venues: Venues) -> Result<Migrated, DatabaseError> {
    let engine = postgres::migrate(database).await?;
    with_trading(database, venues, engine).await
}

async fn with_trading(
    database: &Database,
    venues: Venues,
    engine: Migrated,
) -> Result<Migrated, DatabaseError> {
    let trading = match venues {
        Venues::Simulated => simulation::migrate(database).await?.applied,
        Venues::Solana => 0,
    };
    Ok(Migrated {
        applied: engine.applied + trading,
        ..engine
    })
}

/// Gives `serving`, if that is named, what a program that serves needs of the schema as it is, and
/// makes sure that this program's own login has it.
///
/// # Errors
/// As [`postgres::give_rights`] and [`check_rights`].
pub async fn rights(database: &Database, serving: Option<&RoleName>) -> Result<(), DatabaseError> {
    if let Some(role) = serving {
        postgres::give_rights(database, &serving_rights(), role.as_str()).await?;
    }
    check_rights(database).await
}

/// Whether this program's login may do what a program that serves does.
///
/// # Errors
/// As [`postgres::check_rights`].
pub async fn check_rights(database: &Database) -> Result<(), DatabaseError> {
    postgres::check_rights(database, &serving_rights()).await
}

/// All that programs that serve do with a database. What the simulation's do is no matter where its
/// schema is not there.
pub fn serving_rights() -> Vec<Right> {
    [postgres::RIGHTS, simulation::RIGHTS].concat()
}
