//! What can be chosen, by option or by environment variable. Names, defaults and meanings of the
//! variables are those of `config`; the options' own names follow from the fields.

use std::{ffi::OsStr, net::IpAddr, path::PathBuf};

use clap::{Arg, Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use config::{
    ALLOWED_HOSTS, ALLOWED_ORIGINS, AUDIT_DAYS, AUTH, AllowedHosts, Auth, Count,
    DATABASE_CONNECTIONS, DelayRange, ENGINE_URL, HOST, HostAddress, HttpUrl, KeptDays, LOG_FORMAT,
    LOG_LEVEL, LogFormat, LogLevel, LookMillis, MAX_CONNECTIONS, MAX_WAIT_S, METRICS_TOKEN,
    ORDER_ENGINE_KEY_FILE, Origins, PORT, Proxies, QUEUE_URL, RECHECK_MAX_S, RETAIN_DAYS,
    RecheckSeconds, RetainDays, SIM_EXECUTION_DELAY_MS, SIM_FAILURE_RATE, SIM_LAUNCH_EVERY_S,
    SIM_QUOTE_DELAY_MS, SIM_SEED, SIM_VOLATILITY, Setting, Share, TRUSTED_PROXIES, Trading, VENUES,
    Variable, Venues, Volatility, WATCH_EVERY_MS, WORKER_BATCH_SIZE, WORKER_CONCURRENCY,
    WaitSeconds,
};

use crate::cli::end::TABLE;

mod backup;
mod engine_url;
mod keys;
mod limits;
mod looking;
mod migrate;
mod placing;
mod solana;
mod storage;
mod traces;

pub use backup::{Backup, Restore};
pub(crate) use engine_url::is_loopback;
pub use keys::{CreateKey, Expiry, Keys, ListKeys, Of, RevokeKey};
pub use limits::{Limited, LimitsOf, SetLimits, ShowLimits};
pub use looking::{Launches, Orders, Quote, Watch};
pub use migrate::Migrate;
pub use placing::{Place, Sending, Snipe};
pub use solana::Solana;
pub use storage::Storage;
pub use traces::Traces;

const NAME: &str = "order-engine";

/// Takes market, limit and sniper orders, routes each to the venue that pays most, executes it
/// exactly once, and streams every step.
///
/// Without a command it serves, with a PostgreSQL of its own unless DATABASE_URL names one.
#[derive(Debug, Args)]
#[command(version, args_conflicts_with_subcommands = true, after_help = TABLE)]
pub struct CommandLine {
    /// What to do; serving, if nothing is named.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve.
    #[command(flatten)]
    pub serve: Serve,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve (what happens when no command is given).
    Serve(Box<Serve>),
    /// Place an order at a running engine and print its life until it is final.
    Order(Box<Place>),
    /// Buy a token as soon as it has a pool, and print the order's life until it is final.
    Snipe(Box<Snipe>),
    /// Cancel orders at a running engine.
    Cancel(Cancel),
    /// Show the orders of a running engine, newest first.
    Orders(Orders),
    /// Print the life of an order that a running engine has, until it is final.
    Watch(Watch),
    /// Show what each venue would pay now; nothing is placed.
    Quote(Quote),
    /// Show the tokens that got a pool just now, and in the simulated market the next ones.
    Launches(Launches),
    /// Make, list and revoke keys, on the engine's database, whether an engine runs or not.
    #[command(subcommand)]
    Keys(Box<Keys>),
    /// Show and set how much an account may do, on the engine's database.
    #[command(subcommand)]
    Limits(Box<LimitsOf>),
    /// Bring the database to this version, and give the role that serves its rights.
    Migrate(Box<Migrate>),
    /// Take everything that the database holds out into a file, while the engine runs or not.
    Backup(Box<Backup>),
    /// Put back what a backup has, into an empty database.
    Restore(Box<Restore>),
    /// Print a script with which a shell completes these commands.
    Completions(Completions),
}

impl Parser for CommandLine {}

// Not derived, because each argument that has a variable is completed here.
impl CommandFactory for CommandLine {
    fn command() -> clap::Command {
        completed(Self::augment_args(clap::Command::new(NAME)))
    }

    fn command_for_update() -> clap::Command {
        completed(Self::augment_args_for_update(clap::Command::new(NAME)))
    }
}

fn completed(command: clap::Command) -> clap::Command {
    command.mut_args(complete).mut_subcommands(completed)
}

/// Says what is allowed, and forgets a variable that is empty: clap takes an empty value for one
/// that was given, and everywhere else it counts as not set.
fn complete(arg: Arg) -> Arg {
    let is_its = |name: &str| arg.get_env() == Some(OsStr::new(name));
    let Some(variable) = config::ALL.iter().find(|variable| is_its(variable.name)) else {
        return arg;
    };
    let help = format!("{}\nAllowed is {}.", variable.doc, variable.allowed);
    if config::is_empty(variable.name) {
        // The last line is what clap would say of the variable.
        let help = format!("{help}\n\n[env: {}=]", variable.name);
        return arg.env(None::<&str>).long_help(help);
    }
    arg.long_help(help)
}

/// Reads an option as its variable is read.
fn parser<T: Setting>(
    variable: &'static Variable<T>,
) -> impl Fn(&str) -> Result<T, config::NotAllowed> + Clone {
    |text| variable.parse(text)
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// [`PORT`].
    #[arg(long, env = PORT.name, default_value = PORT.default)]
    #[arg(value_parser = parser(&PORT), help = PORT.doc)]
    pub port: u16,
    /// [`HOST`].
    #[arg(long, env = HOST.name, default_value = HOST.default)]
    #[arg(value_parser = |text: &str| HOST.parse(text).map(HostAddress::ip))]
    #[arg(help = HOST.doc)]
    pub host: IpAddr,
    /// [`AUTH`].
    #[arg(long, env = AUTH.name, default_value = AUTH.default)]
    #[arg(value_parser = parser(&AUTH), help = AUTH.doc)]
    pub auth: Auth,
    /// [`METRICS_TOKEN`]. Any text: clap would repeat what is wrong, and it is a secret.
    #[arg(long, env = METRICS_TOKEN.name, help = METRICS_TOKEN.doc, hide_env_values = true)]
    pub metrics_token: Option<String>,
    /// Where everything is kept.
    #[command(flatten)]
    pub storage: Storage,
    /// [`DATABASE_CONNECTIONS`].
    #[arg(long, env = DATABASE_CONNECTIONS.name, default_value = DATABASE_CONNECTIONS.default)]
    #[arg(value_parser = |text: &str| DATABASE_CONNECTIONS.parse(text).map(Count::get))]
    #[arg(help = DATABASE_CONNECTIONS.doc)]
    pub database_connections: u16,
    /// [`VENUES`].
    #[arg(long, env = VENUES.name, default_value = VENUES.default)]
    #[arg(value_parser = parser(&VENUES), help = VENUES.doc)]
    pub venues: Venues,
    /// [`SIM_QUOTE_DELAY_MS`].
    #[arg(long, env = SIM_QUOTE_DELAY_MS.name, default_value = SIM_QUOTE_DELAY_MS.default)]
    #[arg(value_parser = parser(&SIM_QUOTE_DELAY_MS), help = SIM_QUOTE_DELAY_MS.doc)]
    pub sim_quote_delay_ms: DelayRange,
    /// [`SIM_EXECUTION_DELAY_MS`].
    #[arg(long, env = SIM_EXECUTION_DELAY_MS.name, default_value = SIM_EXECUTION_DELAY_MS.default)]
    #[arg(value_parser = parser(&SIM_EXECUTION_DELAY_MS), help = SIM_EXECUTION_DELAY_MS.doc)]
    pub sim_execution_delay_ms: DelayRange,
    /// [`SIM_FAILURE_RATE`].
    #[arg(long, env = SIM_FAILURE_RATE.name, default_value = SIM_FAILURE_RATE.default)]
    #[arg(value_parser = parser(&SIM_FAILURE_RATE), help = SIM_FAILURE_RATE.doc)]
    pub sim_failure_rate: Share,
    /// [`SIM_SEED`].
    #[arg(long, env = SIM_SEED.name, default_value = SIM_SEED.default)]
    #[arg(value_parser = parser(&SIM_SEED), help = SIM_SEED.doc)]
    pub sim_seed: u64,
    /// [`SIM_LAUNCH_EVERY_S`].
    #[arg(long, env = SIM_LAUNCH_EVERY_S.name, default_value = SIM_LAUNCH_EVERY_S.default)]
    #[arg(value_parser = parser(&SIM_LAUNCH_EVERY_S), help = SIM_LAUNCH_EVERY_S.doc)]
    pub sim_launch_every_s: WaitSeconds,
    /// [`SIM_VOLATILITY`].
    #[arg(long, env = SIM_VOLATILITY.name, default_value = SIM_VOLATILITY.default)]
    #[arg(value_parser = parser(&SIM_VOLATILITY), help = SIM_VOLATILITY.doc)]
    pub sim_volatility: Volatility,
    /// How to trade on Solana.
    #[command(flatten)]
    pub solana: Solana,
    /// [`WORKER_CONCURRENCY`].
    #[arg(long, env = WORKER_CONCURRENCY.name, default_value = WORKER_CONCURRENCY.default)]
    #[arg(value_parser = |text: &str| WORKER_CONCURRENCY.parse(text).map(Count::get))]
    #[arg(help = WORKER_CONCURRENCY.doc)]
    pub worker_concurrency: u16,
    /// [`WORKER_BATCH_SIZE`].
    #[arg(long, env = WORKER_BATCH_SIZE.name, default_value = WORKER_BATCH_SIZE.default)]
    #[arg(value_parser = |text: &str| WORKER_BATCH_SIZE.parse(text).map(Count::get))]
    #[arg(help = WORKER_BATCH_SIZE.doc)]
    pub worker_batch_size: u16,
    /// [`QUEUE_URL`].
    #[arg(long, env = QUEUE_URL.name)]
    #[arg(value_parser = parser(&QUEUE_URL), help = QUEUE_URL.doc)]
    pub queue_url: Option<HttpUrl>,
    /// [`MAX_WAIT_S`].
    #[arg(long, env = MAX_WAIT_S.name, default_value = MAX_WAIT_S.default)]
    #[arg(value_parser = parser(&MAX_WAIT_S), help = MAX_WAIT_S.doc)]
    pub max_wait_s: WaitSeconds,
    /// [`WATCH_EVERY_MS`].
    #[arg(long, env = WATCH_EVERY_MS.name, default_value = WATCH_EVERY_MS.default)]
    #[arg(value_parser = parser(&WATCH_EVERY_MS), help = WATCH_EVERY_MS.doc)]
    pub watch_every_ms: LookMillis,
    /// [`RECHECK_MAX_S`].
    #[arg(long, env = RECHECK_MAX_S.name, default_value = RECHECK_MAX_S.default)]
    #[arg(value_parser = parser(&RECHECK_MAX_S), help = RECHECK_MAX_S.doc)]
    pub recheck_max_s: RecheckSeconds,
    /// [`AUDIT_DAYS`].
    #[arg(long, env = AUDIT_DAYS.name, default_value = AUDIT_DAYS.default)]
    #[arg(value_parser = parser(&AUDIT_DAYS), help = AUDIT_DAYS.doc)]
    pub audit_days: KeptDays,
    /// [`RETAIN_DAYS`].
    #[arg(long, env = RETAIN_DAYS.name)]
    #[arg(value_parser = parser(&RETAIN_DAYS), help = RETAIN_DAYS.doc)]
    pub retain_days: Option<RetainDays>,
    /// [`MAX_CONNECTIONS`].
    #[arg(long, env = MAX_CONNECTIONS.name, default_value = MAX_CONNECTIONS.default)]
    #[arg(value_parser = parser(&MAX_CONNECTIONS), help = MAX_CONNECTIONS.doc)]
    pub max_connections: u16,
    /// [`ALLOWED_HOSTS`].
    #[arg(long, env = ALLOWED_HOSTS.name, default_value = ALLOWED_HOSTS.default)]
    #[arg(value_parser = parser(&ALLOWED_HOSTS), help = ALLOWED_HOSTS.doc)]
    #[arg(hide_default_value = true)]
    pub allowed_hosts: AllowedHosts,
    /// [`TRUSTED_PROXIES`].
    #[arg(long, env = TRUSTED_PROXIES.name, default_value = TRUSTED_PROXIES.default)]
    #[arg(value_parser = parser(&TRUSTED_PROXIES), help = TRUSTED_PROXIES.doc)]
    #[arg(hide_default_value = true)]
    pub trusted_proxies: Proxies,
    /// [`ALLOWED_ORIGINS`].
    #[arg(long, env = ALLOWED_ORIGINS.name, default_value = ALLOWED_ORIGINS.default)]
    #[arg(value_parser = parser(&ALLOWED_ORIGINS), help = ALLOWED_ORIGINS.doc)]
    #[arg(hide_default_value = true)]
    pub allowed_origins: Origins,
    /// [`LOG_LEVEL`].
    #[arg(long, env = LOG_LEVEL.name, default_value = LOG_LEVEL.default)]
    #[arg(value_parser = parser(&LOG_LEVEL), help = LOG_LEVEL.doc)]
    pub log_level: LogLevel,
    /// [`LOG_FORMAT`].
    #[arg(long, env = LOG_FORMAT.name)]
    #[arg(value_parser = parser(&LOG_FORMAT), help = LOG_FORMAT.doc)]
    pub log_format: Option<LogFormat>,
    /// Who collects traces.
    #[command(flatten)]
    pub traces: Traces,
}

impl Serve {
    /// How the simulated venues behave.
    pub fn trading(&self) -> Trading {
        Trading {
            quote_delay: self.sim_quote_delay_ms,
            execution_delay: self.sim_execution_delay_ms,
            failure_rate: self.sim_failure_rate,
            seed: self.sim_seed,
            launch_every: self.sim_launch_every_s,
            volatility: self.sim_volatility,
        }
    }
}

/// Which shell to complete commands in.
#[derive(Clone, Copy, Debug, Args)]
#[command(
    after_help = "Example: order-engine completions bash > ~/.local/share/bash-completion/completions/order-engine"
)]
pub struct Completions {
    /// The shell.
    pub shell: Shell,
}

/// Which orders to cancel.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It ends with 0 when each is cancelled, with 1 when one is not, or its transaction may still \
    land, with 2 when nothing was asked for because nobody answers, and with 3 when it was and \
    nobody says what became of it."
)]
pub struct Cancel {
    /// Their ids.
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

/// Which engine a command talks to, and whom it tells what that says.
#[derive(Clone, Debug, Args)]
pub struct At {
    /// Print what the engine answers as it came, a line for each JSON object, and nothing else.
    #[arg(long)]
    pub json: bool,
    /// [`ENGINE_URL`].
    #[arg(long, env = ENGINE_URL.name, default_value = ENGINE_URL.default)]
    #[arg(value_parser = engine_url::engine_url)]
    #[arg(help = ENGINE_URL.doc)]
    pub url: String,
    /// [`ORDER_ENGINE_KEY_FILE`].
    #[arg(long, env = ORDER_ENGINE_KEY_FILE.name, help = ORDER_ENGINE_KEY_FILE.doc)]
    pub key_file: Option<PathBuf>,
}
