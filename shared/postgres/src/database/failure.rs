//! A statement that failed: what it says about the statement, and about its connection.

use tokio_postgres::{Error, error::SqlState};

use crate::error::StatementError;

/// One try of a statement that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: StatementError,
    pub(super) connection: Connection,
}

/// What a failure says about the connection that it came over, and about its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// It serves.
    Sound,
    /// What it has prepared is out of date or is not there; the server is going away, is another
    /// one than before, or cannot be heard. It goes, and all that were made before with it.
    Useless,
}

impl Failure {
    /// The server refused a statement, or the connection broke while it was on its way.
    pub(super) fn sent(error: Error) -> Self {
        Self {
            connection: Connection::after(&error),
            error: StatementError::of_sent(&error),
        }
    }

    /// The same, of something that has no effect.
    pub(super) fn before_it_was_sent(self) -> Self {
        let error = match self.error {
            StatementError::Unknown(cause) => StatementError::Unavailable(cause),
            known => known,
        };
        Self { error, ..self }
    }

    /// No answer came in time.
    pub(super) fn silence() -> Self {
        let cause = format!("no answer within {:?}", super::ANSWER);
        Self {
            error: StatementError::Unknown(cause),
            connection: Connection::Useless,
        }
    }

    /// No connection could be had.
    pub(super) const fn no_connection(error: StatementError) -> Self {
        Self {
            error,
            connection: Connection::Sound,
        }
    }

    /// Whether another try is worth it: the failure lies in the connection and not in the
    /// statement, or the statement lost against another one. What may have been executed is
    /// repeated only where that changes nothing.
    pub(super) fn is_repeatable(&self, repeating: Repeating) -> bool {
        match (&self.error, self.connection) {
            (StatementError::Unknown(_), _) => repeating == Repeating::Safe,
            (_, Connection::Useless) => true,
            (StatementError::Lost(_), Connection::Sound) => true,
            (
                StatementError::Unavailable(_)
                | StatementError::Unique
                | StatementError::Rejected(_)
                | StatementError::Unreadable(_),
                Connection::Sound,
            ) => false,
        }
    }
}

/// Whether a statement that may have been executed can be executed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeating {
    /// It reads, or its rows have ids of their own: the second time changes nothing.
    Safe,
    /// Only when it is known that nothing was executed.
    Unsafe,
}

impl Connection {
    fn after(error: &Error) -> Self {
        let Some(state) = error.code() else {
            return Self::Useless; // it is closed, or what came over it made no sense
        };
        let is_stale = [
            SqlState::FEATURE_NOT_SUPPORTED, // "cached plan must not change result type"
            SqlState::INVALID_SQL_STATEMENT_NAME,
            SqlState::DUPLICATE_PSTATEMENT,
        ]
        .contains(state);
        if is_stale {
            return Self::Useless;
        }
        match state.code().get(..2) {
            Some("57") if *state == SqlState::QUERY_CANCELED => Self::Sound,
            // 25: read-only, as a server is that was just demoted. 28: the login is no longer good.
            Some("08" | "25" | "28" | "57") => Self::Useless,
            Some(_) | None => Self::Sound,
        }
    }
}
