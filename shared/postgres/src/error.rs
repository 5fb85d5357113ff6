//! What PostgreSQL, or the way to it, says when something is wrong.

use engine::ports::{StoreError, Unavailable};
use tokio_postgres::error::{DbError, SqlState};

/// Why the database cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL cannot be had.
    #[error("the database's address cannot be read: {0}")]
    Source(String),
    /// The URL cannot be understood.
    #[error("the database URL is not valid: {0}")]
    Url(String),
    /// TLS was asked for and cannot be set up.
    #[error("TLS for the database cannot be set up: {0}")]
    Tls(String),
    /// Nothing answers there.
    #[error("the database at {target} cannot be reached: {cause}")]
    Unreachable {
        /// Host, port and database name, without the password.
        target: String,
        /// What the driver said.
        cause: String,
    },
    /// The schema is of another version than this program.
    #[error("{0}")]
    Version(String),
    /// Its orders are executed on another chain than this program's.
    #[error(
        "this database belongs to {found}, and this program trades on {expected}: name another \
         database (DATABASE_URL, or DATA_DIR), or start where its orders are executed"
    )]
    OtherChain {
        /// The database's, in words.
        found: String,
        /// The program's, in words.
        expected: String,
    },
    /// A migration failed; it was rolled back.
    #[error("the database could not be migrated: {0}")]
    Migration(String),
    /// The schema is not this program's, and its login may not change or read it.
    #[error(
        "the database could not be migrated: {0}. Let this login make tables (`GRANT CREATE ON \
         SCHEMA public`), or, where it only serves, migrate as the schema's owner first \
         (`order-engine migrate`, or the function `migrate`), with DATABASE_SERVING_ROLE naming \
         its role"
    )]
    NotTheOwner(String),
    /// The role that serves cannot be given its rights.
    #[error(
        "the role \"{role}\", which DATABASE_SERVING_ROLE names, cannot be given its rights: {cause}"
    )]
    Grant {
        /// The role.
        role: String,
        /// What the server, or the way to it, said.
        cause: String,
    },
    /// The program's own login has not the rights that it needs.
    #[error(
        "this login to the database lacks {0}: migrate as the schema's owner (`order-engine \
         migrate`, or the function `migrate`), with DATABASE_SERVING_ROLE naming this login's role"
    )]
    Rights(String),
}

/// Why a statement has no result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StatementError {
    /// It did not reach the server, or the server had to break it off: nothing was written.
    #[error("{0}")]
    Unavailable(String),
    /// It lost against another transaction, and was rolled back; it may win the next time.
    #[error("{0}")]
    Lost(String),
    /// It was sent and no answer came: it may have been executed.
    #[error("{0}")]
    Unknown(String),
    /// A unique index refused a row; nothing was written.
    #[error("a unique index refused the row")]
    Unique,
    /// The server refused it for another reason that lies in its rows; nothing was written.
    #[error("{0}")]
    Rejected(String),
    /// It answered what this build cannot read.
    #[error("{0}")]
    Unreadable(String),
}

impl StatementError {
    /// Whether nothing was written, and other rows might have been.
    pub(super) const fn is_refusal(&self) -> bool {
        match self {
            Self::Unique | Self::Rejected(_) => true,
            Self::Unavailable(_) | Self::Lost(_) | Self::Unknown(_) | Self::Unreadable(_) => false,
        }
    }

    /// What an error of a statement that was sent means. An answer with an error means that its
    /// transaction was rolled back; without one nobody knows.
    pub(super) fn of_sent(error: &tokio_postgres::Error) -> Self {
        let cause = explain(error);
        match error.code() {
            None => Self::Unknown(cause),
            Some(&SqlState::UNIQUE_VIOLATION) => Self::Unique,
            Some(&SqlState::INVALID_SQL_STATEMENT_NAME | &SqlState::DUPLICATE_PSTATEMENT) => {
                Self::Unavailable(cause)
            }
            // What a row refers to went while the statement ran, or what refers to one came.
            Some(&SqlState::FOREIGN_KEY_VIOLATION) => Self::Lost(cause),
            // Class 40: it lost against another transaction. 08, 25 and 28 are about the
            // connection, and so is 0A, of a plan that was made for a table that has changed; 53
            // and 58 are the machine's doing, 55 and 57 the operator's. All else lies in the
            // statement.
            Some(code) => match code.code().get(..2) {
                Some("40") => Self::Lost(cause),
                Some("08" | "0A" | "25" | "28" | "53" | "55" | "57" | "58") => {
                    Self::Unavailable(cause)
                }
                _ => Self::Rejected(cause),
            },
        }
    }
}

impl From<StatementError> for StoreError {
    fn from(error: StatementError) -> Self {
        match error {
            StatementError::Unavailable(cause) | StatementError::Lost(cause) => {
                Unavailable(cause).into()
            }
            StatementError::Unknown(cause) => Self::Unknown(cause),
            StatementError::Unique => Self::Conflict,
            StatementError::Rejected(cause) | StatementError::Unreadable(cause) => {
                Self::Rejected(cause)
            }
        }
    }
}

/// For those to whom every failure is an outage: what they ask has no effect that could be unknown.
impl From<StatementError> for Unavailable {
    fn from(error: StatementError) -> Self {
        Self(error.to_string())
    }
}

/// An error with all its causes, the server's own words last: "db error" alone helps nobody.
pub fn explain(error: &(dyn std::error::Error + 'static)) -> String {
    if let Some(db) = error.downcast_ref::<DbError>() {
        return format!("{} ({})", db.message(), db.code().code());
    }
    let Some(cause) = error.source() else {
        return error.to_string();
    };
    let (said, cause) = (error.to_string(), explain(cause));
    // A wrapper often repeats its cause, and the driver says nothing but "db error".
    if said == "db error" || cause.contains(&said) {
        cause
    } else if said.contains(&cause) {
        said
    } else {
        format!("{said}: {cause}")
    }
}
