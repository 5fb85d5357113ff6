//! Entries of the audit trail.

use engine::ports::AuditEntry;
use serde::Serialize;
use utoipa::ToSchema;

use super::time_text;

/// A write, and who did it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEntry)]
pub(crate) struct AuditEntryDto {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: String,
    /// For which account.
    #[schema(example = "desk")]
    account: String,
    /// With which key, by its id; null where none is asked for, and for the operator.
    #[schema(example = "5f0c8a1d2e3b4c6f")]
    key_id: Option<String>,
    /// From which address; null where that is not known.
    #[schema(example = "192.0.2.7")]
    source: Option<String>,
    /// What was done: `order.place`, `order.cancel`, `key.create`, `key.revoke` or `limits.set`.
    #[schema(example = "order.place")]
    action: String,
    /// To which order, key or account.
    subject: String,
    /// What came of it: `accepted`, `cancelled`, `requested`, `created`, `revoked` or `set`.
    #[schema(example = "accepted")]
    outcome: String,
}

impl From<AuditEntry> for AuditEntryDto {
    fn from(entry: AuditEntry) -> Self {
        Self {
            at: time_text(entry.at),
            account: entry.by.account.to_string(),
            key_id: entry.by.key.map(|key| key.to_string()),
            source: entry.by.source.map(|source| source.to_string()),
            action: entry.action,
            subject: entry.subject,
            outcome: entry.outcome,
        }
    }
}
