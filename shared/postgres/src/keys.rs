//! Keys, and the secret that tickets are signed with.

use async_trait::async_trait;
use engine::{
    account::{AccountId, Actor, KeyId, Scope, Scopes},
    ports::{KeyRecord, KeyStore, NewKey, StoreError, ValidKey},
};
use tokio_postgres::{Row, types::Json};

use super::{
    Database,
    error::StatementError,
    limits::{LimitsRow, limits},
    rows::get,
};

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
    async fn create(&self, key: &NewKey, by: &Actor) -> Result<Option<KeyRecord>, StoreError> {
        let scopes: Vec<&str> = key.scopes.iter().map(Scope::name).collect();
        let limits = Json((!key.limits.is_none()).then(|| LimitsRow::from(&key.limits)));
        let (with, source) = shown_for_the_record(by);
        let rows = self
            .database
            .run(
                include_str!("sql/create_key.sql"),
                &[
                    &key.id.as_str(),
                    &key.account.as_str(),
                    &key.secret_hash.to_vec(),
                    &scopes,
                    &key.label,
                    &key.expires_at,
                    &limits,
                    &with,
                    &source,
                    &i64::from(NewKey::MOST),
                ],
            )
            .await?;
        Ok(rows.first().map(record).transpose()?)
    }

    async fn list(&self, account: &AccountId) -> Result<Vec<KeyRecord>, StoreError> {
        let rows = self
            .database
            .run_repeatable(
                include_str!("sql/list_keys.sql"),
                &[&account.as_str(), &MOST],
            )
            .await?;
        Ok(rows.iter().map(record).collect::<Result<_, _>>()?)
    }

    async fn revoke(&self, key: &KeyId, by: &Actor) -> Result<Option<KeyRecord>, StoreError> {
        let (with, source) = shown_for_the_record(by);
        let rows = self
            .database
            .run_repeatable(
                include_str!("sql/revoke_key.sql"),
                &[&key.as_str(), &by.account.as_str(), &with, &source],
            )
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

/// With which key, and from where.
pub(super) fn shown_for_the_record(by: &Actor) -> (Option<&str>, Option<String>) {
    let source = by.source.map(|source| source.to_string());
    (by.key.as_ref().map(KeyId::as_str), source)
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
        limits: limits(row)?,
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
