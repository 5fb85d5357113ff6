//! Variables with a few words to choose from.

use std::str::FromStr;

use super::{NotAllowed, Setting};

/// Who executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Venues {
    /// The venues' own arithmetic on pool snapshots, executed by a simulated chain.
    Simulated,
    /// Solana.
    Solana,
}

impl Setting for Venues {
    const ALLOWED: &'static str = "`simulated` or `solana`";
}

impl FromStr for Venues {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text {
            "simulated" => Ok(Self::Simulated),
            "solana" => Ok(Self::Solana),
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
    }
}

/// Who may use the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Programs on its own machine.
    Loopback,
    /// Who shows a key.
    Keys,
    /// Everybody who reaches it.
    Open,
}

impl Setting for Auth {
    const ALLOWED: &'static str = "`loopback`, `keys` or `open`";
}

impl FromStr for Auth {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text {
            "loopback" => Ok(Self::Loopback),
            "keys" => Ok(Self::Keys),
            "open" => Ok(Self::Open),
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
    }
}

/// How statements are sent to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statements {
    /// Each complete in itself.
    Unnamed,
    /// Prepared once a connection.
    Prepared,
}

impl Setting for Statements {
    const ALLOWED: &'static str = "`unnamed` or `prepared`";
}

impl FromStr for Statements {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text {
            "unnamed" => Ok(Self::Unnamed),
            "prepared" => Ok(Self::Prepared),
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
    }
}

/// The least severe level that is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Defects only.
    Error,
    /// And what went wrong outside.
    Warn,
    /// And each order's life.
    Info,
    /// And each step's circumstances.
    Debug,
    /// And everything that the libraries say.
    Trace,
}

impl Setting for LogLevel {
    const ALLOWED: &'static str = "`error`, `warn`, `info`, `debug` or `trace`";
}

impl FromStr for LogLevel {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text.to_ascii_lowercase().as_str() {
            "error" => Ok(Self::Error),
            "warn" => Ok(Self::Warn),
            "info" => Ok(Self::Info),
            "debug" => Ok(Self::Debug),
            "trace" => Ok(Self::Trace),
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
    }
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For eyes.
    Pretty,
    /// One JSON object a line, for machines.
    Json,
}

impl Setting for LogFormat {
    const ALLOWED: &'static str = "`pretty` or `json`";
}

impl FromStr for LogFormat {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
    }
}
