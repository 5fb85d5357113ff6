//! Connections: a pool that mends itself after the server was restarted.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{
    Client, Manager, ManagerConfig, Pool, QueueMode, RecyclingMethod, Runtime, Timeouts,
};
use tokio_postgres::{Config, NoTls, Row, config::SslMode, types::ToSql};

use super::{
    error::{DatabaseError, StatementError, explain},
    tls,
};

/// The database, by its pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    target: Arc<str>,
}

/// How a pool of connections stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Connections that it takes at most.
    pub limit: usize,
    /// Connections that it has.
    pub open: usize,
    /// Those of them that a statement uses.
    pub in_use: usize,
    /// Statements that wait for one.
    pub waiting: usize,
}

/// How long a connection may take to be made, or to come free: under a burst, late is better than
/// refused.
const CONNECT: Duration = Duration::from_secs(5);
/// How long one statement may take. Every statement touches a few rows by key.
const STATEMENT: Duration = Duration::from_secs(5);
/// What the server is told of the engine's sessions. It ends by itself what takes too long, so that
/// nothing given up here happens later. It finds rows by their keys: a plan is made once for a
/// connection, often while the tables are empty, and one that read them whole would be kept while
/// they grow.
pub const SESSION: &str = "-c statement_timeout=5s -c plan_cache_mode=force_generic_plan \
    -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

pub(super) type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

impl Database {
    /// A pool of at most `max_connections` to the URL's database. Connects when first used.
    ///
    /// `sslmode` may be `disable`, `prefer`, `require`, `verify-ca` or `verify-full`; whenever TLS
    /// is used, the server's certificate and name are verified.
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
            // The connection used last has its statements prepared and its caches warm.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DatabaseError::Url(error.to_string()))?;
        Ok(Self { pool, target })
    }

    /// Host, port and name of the database, without the password.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// How the pool of connections stands.
    pub fn pool_status(&self) -> PoolStatus {
        let status = self.pool.status();
        PoolStatus {
            limit: status.max_size,
            open: status.size,
            in_use: status.size.saturating_sub(status.available),
            waiting: status.waiting,
        }
    }

    /// A connection of the pool.
    ///
    /// # Errors
    /// [`StatementError::Unavailable`] when none can be had within five seconds.
    pub async fn client(&self) -> Result<Client, StatementError> {
        self.pool.get().await.map_err(|error| {
            StatementError::Unavailable(format!("no database connection: {error}"))
        })
    }

    /// Runs one prepared statement.
    ///
    /// # Errors
    /// [`StatementError`] when the statement fails, or takes more than five seconds.
    pub async fn run(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StatementError> {
        let client = self.client().await?;
        within_time(async {
            let statement = prepared(&client, sql).await?;
            client
                .query(&statement, params)
                .await
                .map_err(|error| StatementError::of_sent(&error))
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
            let first = prepared(&client, first).await?;
            let second = prepared(&client, second).await?;
            // Sent in this order on one connection, so the server runs, and commits, them in this
            // order.
            let (written, read) = futures::join!(
                client.query(&first, first_params),
                client.query(&second, second_params)
            );
            let written = written.map_err(|error| StatementError::of_sent(&error))?;
            Ok((written, read.unwrap_or_default()))
        })
        .await
    }
}

/// Runs one statement that is prepared and sent by `work`.
async fn within_time<T>(
    work: impl Future<Output = Result<T, StatementError>>,
) -> Result<T, StatementError> {
    tokio::time::timeout(STATEMENT, work)
        .await
        .unwrap_or_else(|_| {
            Err(StatementError::Unknown(format!(
                "no answer within {STATEMENT:?}"
            )))
        })
}

/// Prepares a statement, or takes it as it was prepared before. Nothing is executed by that.
async fn prepared(client: &Client, sql: &str) -> Result<tokio_postgres::Statement, StatementError> {
    client
        .prepare_cached(sql)
        .await
        .map_err(|error| match StatementError::of_sent(&error) {
            StatementError::Unknown(cause) => StatementError::Unavailable(cause),
            known => known,
        })
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
