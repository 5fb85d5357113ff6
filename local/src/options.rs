//! What can be chosen, by option or by environment variable.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use config::{DelayRange, LogFormat, LogLevel, Origins, Share, Trading, Venues};

/// Takes market orders, routes them to the better of Raydium and Meteora, executes each exactly once, and streams every step.
///
/// Without a command it serves on 127.0.0.1:3000, with a PostgreSQL of its own unless DATABASE_URL names one.
#[derive(Debug, Parser)]
#[command(name = "order-engine", version, args_conflicts_with_subcommands = true)]
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
    Order(Place),
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Port to listen on; 0 picks a free one.
    #[arg(long, env = "PORT", value_name = "PORT", default_value_t = 3000)]
    pub port: u16,
    /// Address to listen on. Anything but a loopback address lets other machines in.
    #[arg(long, env = "HOST", value_name = "HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// PostgreSQL to use, `postgres://user:password@host:port/name?sslmode=…`. Without it the engine brings its own.
    #[arg(
        long,
        env = "DATABASE_URL",
        value_name = "DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// Folder of the engine's own PostgreSQL. Default: a folder under the user's data directory.
    #[arg(long, env = "DATA_DIR", value_name = "DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Who executes: `simulated`.
    #[arg(
        long,
        env = "VENUES",
        value_name = "VENUES",
        default_value = "simulated"
    )]
    pub venues: Venues,
    /// Milliseconds that a simulated quote takes, a number or a range.
    #[arg(
        long,
        env = "SIM_QUOTE_DELAY_MS",
        value_name = "SIM_QUOTE_DELAY_MS",
        default_value = "200-350"
    )]
    pub sim_quote_delay_ms: DelayRange,
    /// Milliseconds from a simulated submission to its landing, a number or a range.
    #[arg(
        long,
        env = "SIM_EXECUTION_DELAY_MS",
        value_name = "SIM_EXECUTION_DELAY_MS",
        default_value = "2300-3500"
    )]
    pub sim_execution_delay_ms: DelayRange,
    /// Share of simulated submissions that is refused with a retryable error, 0 to 1.
    #[arg(
        long,
        env = "SIM_FAILURE_RATE",
        value_name = "SIM_FAILURE_RATE",
        default_value = "0"
    )]
    pub sim_failure_rate: Share,
    /// Seed of the simulated price path: same seed, same path.
    #[arg(long, env = "SIM_SEED", value_name = "SIM_SEED", default_value_t = 1)]
    pub sim_seed: u64,
    /// Worker invocations that may run at once.
    #[arg(long, env = "WORKER_CONCURRENCY", value_name = "WORKER_CONCURRENCY", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub worker_concurrency: u16,
    /// Messages that one worker invocation takes at once.
    #[arg(long, env = "WORKER_BATCH_SIZE", value_name = "WORKER_BATCH_SIZE", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub worker_batch_size: u16,
    /// Origins of pages on other hosts that may call the API and open sockets, separated by commas.
    #[arg(
        long,
        env = "ALLOWED_ORIGINS",
        value_name = "ALLOWED_ORIGINS",
        default_value = ""
    )]
    pub allowed_origins: Origins,
    /// The least severe level that is logged: error, warn, info, debug, trace.
    #[arg(
        long,
        env = "LOG_LEVEL",
        value_name = "LOG_LEVEL",
        default_value = "info"
    )]
    pub log_level: LogLevel,
    /// How logs are written: pretty or json. Default: pretty on a terminal, else json.
    #[arg(long, env = "LOG_FORMAT", value_name = "LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
}

impl Serve {
    /// Where orders are executed.
    pub fn trading(&self) -> Trading {
        Trading {
            venues: self.venues,
            quote_delay: self.sim_quote_delay_ms,
            execution_delay: self.sim_execution_delay_ms,
            failure_rate: self.sim_failure_rate,
            seed: self.sim_seed,
        }
    }
}

/// An order to place.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 confirmed, 1 failed, 2 could not be placed.\n\nExample: order-engine order SOL USDC 10"
)]
pub struct Place {
    /// Token to sell, for example SOL.
    pub token_in: String,
    /// Token to buy, for example USDC.
    pub token_out: String,
    /// How much to sell, in whole tokens: 10, 0.25.
    pub amount: String,
    /// How much worse than quoted the execution may be, in hundredths of a percent.
    #[arg(long, value_name = "BPS")]
    pub slippage_bps: Option<u16>,
    /// Names the intent: placing with the same key again never makes a second order.
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
    /// The engine.
    #[arg(
        long,
        env = "ENGINE_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:3000"
    )]
    pub url: String,
}
