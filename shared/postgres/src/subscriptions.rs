//! Who watches what.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{ConnectionId, Subscriptions, Unavailable},
};

use super::{
    Database,
    orders::{LIVE, connections},
    rows::{get, millis},
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
    async fn add(&self, connection: &ConnectionId, order: OrderId) -> Result<bool, Unavailable> {
        let sql = concat!(
            include_str!("sql/add_subscription.sql"),
            " RETURNING order_id"
        );
        let added = self
            .database
            .query(sql, &[&&*connection.0, &order.0])
            .await?;
        Ok(!added.is_empty())
    }

    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        sent: u64,
    ) -> Result<bool, Unavailable> {
        let sql = concat!(include_str!("sql/go_live.sql"), " RETURNING s.order_id");
        let sent = i64::try_from(sent).unwrap_or(i64::MAX);
        let live = self
            .database
            .query(sql, &[&&*connection.0, &order.0, &sent])
            .await?;
        Ok(!live.is_empty())
    }

    async fn live(&self, order: OrderId) -> Result<Vec<ConnectionId>, Unavailable> {
        connections(&self.database.query(LIVE, &[&order.0]).await?)
    }

    async fn end(
        &self,
        order: OrderId,
        ended: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, Unavailable> {
        let names: Vec<&str> = ended.iter().map(|connection| &*connection.0).collect();
        connections(
            &self
                .database
                .query(
                    include_str!("sql/end_subscriptions.sql"),
                    &[&order.0, &names],
                )
                .await?,
        )
    }

    async fn forget(&self, connection: &ConnectionId) -> Result<(), Unavailable> {
        const FORGET: &str = "DELETE FROM subscriptions WHERE connection_id = $1";
        self.database
            .query(FORGET, &[&&*connection.0])
            .await
            .map(drop)
    }

    async fn left_over(
        &self,
        grace: Duration,
    ) -> Result<Vec<(ConnectionId, OrderId)>, Unavailable> {
        const LEFT: &str = "SELECT s.connection_id, s.order_id FROM subscriptions s JOIN orders o ON o.id = s.order_id \
            WHERE o.status IN ('confirmed', 'failed') \
              AND o.updated_at < now() - $1::bigint * interval '1 millisecond' \
            ORDER BY o.updated_at LIMIT 500";
        let grace = i64::try_from(millis(grace)).unwrap_or(i64::MAX);
        let left = self.database.query(LEFT, &[&grace]).await?;
        left.iter()
            .map(|row| {
                Ok((
                    ConnectionId(get::<&str>(row, "connection_id")?.into()),
                    OrderId(get(row, "order_id")?),
                ))
            })
            .collect()
    }
}
