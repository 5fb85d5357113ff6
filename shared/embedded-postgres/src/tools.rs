//! PostgreSQL's own programs for whoever takes data out of a database, or puts it back.

use std::process::Command;

use crate::StartError;
use crate::programs::Programs;

/// The programs of one installation that understand a server.
#[derive(Debug, Clone)]
pub struct Tools(Programs);

impl Tools {
    /// Those of the server's own major version (18, for instance), else of the next newer one that
    /// this machine has; fetched if there is none. An older one refuses the server.
    ///
    /// # Errors
    /// [`StartError::NoTools`] with the versions that there are.
    pub fn for_server(major: u32) -> Result<Self, StartError> {
        Programs::for_server(major).map(Self)
    }

    /// A command that takes a database out: `pg_dump`.
    pub fn pg_dump(&self) -> Command {
        self.0.command("pg_dump")
    }

    /// A command that reads what `pg_dump` wrote.
    pub fn pg_restore(&self) -> Command {
        self.0.command("pg_restore")
    }

    /// A command that runs statements.
    pub fn psql(&self) -> Command {
        self.0.command("psql")
    }
}
