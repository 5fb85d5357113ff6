//! Who wrote what.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::StoreError;
use crate::account::{AccountId, Actor};

/// A write of a client or an operator, as it is kept. It never has a secret, nor a request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Which entry, of those of a moment.
    pub id: Uuid,
    /// When it was written.
    pub at: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// What was done, for example `order.place`.
    pub action: String,
    /// To which order, key or account, by its id or name.
    pub subject: String,
    /// What came of it, for example `accepted`.
    pub outcome: String,
}

/// Reads what was written. Every write that names an [`Actor`] MUST make its entry in the statement
/// that writes: there is never one without the other.
#[async_trait]
pub trait AuditTrail: Send + Sync {
    /// A page of the account's entries, newest first: at most `limit` that come after the entry of
    /// this moment and id. It MUST NOT show another account's.
    async fn page(
        &self,
        account: &AccountId,
        limit: u16,
        after: Option<(Timestamp, Uuid)>,
    ) -> Result<Vec<AuditEntry>, StoreError>;
}
