//! The relay's view of the order book.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{Backlog, ExecuteOrder, Unavailable, Vitals},
};
use tokio_postgres::Row;

use super::{
    PostgresOrders,
    rows::{get, millis, natural},
};

#[async_trait]
impl Backlog for PostgresOrders {
    async fn due(&self, grace: Duration, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable> {
        let due = self
            .database
            .query(
                include_str!("sql/due.sql"),
                &[&ms(grace), &i64::from(limit)],
            )
            .await?;
        messages(&due)
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<(ExecuteOrder, Duration)>, Unavailable> {
        const DELAYED: &str = "SELECT b.order_id, b.attempt, \
                ceil(extract(epoch FROM b.available_at - now()) * 1000)::bigint AS left_ms \
            FROM outbox b JOIN orders o ON o.id = b.order_id \
            WHERE b.sent_at IS NULL AND b.available_at > now() AND (o.lease_until IS NULL OR o.lease_until < now()) \
            ORDER BY b.available_at LIMIT $1";
        let delayed = self.database.query(DELAYED, &[&i64::from(limit)]).await?;
        delayed
            .iter()
            .map(|row| {
                let left = get::<i64>(row, "left_ms")?.unsigned_abs();
                Ok((message(row)?, Duration::from_millis(left)))
            })
            .collect()
    }

    async fn mark_sent(&self, messages: &[ExecuteOrder]) -> Result<(), Unavailable> {
        const SENT: &str = "UPDATE outbox b SET sent_at = now() \
            FROM unnest($1::uuid[], $2::integer[]) AS m (id, attempt) \
            WHERE b.order_id = m.id AND b.attempt = m.attempt AND b.sent_at IS NULL";
        let ids: Vec<uuid::Uuid> = messages.iter().map(|message| message.id.0).collect();
        let attempts: Vec<i32> = messages
            .iter()
            .map(|message| i32::try_from(message.attempt).unwrap_or(i32::MAX))
            .collect();
        self.database
            .query(SENT, &[&ids, &attempts])
            .await
            .map(drop)
    }

    async fn revive(&self, grace: Duration) -> Result<u64, Unavailable> {
        let sql = concat!(
            "WITH revived AS (",
            include_str!("sql/revive.sql"),
            " RETURNING 1) SELECT count(*) FROM revived"
        );
        let counted = self.database.query(sql, &[&ms(grace)]).await?;
        counted
            .first()
            .map_or(Ok(0), |row| get::<i64>(row, "count").map(i64::unsigned_abs))
    }

    async fn overdue(&self, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable> {
        const OVERDUE: &str = "SELECT b.order_id, b.attempt FROM outbox b JOIN orders o ON o.id = b.order_id \
            WHERE b.deadline < now() AND (o.lease_until IS NULL OR o.lease_until < now()) \
            ORDER BY b.deadline LIMIT $1";
        messages(&self.database.query(OVERDUE, &[&i64::from(limit)]).await?)
    }

    async fn purge(&self) -> Result<(), Unavailable> {
        const SUBSCRIPTIONS: &str = "DELETE FROM subscriptions WHERE expires_at < now()";
        const KEYS: &str = "UPDATE orders SET idempotency_key = NULL, request_hash = NULL \
            WHERE idempotency_key IS NOT NULL AND created_at < now() - interval '24 hours'";
        self.database.query(SUBSCRIPTIONS, &[]).await?;
        self.database.query(KEYS, &[]).await.map(drop)
    }

    async fn vitals(&self) -> Result<Vitals, Unavailable> {
        const VITALS: &str = "SELECT \
            count(*) FILTER (WHERE unsent) AS unsent, \
            coalesce(extract(epoch FROM now() - min(available_at) FILTER (WHERE unsent)), 0)::bigint AS oldest, \
            count(*) FILTER (WHERE deadline < now()) AS stuck \
            FROM (SELECT b.*, b.sent_at IS NULL AND b.available_at <= now() \
                      AND (o.lease_until IS NULL OR o.lease_until < now()) AS unsent \
                  FROM outbox b JOIN orders o ON o.id = b.order_id) AS open";
        let found = self.database.query(VITALS, &[]).await?;
        let row = found
            .first()
            .ok_or_else(|| Unavailable("no vitals".into()))?;
        let count = |column| get::<i64>(row, column).map(|count| u64::try_from(count).unwrap_or(0));
        Ok(Vitals {
            outbox_unsent: count("unsent")?,
            outbox_oldest_seconds: count("oldest")?,
            orders_stuck: count("stuck")?,
        })
    }
}

fn messages(rows: &[Row]) -> Result<Vec<ExecuteOrder>, Unavailable> {
    rows.iter().map(message).collect()
}

fn message(row: &Row) -> Result<ExecuteOrder, Unavailable> {
    Ok(ExecuteOrder {
        id: OrderId(get(row, "order_id")?),
        attempt: natural(get(row, "attempt")?),
    })
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(millis(duration)).unwrap_or(i64::MAX)
}
