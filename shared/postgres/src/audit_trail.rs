//! Who wrote what, for reading. The entries are made by the statements that write.

use async_trait::async_trait;
use engine::{
    account::{AccountId, Actor},
    ports::{AuditEntry, AuditTrail, StoreError},
};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Database,
    error::StatementError,
    rows::{self, get, parsed},
};

/// The audit trail in the database.
#[derive(Clone)]
pub struct PostgresAuditTrail {
    database: Database,
}

impl PostgresAuditTrail {
    /// In this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl AuditTrail for PostgresAuditTrail {
    async fn page(
        &self,
        account: &AccountId,
        limit: u16,
        after: Option<(Timestamp, Uuid)>,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        const PAGE: &str = "SELECT account_id, at, id, key_id, source, action, subject, outcome \
            FROM audit_trail \
            WHERE account_id = $1 AND ($3::timestamptz IS NULL OR (at, id) < ($3, $4)) \
            ORDER BY at DESC, id DESC LIMIT $2";
        let (at, id) = after.unzip();
        let page = self
            .database
            .run_repeatable(PAGE, &[&account.as_str(), &i64::from(limit), &at, &id])
            .await?;
        Ok(page.iter().map(entry).collect::<Result<_, _>>()?)
    }
}

fn entry(row: &Row) -> Result<AuditEntry, StatementError> {
    Ok(AuditEntry {
        id: get(row, "id")?,
        at: get(row, "at")?,
        by: Actor {
            account: rows::account(row)?,
            key: parsed(row, "key_id")?,
            source: parsed(row, "source")?,
        },
        action: get(row, "action")?,
        subject: get(row, "subject")?,
        outcome: get(row, "outcome")?,
    })
}
