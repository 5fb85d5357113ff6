//! PostgreSQL on one machine, without Docker and without an installation step.
//!
//! [`Server::start`] finds PostgreSQL (or fetches it), creates a cluster in a folder on its first
//! start, starts it on 127.0.0.1 and answers a URL to connect to. The data is kept between runs.
//!
//! What holds, whatever is killed and whenever:
//! - at most one [`Server`] per folder: the second gets [`StartError::InUse`];
//! - a PostgreSQL that outlived its engine (`kill -9`) is taken over by the next start;
//! - a cluster exists completely or not at all: it is created beside its place and moved there;
//! - "is a PostgreSQL alive on this folder?" is answered by a lock that the PostgreSQL processes
//!   themselves hold, so a pid file left by a machine crash cannot mislead.
//!
//! Read in this order: `server` (the life), `arrival` (how it comes to run), `folder` (the files),
//! `programs` and `fetch` (where PostgreSQL comes from), `cluster` (initdb), `postmaster` (the
//! process). `tools` is for backups.
//! Unix only: Linux and macOS.

mod account;
mod arrival;
mod cluster;
mod data_folder;
mod error;
mod fetch;
mod folder;
mod log;
mod options;
mod password;
mod pid_file;
mod port;
mod postmaster;
mod programs;
mod psql;
mod random;
mod server;
#[cfg(feature = "testing")]
pub mod testing;
mod tools;

use std::path::PathBuf;

pub use arrival::Arrival;
pub use data_folder::default_data_dir;
pub use error::{SqlError, StartError, StopError};
pub use postmaster::Haste;
pub use server::Server;
pub use tools::Tools;

/// How a PostgreSQL server is to run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder that holds everything: the cluster, its password, its log. Created if absent.
    pub data_dir: PathBuf,
    /// `true`: a committed transaction survives a power cut. `false`: it survives only the end
    /// of the process, for databases that are thrown away; several times faster.
    pub durable: bool,
    /// The TCP port on 127.0.0.1. `None`: the port of the last run if it is still free,
    /// otherwise any free one.
    pub port: Option<u16>,
}

impl Settings {
    /// A durable server in `data_dir`, on a port of its own choice.
    #[must_use]
    pub fn durable(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            durable: true,
            port: None,
        }
    }

    /// A throw-away server in `data_dir`, on a port of its own choice.
    #[must_use]
    pub fn throw_away(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            durable: false,
            ..Self::durable(data_dir)
        }
    }
}
