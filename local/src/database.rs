//! The database: the one that was named, or one of our own.

use std::path::Path;

use config::Venues;
use embedded_postgres::{Server, Settings, StartError};
use postgres::{Database, DatabaseError};

/// A database that is ready, and the server behind it if that is ours.
pub struct Ready {
    /// Connections.
    pub database: Database,
    /// To be stopped last.
    pub server: Option<Server>,
}

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum NoDatabase {
    /// Our own PostgreSQL does not start. Where none can (in a container), another one has to be
    /// named.
    #[error(
        "{0}\nOr name a PostgreSQL to use: DATABASE_URL=postgres://user:password@host:port/name"
    )]
    Own(#[from] StartError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The starting thread died.
    #[error("starting PostgreSQL was interrupted")]
    Interrupted,
}

/// Connections that the engine takes at the most. PostgreSQL's own default allows 100.
const CONNECTIONS: usize = 24;

/// Connects to `url`, or to a PostgreSQL of our own in `data_dir`, and brings the schema up to
/// date.
///
/// # Errors
/// [`NoDatabase`] with what is wrong and what to do.
pub async fn ready(
    url: Option<&str>,
    data_dir: Option<&Path>,
    venues: Venues,
) -> Result<Ready, NoDatabase> {
    let server = match url {
        Some(_) => None,
        None => {
            let data_dir =
                data_dir.map_or_else(embedded_postgres::default_data_dir, Path::to_owned);
            let start = move || Server::start(&Settings::durable(data_dir));
            Some(
                tokio::task::spawn_blocking(start)
                    .await
                    .map_err(|_| NoDatabase::Interrupted)??,
            )
        }
    };
    let url = url.map_or_else(
        || server.as_ref().map(Server::url).unwrap_or_default(),
        str::to_owned,
    );
    let database = Database::connect(&url, CONNECTIONS)?;
    let migrated = runtime::migrate(&database, venues).await?;
    if migrated.applied > 0 {
        tracing::info!(
            applied = migrated.applied,
            version = migrated.version,
            "database migrated"
        );
    }
    Ok(Ready { database, server })
}
