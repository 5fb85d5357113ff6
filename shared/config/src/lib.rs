//! The environment: read in this one place, once, before the first event.
//!
//! `variables` defines each variable once, with its default, its meaning and what is allowed. Each
//! function has a struct in `programs` that lists what it reads. Everything that is wrong is
//! reported together, each problem with the variable, its value and what is allowed. An empty value
//! counts as not set.

mod address;
mod allowed_hosts;
mod choice;
mod count;
mod database;
mod decimal;
mod delay;
mod host;
mod key;
mod market;
mod metrics_token;
mod origin;
mod programs;
mod proxies;
mod reading;
mod share;
mod solana;
mod traces;
mod variable;
mod variables;
mod volatility;
mod wait;

pub use address::{BasePath, HttpUrl, SocketEndpoint};
pub use allowed_hosts::{AllowedHost, AllowedHosts};
pub use choice::{Auth, LogFormat, LogLevel, Statements, Venues};
pub use count::Count;
pub use database::{Database, DatabaseUrl, HostName, Location, RoleName, SecretArn};
pub use delay::DelayRange;
pub use host::HostAddress;
pub use key::{Client, ClientKey};
pub use market::Market;
pub use metrics_token::MetricsToken;
pub use origin::{Origin, Origins};
pub use programs::{Execution, Keys, Migrate, Monitor, Submit, Websocket, Worker, Workers};
pub use proxies::Proxies;
pub use reading::{Configuration, InvalidEnvironment, NotAllowed, Reading, Setting, SettingError};
pub use share::Share;
pub use solana::{KmsKeyId, MarketsFile, NodeUrls, Nodes, Solana, WalletKey, YesNo};
pub use traces::Traces;
pub use variable::{Definition, Readers, Variable};
pub use variables::*;
pub use volatility::Volatility;
pub use wait::{KeptDays, LookMillis, RecheckSeconds, RetainDays, WaitSeconds};

/// Reads what `T` lists from the process's environment.
///
/// # Errors
/// [`InvalidEnvironment`] with everything that is missing or wrong.
pub fn read<T: Configuration>() -> Result<T, InvalidEnvironment> {
    read_from(&|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

/// Whether a variable is in the process's environment and empty, which counts as not set.
pub fn is_empty(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| value.to_string_lossy().trim().is_empty())
}

/// Whether `NO_COLOR` is set and not empty, as all programs are told so: <https://no-color.org>.
pub fn forbids_colours() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// What Lambda calls the function that runs here; nothing where none does.
pub fn function_name() -> String {
    std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default()
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
    /// [`LOG_LEVEL`].
    pub level: LogLevel,
    /// [`LOG_FORMAT`].
    pub format: Option<LogFormat>,
}

impl Configuration for Logging {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let level = env.get(&LOG_LEVEL);
        let format = env.optional(&LOG_FORMAT);
        Some(Self {
            level: level?,
            format: format?,
        })
    }
}

/// How the simulated venues behave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trading {
    /// [`SIM_QUOTE_DELAY_MS`].
    pub quote_delay: DelayRange,
    /// [`SIM_EXECUTION_DELAY_MS`].
    pub execution_delay: DelayRange,
    /// [`SIM_FAILURE_RATE`].
    pub failure_rate: Share,
    /// [`SIM_SEED`].
    pub seed: u64,
    /// [`SIM_LAUNCH_EVERY_S`].
    pub launch_every: WaitSeconds,
    /// [`SIM_VOLATILITY`].
    pub volatility: Volatility,
}

impl Configuration for Trading {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let quote_delay = env.get(&SIM_QUOTE_DELAY_MS);
        let execution_delay = env.get(&SIM_EXECUTION_DELAY_MS);
        let failure_rate = env.get(&SIM_FAILURE_RATE);
        let seed = env.get(&SIM_SEED);
        let launch_every = env.get(&SIM_LAUNCH_EVERY_S);
        let volatility = env.get(&SIM_VOLATILITY);
        Some(Self {
            quote_delay: quote_delay?,
            execution_delay: execution_delay?,
            failure_rate: failure_rate?,
            seed: seed?,
            launch_every: launch_every?,
            volatility: volatility?,
        })
    }
}
