//! Connections: a pool that mends itself after the server was restarted.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{
    Client, Manager, ManagerConfig, Pool, QueueMode, RecyclingMethod, Runtime, Timeouts,
};
use engine::ports::Unavailable;
use tokio_postgres::{Config, NoTls, Row, config::SslMode, error::SqlState, types::ToSql};

use super::tls;

/// The database, by its pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    target: Arc<str>,
}

/// Why the database cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL cannot be understood.
    #[error("the database URL is not valid: {0}")]
    Url(String),
    /// TLS was asked for and cannot be set up.
    #[error("TLS for the database cannot be set up: {0}")]
    Tls(String),
    /// Nothing answers there.
    #[error("the database at {target} cannot be reached: {cause}")]
    Unreachable {
        /// Host, port and database name, without the password.
        target: String,
        /// What the driver said.
        cause: String,
    },
    /// The schema is of another version than this program.
    #[error("{0}")]
    Version(String),
    /// A migration failed; it was rolled back.
    #[error("the database could not be migrated: {0}")]
    Migration(String),
}

/// How long a connection may take to be made, or to come free: under a burst, late is better than refused.
const CONNECT: Duration = Duration::from_secs(5);
/// How long one statement may take. Every statement touches a few rows by key.
const STATEMENT: Duration = Duration::from_secs(5);
/// What the server is told of the engine's sessions. It ends by itself what takes too long, so that nothing given up here happens
/// later. It finds rows by their keys: a plan is made once for a connection, often while the tables are empty, and one that
/// read them whole would be kept while they grow.
pub const SESSION: &str = "-c statement_timeout=5s -c plan_cache_mode=force_generic_plan \
    -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

pub(super) type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

impl Database {
    /// A pool of at most `max_connections` to the URL's database. Connects when first used.
    ///
    /// `sslmode` may be `disable`, `prefer`, `require`, `verify-ca` or `verify-full`; whenever TLS is used, the server's
    /// certificate and name are verified.
    ///
    /// # Errors
    /// [`DatabaseError::Url`] or [`DatabaseError::Tls`].
    pub fn connect(url: &str, max_connections: usize) -> Result<Self, DatabaseError> {
        let mut config = parse(url)?;
        config
            .connect_timeout(CONNECT)
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(STATEMENT);
        if config.get_application_name().is_none() {
            config.application_name("order-engine");
        }
        let asked_for = config.get_options().unwrap_or_default();
        config.options(format!("{SESSION} {asked_for}")); // of two settings the later one counts
        let target: Arc<str> = describe(&config).into();
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = if config.get_ssl_mode() == SslMode::Disable {
            Manager::from_config(config, NoTls, recycling)
        } else {
            let tls = tls::connector().map_err(DatabaseError::Tls)?;
            Manager::from_config(config, tls, recycling)
        };
        let timeouts = Timeouts {
            wait: Some(CONNECT),
            create: Some(CONNECT),
            recycle: Some(CONNECT),
        };
        let pool = Pool::builder(manager)
            .max_size(max_connections)
            .timeouts(timeouts)
            .queue_mode(QueueMode::Lifo) // the connection used last has its statements prepared and its caches warm
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|problem| DatabaseError::Url(problem.to_string()))?;
        Ok(Self { pool, target })
    }

    /// Host, port and name of the database, without the password.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// A connection of the pool.
    ///
    /// # Errors
    /// [`Unavailable`] when none can be had within five seconds.
    pub async fn client(&self) -> Result<Client, Unavailable> {
        self.pool
            .get()
            .await
            .map_err(|problem| Unavailable(format!("no database connection: {problem}")))
    }

    /// Runs one prepared statement.
    ///
    /// # Errors
    /// [`Unavailable`] when the statement fails, or takes more than five seconds.
    pub async fn query(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Unavailable> {
        Ok(self.run(sql, params).await?)
    }

    /// [`Database::query`] for those who tell errors apart.
    ///
    /// # Errors
    /// What the server, or the way to it, said.
    pub async fn run(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StatementError> {
        let client = self.client().await?;
        within_time(async {
            let statement = client.prepare_cached(sql).await?;
            client.query(&statement, params).await
        })
        .await
    }

    /// Runs two statements in one round trip, the second after the first is committed.
    ///
    /// # Errors
    /// The first statement's error.
    pub(super) async fn run_then(
        &self,
        (first, first_params): (&str, Params<'_>),
        (second, second_params): (&str, Params<'_>),
    ) -> Result<(Vec<Row>, Vec<Row>), StatementError> {
        let client = self.client().await?;
        within_time(async {
            let first = client.prepare_cached(first).await?;
            let second = client.prepare_cached(second).await?;
            // Sent in this order on one connection, so the server runs, and commits, them in this order.
            let (written, read) = futures::join!(
                client.query(&first, first_params),
                client.query(&second, second_params)
            );
            Ok((written?, read.unwrap_or_default()))
        })
        .await
    }
}

/// Why a statement has no result.
#[derive(Clone, Debug)]
pub enum StatementError {
    /// A unique index refused a row; nothing was written.
    Unique,
    /// The server refused the statement for another reason that lies in its rows; nothing was written.
    Refused(Unavailable),
    /// Anything else.
    Unavailable(Unavailable),
}

impl StatementError {
    /// Whether nothing was written, and other rows might have been.
    pub(super) const fn is_refusal(&self) -> bool {
        matches!(self, Self::Unique | Self::Refused(_))
    }
}

impl From<Unavailable> for StatementError {
    fn from(problem: Unavailable) -> Self {
        Self::Unavailable(problem)
    }
}

impl From<StatementError> for Unavailable {
    fn from(error: StatementError) -> Self {
        match error {
            StatementError::Unique => Self("a unique index refused the row".into()),
            StatementError::Refused(problem) | StatementError::Unavailable(problem) => problem,
        }
    }
}

async fn within_time<T>(
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, StatementError> {
    let error = match tokio::time::timeout(STATEMENT, work).await {
        Ok(Ok(rows)) => return Ok(rows),
        Ok(Err(error)) => error,
        Err(_) => return Err(Unavailable(format!("no answer within {STATEMENT:?}")).into()),
    };
    let problem = Unavailable(explain(&error));
    Err(match error.code() {
        Some(&SqlState::UNIQUE_VIOLATION) => StatementError::Unique,
        // Class 57 is the operator's doing and class 53 the machine's; all else lies in the statement.
        Some(code) if !matches!(code.code().get(..2), Some("53" | "57")) => {
            StatementError::Refused(problem)
        }
        _ => problem.into(),
    })
}

/// The driver's error with its cause: "db error" alone helps nobody.
pub(super) fn explain(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(db), _) => format!("{} ({})", db.message(), db.code().code()),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

fn parse(url: &str) -> Result<Config, DatabaseError> {
    // The driver knows no verify-*; it need not, since our TLS always verifies.
    let url = url
        .replace("sslmode=verify-full", "sslmode=require")
        .replace("sslmode=verify-ca", "sslmode=require");
    let config: Config = url
        .parse()
        .map_err(|error: tokio_postgres::Error| DatabaseError::Url(explain(&error)))?;
    if config.get_hosts().is_empty() {
        return Err(DatabaseError::Url("it names no host".into()));
    }
    Ok(config)
}

fn describe(config: &Config) -> String {
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            tokio_postgres::config::Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
        })
        .collect();
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!(
        "{}:{port}/{}",
        hosts.join(","),
        config.get_dbname().unwrap_or_default()
    )
}
