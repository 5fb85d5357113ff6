//! What each function reads.

use super::{
    ALLOWED_ORIGINS, AUDIT_DAYS, BASE_PATH, BasePath, Configuration, Count, DATABASE_SERVING_ROLE,
    Database, HttpUrl, KeptDays, Logging, MAX_WAIT_S, Market, Origins, QUEUE_URL, RECHECK_MAX_S,
    REPLAY_QUEUE_URL, RETAIN_DAYS, Reading, RecheckSeconds, RetainDays, RoleName, SOLANA_SIGNER,
    SocketEndpoint, Traces, VENUES, Venues, WORKER_BATCH_SIZE, WORKER_CONCURRENCY,
    WS_MANAGEMENT_ENDPOINT, WaitSeconds, WalletKey,
};

/// What the submit function reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit {
    /// How it logs.
    pub logging: Logging,
    /// Where its traces go.
    pub traces: Traces,
    /// Where the database is.
    pub database: Database,
    /// The venues, for quotes.
    pub market: Market,
    /// [`QUEUE_URL`]. Required.
    pub queue_url: HttpUrl,
    /// [`WS_MANAGEMENT_ENDPOINT`]. Required.
    pub sockets: SocketEndpoint,
    /// [`ALLOWED_ORIGINS`].
    pub allowed_origins: Origins,
    /// [`BASE_PATH`].
    pub base_path: BasePath,
    /// What executes the orders.
    pub workers: Workers,
    /// [`MAX_WAIT_S`].
    pub max_wait: WaitSeconds,
}

/// How much the workers do at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    /// [`WORKER_CONCURRENCY`].
    pub concurrency: Count,
    /// [`WORKER_BATCH_SIZE`].
    pub batch_size: Count,
}

impl Workers {
    /// How many orders they hold at once at the most.
    pub const fn slots(self) -> u32 {
        self.concurrency.get() as u32 * self.batch_size.get() as u32
    }
}

impl Configuration for Workers {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let concurrency = env.get(&WORKER_CONCURRENCY);
        let batch_size = env.get(&WORKER_BATCH_SIZE);
        Some(Self {
            concurrency: concurrency?,
            batch_size: batch_size?,
        })
    }
}

impl Configuration for Submit {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let traces = Traces::gather(env);
        let database = Database::gather(env);
        let market = Market::gather(env);
        let queue_url = env.get(&QUEUE_URL);
        let sockets = env.get(&WS_MANAGEMENT_ENDPOINT);
        let allowed_origins = env.get(&ALLOWED_ORIGINS);
        let base_path = env.optional(&BASE_PATH);
        let workers = Workers::gather(env);
        let max_wait = env.get(&MAX_WAIT_S);
        Some(Self {
            logging: logging?,
            traces: traces?,
            database: database?,
            market: market?,
            queue_url: queue_url?,
            sockets: sockets?,
            allowed_origins: allowed_origins?,
            base_path: base_path?.unwrap_or_default(),
            workers: workers?,
            max_wait: max_wait?,
        })
    }
}

/// What the relay reads, and the worker besides its wallet: both settle orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// How it logs.
    pub logging: Logging,
    /// Where its traces go.
    pub traces: Traces,
    /// Where the database is.
    pub database: Database,
    /// The venues.
    pub market: Market,
    /// [`QUEUE_URL`]. Required.
    pub queue_url: HttpUrl,
    /// [`WS_MANAGEMENT_ENDPOINT`]. Required.
    pub sockets: SocketEndpoint,
    /// [`RECHECK_MAX_S`].
    pub recheck_max: RecheckSeconds,
    /// [`AUDIT_DAYS`].
    pub audit_days: KeptDays,
    /// [`RETAIN_DAYS`].
    pub retain_days: Option<RetainDays>,
}

