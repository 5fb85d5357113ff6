//! What the rules need from outside. Each trait says what an implementation MUST do; the same contract tests run against
//! every implementation, fake or real.

mod backlog;
mod chain;
mod clock;
mod orders;
mod queue;
mod venue;
mod watchers;

pub use self::{
    backlog::{Backlog, Vitals},
    chain::{Chain, ChainStatus, Prepare},
    clock::Clock,
    orders::{Claim, Held, Hold, Inserted, Orders, PageQuery, Recorded, Transition},
    queue::{ExecuteOrder, Queue, ReplayQueue, ReplayRequest},
    venue::{Reference, Venue},
    watchers::{ConnectionId, Push, PushError, Subscriptions},
};
pub use crate::transaction::{SignedTransaction, TransactionEnd};

/// Something outside does not answer now; the same call may succeed later. The text is for the log, never for a client.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// Why a fenced write did not happen.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// The order is no longer ours: another worker holds it, or it moved. Stop, without side effects.
    #[error("another worker holds the order")]
    Fenced,
    /// The store does not answer. The write may or may not have happened.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
