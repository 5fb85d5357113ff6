//! What the commands have in common that work on the engine's database.

use std::{fmt::Display, process::ExitCode};

use engine::ports::StoreError;
use postgres::Database;
use tokio::task::spawn_blocking;

use super::output;
use crate::{
    database::{self, Ready},
    options::Storage,
};

/// The database does not do it, or does not say.
const UNKNOWN: u8 = 2;

/// Why it was not done, in words.
pub(super) enum Undone {
    /// It cannot be done, whenever it is tried.
    Refused(String),
    /// Nobody can tell whether it was.
    Unknown(String),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Unknown(error.to_string())
    }
}

/// Does it, on the database that the options name, whether an engine runs on it or not.
pub(super) async fn on_database(
    storage: &Storage,
    what: impl AsyncFnOnce(Database) -> Result<(), Undone>,
) -> ExitCode {
    match visit(storage, what).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Undone::Refused(why)) => {
            complain(why);
            ExitCode::FAILURE
        }
        Err(Undone::Unknown(why)) => {
            complain(why);
            ExitCode::from(UNKNOWN)
        }
    }
}

async fn visit(
    storage: &Storage,
    what: impl AsyncFnOnce(Database) -> Result<(), Undone>,
) -> Result<(), Undone> {
    let visited = database::visit(storage).await;
    let Ready { database, server } = visited.map_err(|error| Undone::Unknown(error.to_string()))?;
    let done = what(database).await;
    if let Some(server) = server
        && let Ok(Err(error)) = spawn_blocking(|| server.stop()).await
    {
        complain(error);
    }
    done
}

fn complain(why: impl Display) {
    output::complain(format_args!("order-engine: {why}"));
}
