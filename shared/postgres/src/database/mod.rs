//! Connections: a pool that mends itself, whatever happened to the server or to the way there.
//!
//! Read in this order: [`Database`] (a statement, repeated where that is safe), `statements` (how
//! one is sent), `failure` (what goes wrong, and what that says about the connection), `target` and
//! `dialer` (where connections come from), `clock` (the database's time).

mod clock;
mod dialer;
mod failure;
mod param;
mod statements;
mod target;
mod tls;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use deadpool_postgres::{
    Client, Manager, ManagerConfig, Object, Pool, PoolError, QueueMode, RecyclingMethod, Runtime,
    Timeouts,
};
use engine::observe;
use jiff::Timestamp;
use tokio_postgres::Row;

use self::{
    clock::DatabaseClock,
    dialer::Dialer,
    failure::{Connection, Failure, Repeating},
    statements::Call,
    target::Target,
};
use super::error::{DatabaseError, StatementError, explain};

pub(crate) use self::{clock::GivenUpAt, param::Params};
pub use self::{
    param::Param,
    statements::{Statements, session},
    target::{Settings, UrlSource},
};

/// The database, by its pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    dialer: Dialer,
    statements: Statements,
    clock: DatabaseClock,
    /// Since when the pool is kept smaller than it may be, because the server takes no more.
    narrowed: Arc<Mutex<Option<Instant>>>,
    /// Connections that were made before this are given to nobody.
    distrusted: Arc<Mutex<Option<Instant>>>,
    connections: usize,
    name: Arc<str>,
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
/// How long the answer to a statement is waited for. The server itself ends a statement a second
/// earlier, so silence means that the way there is broken.
const ANSWER: Duration = Duration::from_secs(4);
/// How long a server that takes no more connections is left alone before one more is tried.
const FULL: Duration = Duration::from_secs(10);
/// The pause before a connection is asked for again that the server could not give.
const FULL_PAUSE: Duration = Duration::from_millis(100);

