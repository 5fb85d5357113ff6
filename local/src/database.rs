//! The database: the one that was named, or one of our own.

use std::{path::PathBuf, sync::Arc, time::Duration};

use config::Statements;
use embedded_postgres::{Server, Settings, StartError};
use futures::{
    FutureExt,
    future::{BoxFuture, ready as ready_now},
};
use postgres::{Database, DatabaseError, UrlSource};
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep},
};

use crate::options::{Serve, Storage};

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

/// Connects to the database that was named, or to a PostgreSQL of our own, and brings the schema up
/// to date. Its orders are executed on this chain, and were never on another one.
///
/// # Errors
/// [`NoDatabase`] with what is wrong and what to do.
pub async fn ready(options: &Serve, chain: &str) -> Result<Ready, NoDatabase> {
    let storage = &options.storage;
    let (source, statements, server) = match named(storage) {
        Some(source) => (source, storage.database_statements, None),
        None => {
            let server = start_own(storage).await?;
            let source: Arc<dyn UrlSource> = Arc::new(server.url().to_owned());
            // No pooler stands between us and what is ours.
            (source, Statements::Prepared, Some(server))
        }
    };
    let (connections, ca) = (options.database_connections, storage.database_ca.clone());
    let database = runtime::open(source, connections.into(), statements, ca).await?;
    let migrated = runtime::migrate_for(&database, options.venues, chain).await?;
    if migrated.applied > 0 {
        tracing::info!(
            applied = migrated.applied,
            version = migrated.version,
            "database migrated"
        );
    }
    Ok(Ready { database, server })
}

/// How long one of our own may take to start or to end under the engine that has it.
const IN_BETWEEN: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(100);

/// Connects for a moment, beside an engine that may be running or not, and brings the engine's own
/// schema up to date. A PostgreSQL of our own that nobody runs is started.
///
/// # Errors
/// [`NoDatabase`] with what is wrong and what to do.
pub async fn visit(storage: &Storage) -> Result<Ready, NoDatabase> {
    if let Some(source) = named(storage) {
        let (statements, ca) = (storage.database_statements, storage.database_ca.clone());
        let database = runtime::open(source, 1, statements, ca).await?;
        postgres::migrate(&database).await?;
        let server = None;
        return Ok(Ready { database, server });
    }
    let until = Instant::now() + IN_BETWEEN;
    loop {
        match visit_own(storage).await {
            // Its engine is about to start it, or to end it.
            Err(
                NoDatabase::Own(StartError::InUse { .. })
                | NoDatabase::Database(DatabaseError::Unreachable { .. }),
            ) if Instant::now() < until => sleep(LOOK).await,
            visited => return visited,
        }
    }
}

async fn visit_own(storage: &Storage) -> Result<Ready, NoDatabase> {
    let folder = data_dir(storage);
    let running = spawn_blocking(move || Server::url_of(&folder)).await;
    let (url, server) = match running.map_err(|_| NoDatabase::Interrupted)?? {
        Some(url) => (url, None),
        None => {
            let server = start_own(storage).await?;
            (server.url(), Some(server))
        }
    };
    let database = runtime::open(Arc::new(url), 1, Statements::Prepared, None).await?;
    postgres::migrate(&database).await?;
    Ok(Ready { database, server })
}

/// Where the options say that a database is to be found.
fn named(storage: &Storage) -> Option<Arc<dyn UrlSource>> {
    match (&storage.database_url, &storage.database_url_file) {
        (Some(url), _) => Some(Arc::new(url.clone())),
        (None, Some(path)) => Some(Arc::new(UrlFile(path.clone()))),
        (None, None) => None,
    }
}

/// A file that holds the URL, as secrets are handed to containers.
struct UrlFile(PathBuf);

impl UrlSource for UrlFile {
    fn url(&self) -> BoxFuture<'_, Result<String, String>> {
        let read = std::fs::read_to_string(&self.0)
            .map(|text| text.trim().to_owned())
            .map_err(|error| format!("{}: {error}", self.0.display()));
        ready_now(read).boxed()
    }
}

async fn start_own(storage: &Storage) -> Result<Server, NoDatabase> {
    let folder = data_dir(storage);
    let start = move || Server::start(&Settings::durable(folder));
    let started = spawn_blocking(start).await;
    Ok(started.map_err(|_| NoDatabase::Interrupted)??)
}

fn data_dir(storage: &Storage) -> PathBuf {
    let folder = storage.data_dir.clone();
    folder.unwrap_or_else(embedded_postgres::default_data_dir)
}