impl Configuration for Execution {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let traces = Traces::gather(env);
        let database = Database::gather(env);
        let market = Market::gather(env);
        let queue_url = env.get(&QUEUE_URL);
        let sockets = env.get(&WS_MANAGEMENT_ENDPOINT);
        let recheck_max = env.get(&RECHECK_MAX_S);
        let audit_days = env.get(&AUDIT_DAYS);
        let retain_days = env.optional(&RETAIN_DAYS);
        Some(Self {
            logging: logging?,
            traces: traces?,
            database: database?,
            market: market?,
            queue_url: queue_url?,
            sockets: sockets?,
            recheck_max: recheck_max?,
            audit_days: audit_days?,
            retain_days: retain_days?,
        })
    }
}

/// What the worker reads: it also signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// What it executes with.
    pub execution: Execution,
    /// [`SOLANA_SIGNER`]. Required on Solana, and read nowhere else.
    pub wallet: Option<WalletKey>,
}

impl Configuration for Worker {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let execution = Execution::gather(env);
        let wallet = match env.says(&VENUES, &Venues::Solana) {
            true => env.get(&SOLANA_SIGNER).map(Some),
            false => Some(None),
        };
        Some(Self {
            execution: execution?,
            wallet: wallet?,
        })
    }
}

/// What the monitor reads: it looks at prices, and sends what it wakes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// How it logs.
    pub logging: Logging,
    /// Where its traces go.
    pub traces: Traces,
    /// Where the database is.
    pub database: Database,
    /// The venues.
    pub market: Market,
    /// [`QUEUE_URL`]. Required.
    pub queue_url: HttpUrl,
}

impl Configuration for Monitor {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let traces = Traces::gather(env);
        let database = Database::gather(env);
        let market = Market::gather(env);
        let queue_url = env.get(&QUEUE_URL);
        Some(Self {
            logging: logging?,
            traces: traces?,
            database: database?,
            market: market?,
            queue_url: queue_url?,
        })
    }
}

/// What the websocket function reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Websocket {
    /// How it logs.
    pub logging: Logging,
    /// Where its traces go.
    pub traces: Traces,
    /// Where the database is.
    pub database: Database,
    /// [`REPLAY_QUEUE_URL`]. Required.
    pub replay_queue_url: HttpUrl,
    /// [`WS_MANAGEMENT_ENDPOINT`]. Required.
    pub sockets: SocketEndpoint,
    /// [`ALLOWED_ORIGINS`].
    pub allowed_origins: Origins,
}

impl Configuration for Websocket {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let traces = Traces::gather(env);
        let database = Database::gather(env);
        let replay_queue_url = env.get(&REPLAY_QUEUE_URL);
        let sockets = env.get(&WS_MANAGEMENT_ENDPOINT);
        let allowed_origins = env.get(&ALLOWED_ORIGINS);
        Some(Self {
            logging: logging?,
            traces: traces?,
            database: database?,
            replay_queue_url: replay_queue_url?,
            sockets: sockets?,
            allowed_origins: allowed_origins?,
        })
    }
}

/// What the migrate function reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrate {
    /// How it logs.
    pub logging: Logging,
    /// Where the database is.
    pub database: Database,
    /// [`VENUES`]: the simulated chain has a schema of its own, which is to be migrated too.
    pub venues: Venues,
    /// [`DATABASE_SERVING_ROLE`].
    pub serving_role: Option<RoleName>,
}

impl Configuration for Migrate {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Database::gather(env);
        let venues = env.get(&VENUES);
        let serving_role = env.optional(&DATABASE_SERVING_ROLE);
        Some(Self {
            logging: logging?,
            database: database?,
            venues: venues?,
            serving_role: serving_role?,
        })
    }
}

/// What the keys function reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// How it logs.
    pub logging: Logging,
    /// Where the database is.
    pub database: Database,
}

impl Configuration for Keys {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Database::gather(env);
        Some(Self {
            logging: logging?,
            database: database?,
        })
    }
}
