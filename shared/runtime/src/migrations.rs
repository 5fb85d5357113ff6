//! The schema that a program needs: the engine's, and that of whoever trades.

use config::Venues;
use postgres::{Database, DatabaseError, Migrated};

/// Brings a database to this build's schema. The simulated chain's ledger is there only where the
/// simulation trades: a production database has none of it.
///
/// # Errors
/// As [`postgres::apply`].
pub async fn migrate(database: &Database, venues: Venues) -> Result<Migrated, DatabaseError> {
    let engine = postgres::migrate(database).await?;
    let trading = match venues {
        Venues::Simulated => simulation::migrate(database).await?.applied,
        Venues::Solana => 0,
    };
    Ok(Migrated {
        applied: engine.applied + trading,
        ..engine
    })
}
