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
    let serving = storage.database_serving_role.as_ref();
    let migrated = runtime::migrate_for(&database, options.venues, chain, serving).await?;
    if migrated.applied > 0 {
        tracing::info!(
            applied = migrated.applied,
            version = migrated.version,
            "database migrated"
        );
    }
    Ok(Ready { database, server })
}

/// How long one of our own may take to start or to end under the engine that has it. Together with
/// the last connection's time-out that is ten seconds, after which somebody wants an answer.
const IN_BETWEEN: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(100);

/// A database as it was found: its schema may be of any version, or none.
pub struct Found {
    /// Connections.
    pub database: Database,
    /// Where to connect to, password and all.
    pub url: String,
    /// To be stopped last, if that is ours and was started for us.
    pub server: Option<Server>,
}

impl Found {
    async fn of(url: String, server: Option<Server>) -> Result<Self, NoDatabase> {
        let source = Arc::new(url.clone());
        let database = runtime::open(source, 1, Statements::Prepared, None).await?;
        Ok(Self {
            database,
            url,
            server,
        })
    }
}

/// Connects for a moment, beside an engine that may be running or not. A PostgreSQL of our own that
/// nobody runs is started.
///
/// # Errors
/// [`NoDatabase`] with what is wrong and what to do.
pub async fn find(storage: &Storage) -> Result<Found, NoDatabase> {
    match named(storage) {
        Some(source) => find_named(storage, source).await,
        None => find_own(storage).await,
    }
}

/// The same, with nobody else on a PostgreSQL of our own for as long as it lasts.
///
/// # Errors
/// As [`find`]; [`StartError::InUse`] while an engine runs on it.
pub async fn hold(storage: &Storage) -> Result<Found, NoDatabase> {
    match named(storage) {
        Some(source) => find_named(storage, source).await,
        None => {
            let server = start_own(storage).await?;
            Found::of(server.url(), Some(server)).await
        }
    }
}

/// As [`find`], and brings the engine's own schema up to date.
///
/// # Errors
/// [`NoDatabase`] with what is wrong and what to do.
pub async fn visit(storage: &Storage) -> Result<Ready, NoDatabase> {
    let until = Instant::now() + IN_BETWEEN;
    loop {
        match visit_once(storage).await {
            // Its engine is about to start it, or to end it.
            Err(
                NoDatabase::Own(StartError::InUse { .. })
                | NoDatabase::Database(DatabaseError::Unreachable { .. }),
            ) if named(storage).is_none() && Instant::now() < until => sleep(LOOK).await,
            visited => return visited,
        }
    }
}

async fn visit_once(storage: &Storage) -> Result<Ready, NoDatabase> {
    let Found {
        database, server, ..
    } = find(storage).await?;
    migrate(&database, storage).await?;
    Ok(Ready { database, server })
}

/// Brings the engine's own schema up to date, and the rights of those that serve on it.
///
/// # Errors
/// As [`postgres::migrate`] and [`runtime::rights`].
pub async fn migrate(database: &Database, storage: &Storage) -> Result<(), DatabaseError> {
    postgres::migrate(database).await?;
    runtime::rights(database, storage.database_serving_role.as_ref()).await
}

async fn find_named(storage: &Storage, source: Arc<dyn UrlSource>) -> Result<Found, NoDatabase> {
    let (statements, ca) = (storage.database_statements, storage.database_ca.clone());
    let url = source.url().await.map_err(DatabaseError::Source)?;
    Ok(Found {
        database: runtime::open(source, 1, statements, ca).await?,
        url,
        server: None,
    })
}

async fn find_own(storage: &Storage) -> Result<Found, NoDatabase> {
    let folder = data_dir(storage);
    let running = spawn_blocking(move || Server::url_of(&folder)).await;
    match running.map_err(|_| NoDatabase::Interrupted)?? {
        Some(url) => Found::of(url, None).await,
        None => {
            let server = start_own(storage).await?;
            Found::of(server.url(), Some(server)).await
        }
    }
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

/// The folder of a PostgreSQL of our own; none where a database is named.
pub(crate) fn own_folder(storage: &Storage) -> Option<PathBuf> {
    named(storage).is_none().then(|| data_dir(storage))
}

fn data_dir(storage: &Storage) -> PathBuf {
    let folder = storage.data_dir.clone();
    folder.unwrap_or_else(embedded_postgres::default_data_dir)
}
