//! Logs: to the standard error stream, for eyes or for machines.

use std::io::{self, IsTerminal};

use tracing::Metadata;
use tracing_subscriber::{
    filter::{FilterFn, LevelFilter, filter_fn},
    layer::{Layer, SubscriberExt},
    util::{SubscriberInitExt, TryInitError},
};

use config::{LogFormat, LogLevel, Logging};
use engine::trace::TARGET;

use crate::Traces;

/// The process logs already.
#[derive(Debug, thiserror::Error)]
#[error("logs cannot be set up: {0}")]
pub struct LogsError(#[from] TryInitError);

/// The crates of this workspace that run in a program.
const OURS: [&str; 21] = [
    "api",
    "auth",
    "aws",
    "config",
    "embedded_postgres",
    "engine",
    "keys",
    "local",
    "migrate",
    "order_engine",
    "postgres",
    "relay",
    "monitor",
    "runtime",
    "simulation",
    "solana",
    "submit",
    "venues",
    "websocket",
    "worker",
    "testkit",
];

/// Begins to log to the standard error stream, and to trace where traces are collected.
///
/// # Errors
/// [`LogsError`] when the process logs already.
pub fn start(logging: Logging, traces: Option<&Traces>) -> Result<(), LogsError> {
    let terminal = io::stderr().is_terminal();
    let format = logging.format.unwrap_or(if terminal {
        LogFormat::Pretty
    } else {
        LogFormat::Json
    });
    let log = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        // It would complain of a stream that is closed to that same stream, and panic over it.
        .log_internal_errors(false);
    let layer = match format {
        LogFormat::Pretty => log.with_ansi(terminal).boxed(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let filter = filter(logging.level);
    tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .with(traces.map(Traces::layer))
        .try_init()?;
    Ok(())
}

/// A database of version 0.1 names a migration that the engine no longer has; the migrations'
/// library calls that an error, once, and V3 forgets it.
const EXPECTED: &str = "refinery_core::traits::missing";

/// The level is of our own crates. Others are kept to their warnings, whatever is asked for: below,
/// they write what clients sent, with keys, and the parameters of statements.
fn filter(level: LogLevel) -> FilterFn<impl Fn(&Metadata<'_>) -> bool> {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let others = ours.min(LevelFilter::WARN);
    filter_fn(move |metadata| {
        let target = metadata.target();
        let name = target.split("::").next().unwrap_or_default();
        let most = if OURS.contains(&name) { ours } else { others };
        // A trace's spans are not the log's: its lines say which order they are about.
        *metadata.level() <= most && target != EXPECTED && target != TARGET
    })
    .with_max_level_hint(ours.max(others))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate that is not in the list would be silent at `info`.
    #[test]
    fn every_crate_that_runs_in_a_program_is_ours() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folders = |above: &str| {
            let entries = std::fs::read_dir(root.join(above)).expect("the workspace's folders");
            entries.map(|entry| entry.expect("a folder").file_name())
        };
        for name in folders("shared").chain(folders("functions")) {
            let name = name.to_str().expect("a name").replace('-', "_");
            assert!(OURS.contains(&name.as_str()), "{name}");
        }
    }
}
