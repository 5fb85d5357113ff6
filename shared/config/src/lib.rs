//! The environment: read in this one place, once, before the first event.
//!
//! Each function has a struct in `programs` that lists what it reads, with the defaults in the fields' docs. Everything
//! that is wrong is reported together, each problem with the variable, its value and what is allowed. An empty value counts
//! as not set.

mod address;
mod choice;
mod database;
mod delay;
mod origin;
mod programs;
mod reading;
mod share;

pub use address::{BasePath, HttpUrl, SocketEndpoint};
pub use choice::{LogFormat, LogLevel, Venues};
pub use database::{DatabaseUrl, Location};
pub use delay::DelayRange;
pub use origin::{Origin, Origins};
pub use programs::{Execution, Migrate, Submit, Websocket};
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
