//! Who follows what.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::OrderId,
    ports::{ConnectionId, StoreError, Subscribers, Subscriptions, Undelivered},
};

use jiff::Timestamp;
use tokio_postgres::Row;

use super::{
    Database,
    error::StatementError,
    rows::{self, get, millis},
};

/// [`Subscriptions`] on PostgreSQL.
#[derive(Clone)]
pub struct PostgresSubscriptions {
    database: Database,
}

impl PostgresSubscriptions {
    /// The subscriptions of that database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Subscriptions for PostgresSubscriptions {
    async fn subscribe(
        &self,
        connection: &ConnectionId,
        account: &AccountId,
        order: OrderId,
    ) -> Result<bool, StoreError> {
        let sql = concat!(include_str!("sql/subscribe.sql"), " RETURNING order_id");
        let added = self
            .database
            .run(sql, &[&&*connection.0, &order.0, &account.as_str()])
            .await?;
        Ok(!added.is_empty())
    }

    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        sent: u64,
    ) -> Result<bool, StoreError> {
        let sql = concat!(include_str!("sql/go_live.sql"), " RETURNING s.order_id");
        let sent = i64::try_from(sent).unwrap_or(i64::MAX);
        let live = self
            .database
            .run(sql, &[&&*connection.0, &order.0, &sent])
            .await?;
        Ok(!live.is_empty())
    }

    async fn live(&self, order: OrderId) -> Result<Subscribers, StoreError> {
        let live = include_str!("sql/live.sql");
        let mut subscribers = Subscribers::default();
        for row in self.database.run(live, &[&[order.0].as_slice()]).await? {
            add(&mut subscribers, &row)?;
        }
        Ok(subscribers)
    }

    async fn subscribe_all(
        &self,
        connection: &ConnectionId,
        account: &AccountId,
    ) -> Result<Timestamp, StoreError> {
        const ALL: &str = "INSERT INTO subscriptions_to_all (connection_id, account_id, expires_at) \
            VALUES ($1, $2, now() + interval '2 hours') \
            ON CONFLICT (connection_id) DO UPDATE \
                SET account_id = excluded.account_id, expires_at = excluded.expires_at \
            RETURNING date_trunc('milliseconds', now()) AS since";
        let stored = self
            .database
            .run(ALL, &[&&*connection.0, &account.as_str()])
            .await?;
        let row = stored
            .first()
            .ok_or_else(|| StatementError::Unreadable("no row was stored".into()))?;
        Ok(get(row, "since")?)
    }

    async fn unsubscribe_all(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        const NOT_ALL: &str = "DELETE FROM subscriptions_to_all WHERE connection_id = $1";
        self.database.run(NOT_ALL, &[&&*connection.0]).await?;
        Ok(())
    }

    async fn unsubscribe(
        &self,
        order: OrderId,
        ended: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, StoreError> {
        let names: Vec<&str> = ended.iter().map(|connection| &*connection.0).collect();
        let sql = include_str!("sql/unsubscribe.sql");
        Ok(connections(
            &self.database.run(sql, &[&order.0, &names]).await?,
        )?)
    }

    async fn watched(&self, connection: &ConnectionId) -> Result<u64, StoreError> {
        const WATCHED: &str = "SELECT \
            (SELECT count(*) FROM subscriptions WHERE connection_id = $1) \
            + (SELECT count(*) FROM subscriptions_to_all WHERE connection_id = $1) AS watched";
        let counted = self
            .database
            .run_repeatable(WATCHED, &[&&*connection.0])
            .await?;
        let watched = counted.first().map(|row| get::<i64>(row, "watched"));
        Ok(watched.transpose()?.unwrap_or_default().unsigned_abs())
    }

    async fn forget(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        const FORGET: &str = "WITH of_all AS (\
                DELETE FROM subscriptions_to_all WHERE connection_id = $1) \
            DELETE FROM subscriptions WHERE connection_id = $1";
        self.database.run(FORGET, &[&&*connection.0]).await?;
        Ok(())
    }

    async fn undelivered(&self, grace: Duration) -> Result<Vec<Undelivered>, StoreError> {
        const LEFT: &str = "SELECT s.connection_id, s.order_id, o.account_id FROM subscriptions s \
            CROSS JOIN LATERAL ( \
                SELECT account_id, closed_at FROM orders WHERE id = s.order_id OFFSET 0) o \
            WHERE o.closed_at < now() - $1::bigint * interval '1 millisecond' \
            ORDER BY o.closed_at LIMIT 500";
        let grace = i64::try_from(millis(grace)).unwrap_or(i64::MAX);
        let left = self.database.run(LEFT, &[&grace]).await?;
        left.iter()
            .map(|row| {
                Ok(Undelivered {
                    connection: ConnectionId(get::<&str>(row, "connection_id")?.into()),
                    account: rows::account(row)?,
                    order: OrderId(get(row, "order_id")?),
                })
            })
            .collect()
    }
}

/// A row of `live.sql`.
pub(super) fn add(subscribers: &mut Subscribers, row: &Row) -> Result<(), StatementError> {
    let connection = ConnectionId(get::<&str>(row, "connection_id")?.into());
    if get(row, "of_all")? {
        subscribers.of_all.push(connection);
    } else {
        subscribers.of_order.push(connection);
    }
    Ok(())
}

fn connections(rows: &[Row]) -> Result<Vec<ConnectionId>, StatementError> {
    rows.iter()
        .map(|row| get::<&str>(row, "connection_id").map(|name| ConnectionId(name.into())))
        .collect()
}
