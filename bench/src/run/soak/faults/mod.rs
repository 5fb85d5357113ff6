//! What goes wrong. Each fault is over when its function returns; recovery is counted from there.

mod crowd;
mod engine;
mod network;
mod postgres;

use super::testbed::Testbed;
use crate::Outcome;

/// One kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    Stalled,
    Reset,
    Held,
    Refused,
    PostgresRestarted,
    PostgresKilled,
    PostgresPaused,
    Migration,
    Locked,
    PasswordRotated,
    ReadOnly,
    OutboxRowDeleted,
    EngineKilled,
    EngineReplaced,
    SecondEngine,
    SilentConnections,
    UnreadSockets,
}

impl Fault {
    /// Every kind.
    pub(super) const ALL: [Self; 17] = [
        Self::Stalled,
        Self::Reset,
        Self::Held,
        Self::Refused,
        Self::PostgresRestarted,
        Self::PostgresKilled,
        Self::PostgresPaused,
        Self::Migration,
        Self::Locked,
        Self::PasswordRotated,
        Self::ReadOnly,
        Self::OutboxRowDeleted,
        Self::EngineKilled,
        Self::EngineReplaced,
        Self::SecondEngine,
        Self::SilentConnections,
        Self::UnreadSockets,
    ];

    /// A few that are over at once.
    pub(super) const QUICK: [Self; 6] = [
        Self::Stalled,
        Self::PostgresKilled,
        Self::Migration,
        Self::PasswordRotated,
        Self::OutboxRowDeleted,
        Self::EngineKilled,
    ];

    /// What a reader of the report reads.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Stalled => "connections fall silent",
            Self::Reset => "connections reset",
            Self::Held => "all bytes held for 8 s, then delivered",
            Self::Refused => "no database connection for 5 s",
            Self::PostgresRestarted => "PostgreSQL restarted",
            Self::PostgresKilled => "PostgreSQL killed",
            Self::PostgresPaused => "PostgreSQL stands still for 5 s",
            Self::Migration => "migrations under load",
            Self::Locked => "orders locked for 6 s",
            Self::PasswordRotated => "password rotated, sessions ended",
            Self::ReadOnly => "database read-only for 5 s",
            Self::OutboxRowDeleted => "outbox row deleted",
            Self::EngineKilled => "engine killed",
            Self::EngineReplaced => "engine stopped and started",
            Self::SecondEngine => "a second engine for half a minute",
            Self::SilentConnections => "1,500 silent connections for 20 s",
            Self::UnreadSockets => "sockets that never read for 25 s",
        }
    }

    /// Does it, until it is over.
    pub(super) async fn inflict(self, testbed: &mut Testbed) -> Outcome<()> {
        match self {
            Self::Stalled => network::stall(testbed),
            Self::Reset => network::reset(testbed),
            Self::Held => network::hold(testbed).await,
            Self::Refused => network::refuse(testbed).await,
            Self::PostgresRestarted => return testbed.restart_postgres().await,
            Self::PostgresKilled => return postgres::kill(testbed).await,
            Self::PostgresPaused => return postgres::pause(testbed).await,
            Self::Migration => return postgres::migrate(testbed).await,
            Self::Locked => return postgres::lock(testbed).await,
            Self::PasswordRotated => return testbed.rotate_password().await,
            Self::ReadOnly => return postgres::read_only(testbed).await,
            Self::OutboxRowDeleted => return postgres::delete_outbox_row(testbed).await,
            Self::EngineKilled => return engine::kill(testbed),
            Self::EngineReplaced => return engine::replace(testbed).await,
            Self::SecondEngine => return engine::second(testbed).await,
            Self::SilentConnections => crowd::silent(testbed).await,
            Self::UnreadSockets => return crowd::unread(testbed).await,
        }
        Ok(())
    }
}
