//! Makes connections. Each one is made to where the database is now, with the password that is
//! good now, and reads the database's clock first.

use std::sync::{Arc, Mutex, PoisonError};

use deadpool_postgres::Connect;
use engine::observe;
use futures::{FutureExt, future::BoxFuture};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Error, NoTls, error::SqlState};

use super::{Settings, UrlSource, clock::DatabaseClock, target::Target};
use crate::error::explain;

/// Makes the connections of a pool.
#[derive(Clone)]
pub(super) struct Dialer {
    source: Arc<dyn UrlSource>,
    settings: Settings,
    target: Arc<Mutex<Target>>,
    clock: DatabaseClock,
}

/// A connection and the task that serves it.
type Dialed = (Client, JoinHandle<()>);

impl Dialer {
    pub(super) fn new(
        source: Arc<dyn UrlSource>,
        settings: Settings,
        target: Target,
        clock: DatabaseClock,
    ) -> Self {
        Self {
            source,
            settings,
            target: Arc::new(Mutex::new(target)),
            clock,
        }
    }

    /// A new connection, of no pool.
    pub(super) async fn dial(&self) -> Result<Dialed, Error> {
        match self.dial_target().await {
            Err(error) if is_refused_login(&error) && self.read_url_again().await => {
                self.dial_target().await
            }
            dialed => dialed,
        }
    }

    async fn dial_target(&self) -> Result<Dialed, Error> {
        let target = self.target();
        let (client, task) = match target.tls {
            None => {
                let (client, connection) = target.config.connect(NoTls).await?;
                (client, tokio::spawn(connection.map(ended)))
            }
            Some(tls) => {
                let (client, connection) = target.config.connect(tls).await?;
                (client, tokio::spawn(connection.map(ended)))
            }
        };
        let row = client
            .query_typed("SELECT clock_timestamp()", &[])
            .await?
            .pop();
        observe::connection_opened();
        if let Some(Ok(now)) = row.map(|row| row.try_get(0)) {
            self.clock.compare(now);
        }
        Ok((client, task))
    }

    /// Answers whether there is another URL than the one that was tried.
    async fn read_url_again(&self) -> bool {
        let read = match self.source.url().await {
            Ok(url) => Target::read(&url, &self.settings).map_err(|error| error.to_string()),
            Err(cause) => Err(cause),
        };
        match read {
            Ok(target) => {
                let is_new = target.config != self.target().config;
                *self.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
                is_new
            }
            Err(error) => {
                tracing::warn!(error, "the database's address could not be read again");
                false
            }
        }
    }

    fn target(&self) -> Target {
        self.target
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Connect for Dialer {
    fn connect(&self, _: &Config) -> BoxFuture<'_, Result<Dialed, Error>> {
        self.dial().boxed()
    }
}

fn is_refused_login(error: &Error) -> bool {
    error.code().is_some_and(|state: &SqlState| {
        // PgBouncer calls everything that it does not like a protocol violation.
        state.code().starts_with("28") || *state == SqlState::PROTOCOL_VIOLATION
    })
}

fn ended(result: Result<(), Error>) {
    if let Err(error) = result {
        tracing::debug!(error = explain(&error), "a database connection ended");
    }
}
