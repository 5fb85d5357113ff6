//! The environment: read in this one place, once, before the first event.
//!
//! Each program has a struct here that lists what it reads, with the defaults in the fields' docs. Everything that is wrong
//! is reported together, each problem with the variable, its value and what is allowed. An empty value counts as not set.

mod address;
mod choice;
mod database;
mod delay;
mod origin;
mod reading;
mod share;

pub use address::{BasePath, HttpUrl, SocketEndpoint};
pub use choice::{LogFormat, LogLevel, Venues};
pub use database::{DatabaseUrl, Location};
pub use delay::DelayRange;
pub use origin::{Origin, Origins};
pub use reading::{Configuration, InvalidEnvironment, NotAllowed, Problem, Reading, Setting};
pub use share::Share;

/// Reads what `T` lists from the process's environment.
///
/// # Errors
/// [`InvalidEnvironment`] with everything that is missing or wrong.
pub fn read<T: Configuration>() -> Result<T, InvalidEnvironment> {
    read_from(&|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

/// Reads what `T` lists through `lookup`, which answers a variable's value or `None`.
///
/// # Errors
/// As [`read`].
pub fn read_from<T: Configuration>(
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<T, InvalidEnvironment> {
    Reading::new(lookup).finish()
}

/// How a program logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logging {
    /// `LOG_LEVEL`: the least severe level that is written. Default `info`.
    pub level: LogLevel,
    /// `LOG_FORMAT`: default (`None`) is `pretty` on a terminal and `json` elsewhere.
    pub format: Option<LogFormat>,
}

impl Configuration for Logging {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let level = env.or("LOG_LEVEL", LogLevel::Info);
        let format = env.optional("LOG_FORMAT");
        Some(Self {
            level: level?,
            format: format?,
        })
    }
}

/// Where orders are executed, and how the simulated venues behave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trading {
    /// `VENUES`: default `simulated`.
    pub venues: Venues,
    /// `SIM_QUOTE_DELAY_MS`: how long a quote takes, drawn for each. Default `200-350`.
    pub quote_delay: DelayRange,
    /// `SIM_EXECUTION_DELAY_MS`: from submission to landing, drawn for each. Default `2300-3500`.
    pub execution_delay: DelayRange,
    /// `SIM_FAILURE_RATE`: the share of submissions that is refused with a retryable error. Default `0`.
    pub failure_rate: Share,
    /// `SIM_SEED`: same seed, same price path. Default 1.
    pub seed: u64,
}

impl Configuration for Trading {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let venues = env.or("VENUES", Venues::Simulated);
        let quote_delay = env.or("SIM_QUOTE_DELAY_MS", DelayRange::from_millis(200, 350));
        let execution_delay = env.or(
            "SIM_EXECUTION_DELAY_MS",
            DelayRange::from_millis(2_300, 3_500),
        );
        let failure_rate = env.or("SIM_FAILURE_RATE", Share::ZERO);
        let seed = env.or("SIM_SEED", 1);
        Some(Self {
            venues: venues?,
            quote_delay: quote_delay?,
            execution_delay: execution_delay?,
            failure_rate: failure_rate?,
            seed: seed?,
        })
    }
}

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
}

impl Configuration for Migrate {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let logging = Logging::gather(env);
        let database = Location::gather(env);
        Some(Self {
            logging: logging?,
            database: database?,
        })
    }
}
