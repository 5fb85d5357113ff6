//! Logs, and metrics on Lambda.

use std::io::{self, IsTerminal};

use metrics_cloudwatch_embedded::{Builder, Collector};
use tracing_subscriber::EnvFilter;

use crate::env::{LogFormat, LogLevel, Logging};

/// The CloudWatch namespace of all metrics.
pub const NAMESPACE: &str = "OrderEngine";

/// Telemetry could not be set up: the process has a subscriber or a recorder already.
#[derive(Debug, thiserror::Error)]
#[error("telemetry cannot be set up: {0}")]
pub struct TelemetryError(Box<dyn std::error::Error + Send + Sync>);

/// Begins to log to the standard error stream.
///
/// # Errors
/// [`TelemetryError`] when the process logs already.
pub fn start_logs(logging: Logging) -> Result<(), TelemetryError> {
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
    .map_err(TelemetryError)
}

/// Up to `info` the libraries that chatter at that level are kept to their warnings; whoever asks for more gets it all.
fn filter(level: LogLevel) -> EnvFilter {
    EnvFilter::new(match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info,refinery_core=warn,tokio_postgres=warn",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    })
}

/// Metrics in CloudWatch's embedded metric format: lines of the log that CloudWatch turns into metrics, so that no call is
/// made and nothing is lost when the environment is frozen.
#[derive(Clone, Copy)]
pub struct EmbeddedMetrics(&'static Collector);

impl EmbeddedMetrics {
    /// Begins to collect the process's metrics.
    ///
    /// # Errors
    /// [`TelemetryError`] when the process has a recorder already.
    pub fn start() -> Result<Self, TelemetryError> {
        Builder::new()
            .cloudwatch_namespace(NAMESPACE)
            .init()
            .map(Self)
            .map_err(TelemetryError)
    }

    /// Writes what was collected since the last time. To be called at the end of each invocation.
    pub fn flush(self) {
        if let Err(problem) = self.0.flush(io::stdout().lock()) {
            tracing::warn!(%problem, "metrics could not be written");
        }
    }
}
