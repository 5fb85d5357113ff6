//! Where the measurements take place: a durable PostgreSQL of our own, with a fresh database for
//! each of them.

use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use config::Venues;
use embedded_postgres::{Server, Settings};
use postgres::Database;

use crate::{
    Outcome,
    engine::{children, processor_time},
};

/// The cluster. It and everything in it is gone when this is dropped.
pub(crate) struct Site {
    folder: PathBuf,
    server: Option<Server>,
    databases: AtomicU32,
}

impl Site {
    /// Creates the cluster, with the settings that a user's engine gives its own.
    pub(crate) fn open() -> Outcome<Self> {
        let folder = env::temp_dir().join(format!("order-engine-bench-{}", process::id()));
        fs::create_dir_all(&folder)?;
        let server = Server::start(&Settings::durable(folder.join("postgres")))?;
        Ok(Self {
            folder,
            server: Some(server),
            databases: AtomicU32::new(0),
        })
    }

    /// Where logs and scripts go.
    pub(crate) fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// The processor time that PostgreSQL has used so far, all its processes together.
    pub(crate) async fn processor_time(&self, url: &str) -> Outcome<Duration> {
        const POSTMASTER: &str =
            "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::bigint";
        let row = connect(url).await?.query_one(POSTMASTER, &[]).await?;
        let postmaster = u32::try_from(row.get::<_, i64>(0))?;
        let mut time = processor_time(postmaster, true)?;
        for child in children(postmaster)? {
            time += processor_time(child, false).unwrap_or_default(); // it may have ended just now
        }
        Ok(time)
    }

    /// The version of PostgreSQL.
    pub(crate) async fn postgres_version(&self) -> Outcome<String> {
        let connection = connect(&self.fresh_database()?).await?;
        let row = connection.query_one("SHOW server_version", &[]).await?;
        let version: &str = row.get(0);
        Ok(version.split(' ').next().unwrap_or(version).to_owned()) // without the packager's name
    }

    /// The URL of a new, empty database.
    pub(crate) fn fresh_database(&self) -> Outcome<String> {
        let n = self.databases.fetch_add(1, Ordering::Relaxed);
        let server = self.server.as_ref().ok_or("the server is stopped")?;
        Ok(server.create_database(&format!("bench_{n}"))?)
    }

    /// The URL of a new database with the engine's tables.
    pub(crate) async fn migrated_database(&self) -> Outcome<String> {
        let url = self.fresh_database()?;
        runtime::migrate(&Database::connect(&url, 1)?, Venues::Simulated).await?;
        Ok(url)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.server.take()); // stops it; its folder can go only then
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("bench: {} is left behind: {error}", self.folder.display());
        }
    }
}

/// A connection to a database, for questions beside the engine.
pub(crate) async fn connect(url: &str) -> Outcome<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            eprintln!("bench: a database connection broke: {error}");
        }
    });
    Ok(client)
}
