//! What an auditor needs: to read the order book against itself, and to mend what can be mended.

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::order::OrderId;

/// Reads the order book against itself.
#[async_trait]
pub trait Auditor: Send + Sync {
    /// Reads at most `limit` orders that were accepted after a position, and those of `watched`.
    ///
    /// Of orders that nobody has touched for a while it MUST mend the outbox: an open one has a row
    /// with its attempt (a row that is made or corrected is due now) unless it waits, a closed one
    /// has none. What
    /// contradicts itself in a closed order MUST be told and left as it is. MUST NOT touch what is
    /// being worked on, and MUST read no more than the limit and the orders that are watched.
    async fn audit(
        &self,
        position: &AuditPosition,
        watched: &[OrderId],
        limit: u32,
    ) -> Result<Audited, StoreError>;

    /// The same of the orders that may wait for a condition, and of no others. Those that wait are
    /// told to be read again by neither.
    async fn audit_conditional(
        &self,
        position: &AuditPosition,
        limit: u32,
    ) -> Result<Audited, StoreError>;
}

/// How far an audit has come: the last order that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditPosition {
    /// When it was accepted.
    pub created_at: Timestamp,
    /// Which it was, of those accepted at that moment.
    pub id: OrderId,
}

/// What an audit found.
#[derive(Clone, Debug, Default)]
pub struct Audited {
    /// The last order that was read; `None` when there was no other.
    pub position: Option<AuditPosition>,
    /// Those that are open, or were until just now: they are to be read again.
    pub again: Vec<OrderId>,
    /// Open orders that had no outbox row, and did not wait.
    pub rows_missing: u64,
    /// Open orders whose outbox row was of another attempt.
    pub rows_of_another_attempt: u64,
    /// Closed orders that had an outbox row.
    pub rows_left_over: u64,
    /// Closed orders that contradict themselves, and how.
    pub contradictions: Vec<(OrderId, &'static str)>,
}
