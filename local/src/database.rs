//! The database: the one that was named, or one of our own.

use std::{path::PathBuf, sync::Arc};

use config::Statements;
use embedded_postgres::{Server, Settings, StartError};
use futures::{
    FutureExt,
    future::{BoxFuture, ready as ready_now},
};
use postgres::{Database, DatabaseError, UrlSource};

use crate::options::Serve;

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
/// to date.
///
/// # Errors
/// [`NoDatabase`] with what is wrong and what to do.
pub async fn ready(options: &Serve) -> Result<Ready, NoDatabase> {
    let (source, statements, server) = match named(options) {
        Some(source) => (source, options.database_statements, None),
        None => {
            let server = start_own(options).await?;
            let source: Arc<dyn UrlSource> = Arc::new(server.url().to_owned());
            // No pooler stands between us and what is ours.
            (source, Statements::Prepared, Some(server))
        }
    };
    let (connections, ca) = (options.database_connections, options.database_ca.clone());
    let database = runtime::open(source, connections.into(), statements, ca).await?;
    let migrated = runtime::migrate(&database, options.venues).await?;
    if migrated.applied > 0 {
        tracing::info!(
            applied = migrated.applied,
            version = migrated.version,
            "database migrated"
        );
    }
    Ok(Ready { database, server })
}

/// Where the options say that a database is to be found.
fn named(options: &Serve) -> Option<Arc<dyn UrlSource>> {
    match (&options.database_url, &options.database_url_file) {
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

async fn start_own(options: &Serve) -> Result<Server, NoDatabase> {
    let data_dir = options
        .data_dir
        .clone()
        .unwrap_or_else(embedded_postgres::default_data_dir);
    let start = move || Server::start(&Settings::durable(data_dir));
    let started = tokio::task::spawn_blocking(start).await;
    Ok(started.map_err(|_| NoDatabase::Interrupted)??)
}
