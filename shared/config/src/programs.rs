//! What each function reads.

use super::{
    ALLOWED_ORIGINS, BASE_PATH, BasePath, Configuration, Database, HttpUrl, Logging, Origins,
    QUEUE_URL, REPLAY_QUEUE_URL, Reading, SocketEndpoint, Trading, VENUES, Venues,
    WS_MANAGEMENT_ENDPOINT,
};

/// What the submit function reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit {
    /// How it logs.
    pub logging: Logging,
    /// Where the database is.
    pub database: Database,
    /// The venues, for quotes.
    pub trading: Trading,
    /// [`QUEUE_URL`]. Required.
    pub queue_url: HttpUrl,
    /// [`WS_MANAGEMENT_ENDPOINT`]. Required.
    pub sockets: SocketEndpoint,
    /// [`ALLOWED_ORIGINS`].
    pub allowed_origins: Origins,
    /// [`BASE_PATH`].
    pub base_path: BasePath,
}

impl Configuration for Submit {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Database::gather(env);
        let trading = Trading::gather(env);
        let queue_url = env.get(&QUEUE_URL);
        let sockets = env.get(&WS_MANAGEMENT_ENDPOINT);
        let allowed_origins = env.get(&ALLOWED_ORIGINS);
        let base_path = env.optional(&BASE_PATH);
        Some(Self {
            logging: logging?,
            database: database?,
            trading: trading?,
            queue_url: queue_url?,
            sockets: sockets?,
            allowed_origins: allowed_origins?,
            base_path: base_path?.unwrap_or_default(),
        })
    }
}

/// What the worker and the relay read: both execute orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// How it logs.
    pub logging: Logging,
    /// Where the database is.
    pub database: Database,
    /// The venues.
    pub trading: Trading,
    /// [`QUEUE_URL`]. Required.
    pub queue_url: HttpUrl,
    /// [`WS_MANAGEMENT_ENDPOINT`]. Required.
    pub sockets: SocketEndpoint,
}

impl Configuration for Execution {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Database::gather(env);
        let trading = Trading::gather(env);
        let queue_url = env.get(&QUEUE_URL);
        let sockets = env.get(&WS_MANAGEMENT_ENDPOINT);
        Some(Self {
            logging: logging?,
            database: database?,
            trading: trading?,
            queue_url: queue_url?,
            sockets: sockets?,
        })
    }
}

/// What the websocket function reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Websocket {
    /// How it logs.
    pub logging: Logging,
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
        let database = Database::gather(env);
        let replay_queue_url = env.get(&REPLAY_QUEUE_URL);
        let sockets = env.get(&WS_MANAGEMENT_ENDPOINT);
        let allowed_origins = env.get(&ALLOWED_ORIGINS);
        Some(Self {
            logging: logging?,
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
}

impl Configuration for Migrate {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Database::gather(env);
        let venues = env.get(&VENUES);
        Some(Self {
            logging: logging?,
            database: database?,
            venues: venues?,
        })
    }
}
