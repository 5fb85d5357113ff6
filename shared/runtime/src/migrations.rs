//! The schema that a program needs: the engine's, and that of whoever trades.

use config::Venues;
use postgres::{Database, DatabaseError, Migrated};

/// Brings a database to this build's schema and makes it that chain's, before anything of the chain
/// is written there.
///
/// # Errors
/// As [`postgres::apply`] and [`postgres::claim_chain`].
pub async fn migrate_for(
    database: &Database,
    venues: Venues,
    chain: &str,
) -> Result<Migrated, DatabaseError> {
    let engine = postgres::migrate(database).await?;
    postgres::claim_chain(database, chain).await?;
    with_trading(database, venues, engine).await
}

/// Brings a database to this build's schema. The simulated chain's ledger is there only where the
/// simulation trades: a production database has none of it.
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
