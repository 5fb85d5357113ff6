//! What each function reads.

use super::{
    BasePath, Configuration, HttpUrl, Location, Logging, Origins, Reading, SocketEndpoint, Trading,
    Venues,
};

/// What the submit function reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit {
    /// `LOG_LEVEL`, `LOG_FORMAT`.
    pub logging: Logging,
    /// `DATABASE_URL` or `DATABASE_SECRET_ARN`, exactly one of them.
    pub database: Location,
    /// `VENUES` and `SIM_…`, for quotes.
    pub trading: Trading,
    /// `QUEUE_URL`: the orders queue. Required.
    pub queue_url: HttpUrl,
    /// `WS_MANAGEMENT_ENDPOINT`: the address that clients are told to watch at follows from it. Required.
    pub sockets: SocketEndpoint,
    /// `ALLOWED_ORIGINS`: pages on other hosts that may call. Default none.
    pub allowed_origins: Origins,
    /// `BASE_PATH`: what stands before `/api` in the addresses that clients use, for example the stage as `/v1`. Default
    /// nothing.
    pub base_path: BasePath,
}

impl Configuration for Submit {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Location::gather(env);
        let trading = Trading::gather(env);
        let queue_url = env.required("QUEUE_URL");
        let sockets = env.required("WS_MANAGEMENT_ENDPOINT");
        let allowed_origins = env.or("ALLOWED_ORIGINS", Origins::default());
        let base_path = env.or("BASE_PATH", BasePath::default());
        Some(Self {
            logging: logging?,
            database: database?,
            trading: trading?,
            queue_url: queue_url?,
            sockets: sockets?,
            allowed_origins: allowed_origins?,
            base_path: base_path?,
        })
    }
}

/// What the worker and the relay read: both execute orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// `LOG_LEVEL`, `LOG_FORMAT`.
    pub logging: Logging,
    /// `DATABASE_URL` or `DATABASE_SECRET_ARN`, exactly one of them.
    pub database: Location,
    /// `VENUES` and `SIM_…`.
    pub trading: Trading,
    /// `QUEUE_URL`: the orders queue, where retries go. Required.
    pub queue_url: HttpUrl,
    /// `WS_MANAGEMENT_ENDPOINT`: where pushes go. Required.
    pub sockets: SocketEndpoint,
}

impl Configuration for Execution {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Location::gather(env);
        let trading = Trading::gather(env);
        let queue_url = env.required("QUEUE_URL");
        let sockets = env.required("WS_MANAGEMENT_ENDPOINT");
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
    /// `LOG_LEVEL`, `LOG_FORMAT`.
    pub logging: Logging,
    /// `DATABASE_URL` or `DATABASE_SECRET_ARN`, exactly one of them.
    pub database: Location,
    /// `REPLAY_QUEUE_URL`: where requests of connections that are just opening go. Required.
    pub replay_queue_url: HttpUrl,
    /// `WS_MANAGEMENT_ENDPOINT`: where answers go. Required.
    pub sockets: SocketEndpoint,
    /// `ALLOWED_ORIGINS`: pages on other hosts that may open a socket. Default none.
    pub allowed_origins: Origins,
}

impl Configuration for Websocket {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Location::gather(env);
        let replay_queue_url = env.required("REPLAY_QUEUE_URL");
        let sockets = env.required("WS_MANAGEMENT_ENDPOINT");
        let allowed_origins = env.or("ALLOWED_ORIGINS", Origins::default());
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
    /// `LOG_LEVEL`, `LOG_FORMAT`.
    pub logging: Logging,
    /// `DATABASE_URL` or `DATABASE_SECRET_ARN`, exactly one of them.
    pub database: Location,
    /// `VENUES`: the simulated chain keeps a schema of its own.
    pub venues: Venues,
}

impl Configuration for Migrate {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Location::gather(env);
        let venues = env.or("VENUES", Venues::Simulated);
        Some(Self {
            logging: logging?,
            database: database?,
            venues: venues?,
        })
    }
}
