//! A PostgreSQL for one test alone.

use super::run::{self, Run};
use crate::{Server, Settings};

/// A throw-away PostgreSQL that a test can stop and start again under the program it tests.
/// Address and password stay the same. Stopped and removed with this value, or with the process.
#[derive(Debug)]
pub struct OwnCluster {
    /// Absent while it is stopped.
    server: Option<Server>,
    /// Absent only while this value is being dropped.
    run: Option<Run>,
    settings: Settings,
    url: String,
}

impl OwnCluster {
    /// Creates and starts it, with the empty database `engine`. Takes about a second.
    ///
    /// # Panics
    /// If PostgreSQL cannot be started, with the reason.
    #[must_use]
    pub fn start() -> Self {
        let run = new_run().unwrap_or_else(|error| panic!("no folder for a cluster: {error}"));
        let settings = Settings::throw_away(&run.folder);
        let server = start(&settings);
        let url = server.url();
        let settings = Settings {
            port: Some(server.port()),
            ..settings
        };
        Self {
            server: Some(server),
            run: Some(run),
            settings,
            url,
        }
    }

    /// Where to connect to its database, while it runs.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it as an administrator would: connections are closed, data is kept. When this
    /// returns, connecting is refused. Does nothing if it is stopped.
    ///
    /// # Panics
    /// If it does not end.
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().unwrap_or_else(|error| panic!("{error}"));
        }
    }

    /// Starts it again at the same address and returns when it accepts connections. Does nothing
    /// if it runs.
    ///
    /// # Panics
    /// If it cannot be started, with the reason.
    pub fn start_again(&mut self) {
        if self.server.is_none() {
            self.server = Some(start(&self.settings));
        }
    }

    /// Stops it and starts it again.
    ///
    /// # Panics
    /// As [`OwnCluster::stop`] and [`OwnCluster::start_again`].
    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        drop(self.server.take());
        if let Some(run) = self.run.take() {
            run.end();
        }
    }
}

fn new_run() -> std::io::Result<Run> {
    let base = run::base()?;
    let _gate = run::gate(&base)?;
    Run::create(&base, None, 0)
}

fn start(settings: &Settings) -> Server {
    Server::start(settings).unwrap_or_else(|error| panic!("no PostgreSQL for this test: {error}"))
}
