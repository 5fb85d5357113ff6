//! Keys, and the secret that tickets are signed with.

use async_trait::async_trait;
use engine::{
    account::{AccountId, KeyId, Scope, Scopes},
    ports::{KeyRecord, KeyStore, NewKey, StoreError, ValidKey},
};
use tokio_postgres::Row;

use super::{Database, error::StatementError, rows::get};

const COLUMNS: &str =
    "id, account_id, scopes, label, created_at, expires_at, revoked_at, last_used_at";

/// Keys that are listed at once.
const MOST: i64 = 1_000;

/// Keeps keys in the database.
#[derive(Clone)]
pub struct PostgresKeys {
    database: Database,
}

impl PostgresKeys {
    /// In this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl KeyStore for PostgresKeys {
    async fn create(&self, key: &NewKey) -> Result<KeyRecord, StoreError> {
        let sql = format!(
            "INSERT INTO api_keys (id, account_id, secret_hash, scopes, label, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING {COLUMNS}"
        );
        let scopes: Vec<&str> = key.scopes.iter().map(Scope::name).collect();
        let rows = self
            .database
            .run(
                &sql,
                &[
                    &key.id.as_str(),
                    &key.account.as_str(),
                    &key.secret_hash.to_vec(),
                    &scopes,
                    &key.label,
                    &key.expires_at,
                ],
            )
            .await?;
        Ok(record(first(&rows)?)?)
    }

    async fn list(&self, account: &AccountId) -> Result<Vec<KeyRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM api_keys WHERE account_id = $1 \
             ORDER BY created_at DESC, id LIMIT $2"
        );
        let rows = self
            .database
            .run_repeatable(&sql, &[&account.as_str(), &MOST])
            .await?;
        Ok(rows.iter().map(record).collect::<Result<_, _>>()?)
    }

    async fn revoke(
        &self,
        account: &AccountId,
        key: &KeyId,
    ) -> Result<Option<KeyRecord>, StoreError> {
        let sql = format!(
            "UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) \
             WHERE id = $1 AND account_id = $2 RETURNING {COLUMNS}"
        );
        let rows = self
            .database
            .run_repeatable(&sql, &[&key.as_str(), &account.as_str()])
            .await?;
        Ok(rows.first().map(record).transpose()?)
    }

    async fn find(
        &self,
        key: &KeyId,
        secret_hash: &[u8; 32],
    ) -> Result<Option<ValidKey>, StoreError> {
        let rows = self
            .database
            .run_repeatable(
                include_str!("sql/find_key.sql"),
                &[&key.as_str(), &secret_hash.to_vec()],
            )
            .await?;
        Ok(rows.first().map(valid).transpose()?)
    }

    async fn ticket_secret(&self) -> Result<[u8; 32], StoreError> {
        const KEPT: &str = "SELECT secret FROM ticket_secret WHERE id = 1";
        let mut rows = self.database.run_repeatable(KEPT, &[]).await?;
        if rows.is_empty() {
            let draw = include_str!("sql/draw_ticket_secret.sql");
            rows = self.database.run_repeatable(draw, &[]).await?;
        }
        let secret: &[u8] = get(first(&rows)?, "secret")?;
        let secret = secret.try_into();
        Ok(secret.map_err(|_| StatementError::Unreadable("column secret".into()))?)
    }
}

fn first(rows: &[Row]) -> Result<&Row, StatementError> {
    rows.first()
        .ok_or_else(|| StatementError::Unreadable("no row came back".into()))
}

fn record(row: &Row) -> Result<KeyRecord, StatementError> {
    Ok(KeyRecord {
        id: named(row, "id")?,
        account: named(row, "account_id")?,
        scopes: scopes(row)?,
        label: get(row, "label")?,
        created_at: get(row, "created_at")?,
        expires_at: get(row, "expires_at")?,
        revoked_at: get(row, "revoked_at")?,
        last_used_at: get(row, "last_used_at")?,
    })
}

fn valid(row: &Row) -> Result<ValidKey, StatementError> {
    Ok(ValidKey {
        account: named(row, "account_id")?,
        scopes: scopes(row)?,
        expires_at: get(row, "expires_at")?,
    })
}

fn named<T: std::str::FromStr>(row: &Row, column: &str) -> Result<T, StatementError> {
    let name: &str = get(row, column)?;
    let read = name.parse();
    read.map_err(|_| StatementError::Unreadable(format!("column {column}")))
}

/// What a newer program has allowed besides is nothing that this one could do.
fn scopes(row: &Row) -> Result<Scopes, StatementError> {
    let names: Vec<&str> = get(row, "scopes")?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}
