//! What can go wrong outside, told apart by what to do about it.

use jiff::Timestamp;

use crate::order::OrderId;

/// Something outside does not answer now: nothing happened, and the same call may succeed later.
/// The text is for the log, never for a client.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// Why the store did not do what it was asked for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// It does not answer now and nothing was written: later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Its answer did not come: the write may have happened. Whoever needs to know reads.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// The order is no longer the caller's: another worker holds it, or it moved. Nothing was
    /// written; stop, without side effects.
    #[error("another worker holds the order")]
    Conflict,
    /// It refused the write for what the write says. Nothing was written, and the same write never
    /// will be: a defect of this program.
    #[error("refused: {0}")]
    Rejected(String),
    /// A stored row cannot be read: a defect, for a person to look at.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
}

/// A stored order that this build cannot read: damaged, or written by a newer one. It is shown as
/// what it is, counted and alarmed; never taken for zero, for absent or for an outage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("order {id}: {what} cannot be read")]
pub struct Corrupt {
    /// The order.
    pub id: OrderId,
    /// When it was accepted, so that it keeps its place in the history.
    pub created_at: Timestamp,
    /// What cannot be read.
    pub what: String,
}
