//! What the commands have in common that work on the engine's database.

use std::{fmt::Display, process::ExitCode};

use embedded_postgres::Server;
use engine::ports::StoreError;
use postgres::Database;
use tokio::task::spawn_blocking;

use super::{end::End, output};
use crate::{
    database::{self, NoDatabase, Ready},
    options::Storage,
};

/// Why it was not done, in words.
pub(super) enum Undone {
    /// It certainly was not.
    NotDone(String),
    /// Nobody can tell whether it was.
    Unknown(String),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unknown(_) => Self::Unknown(error.to_string()),
            StoreError::Unavailable(_)
            | StoreError::Conflict
            | StoreError::Rejected(_)
            | StoreError::Corrupt(_) => Self::NotDone(error.to_string()),
        }
    }
}

impl From<NoDatabase> for Undone {
    fn from(error: NoDatabase) -> Self {
        Self::NotDone(error.to_string())
    }
}

/// Does it, on the database that the options name, whether an engine runs on it or not.
pub(super) async fn on_database(
    storage: &Storage,
    what: impl AsyncFnOnce(Database) -> Result<(), Undone>,
) -> ExitCode {
    end(visit(storage, what).await)
}

/// Says what is in the way, if something is.
pub(super) fn end(done: Result<(), Undone>) -> ExitCode {
    let (why, end) = match done {
        Ok(()) => return End::Done.into(),
        Err(Undone::NotDone(why)) => (why, End::NotDone),
        Err(Undone::Unknown(why)) => (why, End::Unknown),
    };
    complain(why);
    end.into()
}

async fn visit(
    storage: &Storage,
    what: impl AsyncFnOnce(Database) -> Result<(), Undone>,
) -> Result<(), Undone> {
    let Ready {
        database, server, ..
    } = database::visit(storage).await?;
    let done = what(database).await;
    stop(server).await;
    done
}

/// Stops what was started for a moment.
pub(super) async fn stop(server: Option<Server>) {
    if let Some(server) = server
        && let Ok(Err(error)) = spawn_blocking(|| server.stop()).await
    {
        complain(error);
    }
}

fn complain(why: impl Display) {
    output::complain(format_args!("order-engine: {why}"));
}
