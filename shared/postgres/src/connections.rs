//! Who is at the other end of each connection.

use async_trait::async_trait;
use engine::{
    account::KeyId,
    order::OrderId,
    ports::{ConnectionId, Connections, StoreError, Visitor},
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Database,
    error::StatementError,
    rows::{self, get},
};

/// [`Connections`] on PostgreSQL.
#[derive(Clone)]
pub struct PostgresConnections {
    database: Database,
}

impl PostgresConnections {
    /// The connections of that database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Connections for PostgresConnections {
    async fn admit(
        &self,
        connection: &ConnectionId,
        visitor: &Visitor,
    ) -> Result<bool, StoreError> {
        const ADMIT: &str = "INSERT INTO connections \
                (connection_id, account_id, key_id, orders, expires_at) \
            SELECT $1, $2, $3::text, $4, now() + interval '2 hours' \
            WHERE $3::text IS NULL OR EXISTS (SELECT FROM api_keys WHERE id = $3 \
                AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) \
            ON CONFLICT (connection_id) DO UPDATE SET account_id = excluded.account_id, \
                key_id = excluded.key_id, orders = excluded.orders, \
                expires_at = excluded.expires_at RETURNING 1";
        let key = visitor.key.as_ref().map(KeyId::as_str);
        let orders = visitor.orders.as_ref();
        let orders: Option<Vec<Uuid>> = orders.map(|ids| ids.iter().map(|id| id.0).collect());
        let account = visitor.account.as_str();
        let admitted = self
            .database
            .run_repeatable(
                ADMIT,
                &[&&*connection.0, &account, &key, &orders.as_deref()],
            )
            .await?;
        Ok(!admitted.is_empty())
    }

    async fn visitor(&self, connection: &ConnectionId) -> Result<Option<Visitor>, StoreError> {
        const VISITOR: &str = "SELECT c.account_id, c.key_id, c.orders \
            FROM connections c LEFT JOIN api_keys k ON k.id = c.key_id \
            WHERE c.connection_id = $1 AND k.revoked_at IS NULL \
              AND (k.expires_at IS NULL OR k.expires_at > now())";
        let found = self
            .database
            .run_repeatable(VISITOR, &[&&*connection.0])
            .await?;
        Ok(found.first().map(visitor).transpose()?)
    }

    async fn forget(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        const FORGET: &str = "DELETE FROM connections WHERE connection_id = $1";
        self.database
            .run_repeatable(FORGET, &[&&*connection.0])
            .await?;
        Ok(())
    }

    async fn unwelcome(&self) -> Result<Vec<ConnectionId>, StoreError> {
        const UNWELCOME: &str = "SELECT c.connection_id \
            FROM connections c JOIN api_keys k ON k.id = c.key_id \
            WHERE k.revoked_at <= now() OR k.expires_at <= now() LIMIT 500";
        let found = self.database.run_repeatable(UNWELCOME, &[]).await?;
        let name = |row| Ok(ConnectionId(get::<&str>(row, "connection_id")?.into()));
        found.iter().map(name).collect()
    }
}

fn visitor(row: &Row) -> Result<Visitor, StatementError> {
    let key: Option<&str> = get(row, "key_id")?;
    let key = key.map(str::parse).transpose();
    let orders: Option<Vec<Uuid>> = get(row, "orders")?;
    Ok(Visitor {
        account: rows::account(row)?,
        key: key.map_err(|error| StatementError::Unreadable(format!("column key_id: {error}")))?,
        orders: orders.map(|ids| ids.into_iter().map(OrderId).collect()),
    })
}
