//! Logs: to the standard error stream, for eyes or for machines.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use config::{LogFormat, LogLevel, Logging};

/// The process logs already.
#[derive(Debug, thiserror::Error)]
#[error("logs cannot be set up: {0}")]
pub struct LogsError(Box<dyn std::error::Error + Send + Sync>);

/// Begins to log to the standard error stream.
///
/// # Errors
/// [`LogsError`] when the process logs already.
pub fn start(logging: Logging) -> Result<(), LogsError> {
    let terminal = io::stderr().is_terminal();
    let format = logging.format.unwrap_or(if terminal {
        LogFormat::Pretty
    } else {
        LogFormat::Json
    });
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter(logging.level))
        .with_writer(io::stderr);
    match format {
        LogFormat::Pretty => log.with_ansi(terminal).try_init(),
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .try_init(),
    }
    .map_err(LogsError)
}

/// A database of version 0.1 names a migration that the engine no longer has; the migrations'
/// library calls that an error, once, and V3 forgets it.
const EXPECTED: &str = "refinery_core::traits::missing=off";

/// Up to `info` the libraries that chatter at that level are kept to their warnings; whoever asks
/// for more gets it all.
fn filter(level: LogLevel) -> EnvFilter {
    let levels = match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info,refinery_core=warn,tokio_postgres=warn",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    EnvFilter::new(format!("{levels},{EXPECTED}"))
}