impl Database {
    /// A pool of at most `max_connections` to the URL's database, with statements that are
    /// prepared: for a server that no pooler stands before. Connects when first used.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn connect(url: &str, max_connections: usize) -> Result<Self, DatabaseError> {
        let settings = Settings {
            connections: max_connections,
            statements: Statements::Prepared,
            ca: None,
        };
        Self::open(url, Arc::new(url.to_owned()), settings)
    }

    /// A pool of connections to the URL's database; `source` is asked when a login is refused.
    /// Connects when first used.
    ///
    /// # Errors
    /// [`DatabaseError::Url`] or [`DatabaseError::Tls`].
    pub fn open(
        url: &str,
        source: Arc<dyn UrlSource>,
        settings: Settings,
    ) -> Result<Self, DatabaseError> {
        let target = Target::read(url, &settings)?;
        let (name, config) = (target.name.as_str().into(), target.config.clone());
        let clock = DatabaseClock::default();
        let dialer = Dialer::new(source, settings.clone(), target, clock.clone());
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_connect(config, dialer.clone(), recycling);
        let timeouts = Timeouts {
            wait: Some(CONNECT),
            create: Some(CONNECT),
            recycle: Some(CONNECT),
        };
        let pool = Pool::builder(manager)
            .max_size(settings.connections)
            .timeouts(timeouts)
            // The connection used last has its statements prepared and its caches warm.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DatabaseError::Url(error.to_string()))?;
        Ok(Self {
            pool,
            dialer,
            statements: settings.statements,
            clock,
            narrowed: Arc::default(),
            distrusted: Arc::default(),
            connections: settings.connections,
            name,
        })
    }

    /// Host, port and name of the database, without the password.
    pub fn target(&self) -> &str {
        &self.name
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

    /// A connection of the pool. While the server takes no more of them, one that comes free is
    /// waited for.
    ///
    /// # Errors
    /// [`StatementError::Unavailable`] when none can be had within five seconds.
    pub async fn client(&self) -> Result<Client, StatementError> {
        let begin = Instant::now();
        let mut broke_off = false;
        self.widen();
        loop {
            match self.pool.get().await {
                Ok(client) if self.is_distrusted(&client) => drop(Object::take(client)),
                Ok(client) => return Ok(client),
                Err(PoolError::Backend(error)) if is_full(&error) && begin.elapsed() < CONNECT => {
                    self.narrow();
                    tokio::time::sleep(FULL_PAUSE).await;
                }
                Err(PoolError::Backend(error)) if error.code().is_none() && !broke_off => {
                    broke_off = true; // perhaps by what broke others just now
                }
                Err(error) => {
                    let cause = format!("no database connection: {}", explain(&error));
                    return Err(StatementError::Unavailable(cause));
                }
            }
        }
    }

    /// A connection of its own, outside of the pool, for what keeps state.
    ///
    /// # Errors
    /// [`DatabaseError::Unreachable`], with the server's words.
    pub(super) async fn own_client(&self) -> Result<tokio_postgres::Client, DatabaseError> {
        let unreachable = |cause: String| DatabaseError::Unreachable {
            target: self.name.to_string(),
            cause,
        };
        match tokio::time::timeout(CONNECT, self.dialer.dial()).await {
            Ok(Ok((client, _))) => Ok(client),
            Ok(Err(error)) => Err(unreachable(explain(&error))),
            Err(_) => Err(unreachable(format!("no connection within {CONNECT:?}"))),
        }
    }

    /// Runs one statement. It is repeated once, on another connection, when the first one was to
    /// blame and nothing was executed.
    ///
    /// # Errors
    /// [`StatementError`]; [`StatementError::Unknown`] when it may have been executed.
    pub async fn run(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, StatementError> {
        let call = Call { sql, params };
        let ran = self.repeat(Repeating::Unsafe, call, None).await?;
        Ok(ran.0)
    }

    /// Runs one statement that may be executed twice: it reads, or the second time changes nothing.
    /// So it is repeated as well when the first try was not answered.
    ///
    /// # Errors
    /// As [`Database::run`].
    pub async fn run_repeatable(
        &self,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StatementError> {
        let call = Call { sql, params };
        Ok(self.repeat(Repeating::Safe, call, None).await?.0)
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
        let call = |sql, params| Call { sql, params };
        let then = call(second, second_params);
        self.repeat(Repeating::Unsafe, call(first, first_params), Some(then))
            .await
    }

    /// The time by the database's clock, which is the one that deadlines are written and judged by.
    /// Exact to the time that its last answer took; this machine's clock before there was any.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Notes what the database's clock said in an answer that has just arrived.
    pub(super) fn note_time(&self, now: Timestamp) {
        self.clock.note(now);
    }

    /// A parameter for statements that must not be executed after they were given up.
    pub(super) fn given_up_at(&self) -> GivenUpAt {
        GivenUpAt(self.clock.clone())
    }

    /// Reads the database's clock anew: it, or this machine's, may have been set or stood still.
    pub(super) async fn read_clock(&self) -> Result<Timestamp, StatementError> {
        let rows = self
            .run_repeatable("SELECT clock_timestamp() AS now", &[])
            .await?;
        let now = rows.first().map(|row| row.try_get("now"));
        match now {
            Some(Ok(now)) => {
                self.clock.compare(now);
                Ok(now)
            }
            Some(Err(_)) | None => Err(StatementError::Unreadable("the clock".into())),
        }
    }

    async fn repeat(
        &self,
        repeating: Repeating,
        call: Call<'_>,
        then: Option<Call<'_>>,
    ) -> Result<(Vec<Row>, Vec<Row>), StatementError> {
        let first = match self.try_once(call, then).await {
            Err(failure) if failure.is_repeatable(repeating) => failure.error,
            done => return done.map_err(|failure| failure.error),
        };
        self.try_once(call, then).await.map_err(|second| {
            // What the second try says is about the second try.
            if matches!(first, StatementError::Unknown(_)) {
                StatementError::Unknown(format!("{first}; then {}", second.error))
            } else {
                second.error
            }
        })
    }

    async fn try_once(
        &self,
        call: Call<'_>,
        then: Option<Call<'_>>,
    ) -> Result<(Vec<Row>, Vec<Row>), Failure> {
        let client = self.client().await.map_err(Failure::no_connection)?;
        let began = Instant::now();
        let tried = match then {
            None => {
                let ran = self.statements.run(&client, call).await;
                ran.map(|rows| (rows, Vec::new()))
            }
            Some(then) => self.statements.run_then(&client, call, then).await,
        };
        if let Err(failure) = &tried {
            self.drop_useless(client, failure, began);
        }
        tried
    }

    /// A connection that failed is not given to anybody again; nor is any that was there when the
    /// failed try began, for what was wrong with the one is likely wrong with all.
    fn drop_useless(&self, client: Client, failure: &Failure, began: Instant) {
        match failure.connection {
            Connection::Sound => {}
            Connection::Useless => {
                drop(Object::take(client));
                let mut distrusted = lock(&self.distrusted);
                *distrusted = (*distrusted).max(Some(began));
                drop(distrusted);
                let idle = self.pool.retain(|_, metrics| metrics.created >= began);
                observe::connections_dropped(idle.removed.len() + 1, &failure.error);
            }
        }
    }

    /// Whether a connection that comes back from use was there at the last failure.
    fn is_distrusted(&self, client: &Client) -> bool {
        lock(&self.distrusted).is_some_and(|since| Object::metrics(client).created < since)
    }

    /// Keeps the pool to what it has: more of them the server does not take.
    fn narrow(&self) {
        let mut narrowed = lock(&self.narrowed);
        *narrowed = Some(Instant::now());
        self.pool.resize(self.pool.status().size.max(1));
    }

    fn widen(&self) {
        let mut narrowed = lock(&self.narrowed);
        if narrowed.is_some_and(|since| since.elapsed() > FULL) {
            *narrowed = None;
            self.pool.resize(self.connections);
        }
    }
}

/// The server takes no more connections (53), or not yet (it is starting).
fn is_full(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| {
        state.code().starts_with("53")
            || *state == tokio_postgres::error::SqlState::CANNOT_CONNECT_NOW
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
