//! The relay's view of the order book.

use std::{
    sync::{MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{Envelope, ExecuteOrder, Grace, Outbox, OutboxStats, StoreError},
};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    PostgresOrders,
    error::StatementError,
    progress::Progress,
    rows::{account, get, millis, natural},
};

/// Where the search for old idempotency keys begins.
pub(super) const KEYS_BEGIN: (Timestamp, Uuid) = (Timestamp::UNIX_EPOCH, Uuid::nil());

#[async_trait]
impl Outbox for PostgresOrders {
    async fn due(&self, grace: Grace, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let taken_up = self.taken_up(grace).await?;
        let due = self
            .database
            .run(
                include_str!("sql/due.sql"),
                &[&ms(grace.time()), &i64::from(limit), &taken_up],
            )
            .await?;
        envelopes(&due)
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        const DELAYED: &str = "SELECT b.order_id, o.account_id, b.attempt, \
                ceil(extract(epoch FROM b.available_at - now()) * 1000)::bigint AS left_ms \
            FROM outbox b JOIN orders o ON o.id = b.order_id \
            WHERE b.sent_at IS NULL AND b.available_at > now() AND (o.lease_until IS NULL OR o.lease_until < now()) \
            ORDER BY b.available_at LIMIT $1";
        let delayed = self
            .database
            .run_repeatable(DELAYED, &[&i64::from(limit)])
            .await?;
        delayed
            .iter()
            .map(|row| {
                let left = natural(get::<i64>(row, "left_ms")?, "left_ms")?;
                Ok(Envelope {
                    delay: Duration::from_millis(left),
                    ..envelope(row)?
                })
            })
            .collect()
    }

    async fn mark_sent(&self, messages: &[ExecuteOrder]) -> Result<(), StoreError> {
        const SENT: &str = "UPDATE outbox b SET sent_at = now() \
            FROM unnest($1::uuid[], $2::integer[]) AS m (id, attempt) \
            WHERE b.order_id = m.id AND b.attempt = m.attempt AND b.sent_at IS NULL";
        let ids: Vec<uuid::Uuid> = messages.iter().map(|message| message.id.0).collect();
        let attempts: Vec<i32> = messages
            .iter()
            .map(|message| i32::try_from(message.attempt).unwrap_or(i32::MAX))
            .collect();
        self.database
            .run_repeatable(SENT, &[&ids, &attempts])
            .await?;
        Ok(())
    }

    async fn requeue_stuck(&self, grace: Grace) -> Result<u64, StoreError> {
        let taken_up = self.taken_up(grace).await?;
        let sql = concat!(
            "WITH requeued AS (",
            include_str!("sql/requeue_stuck.sql"),
            " RETURNING 1) SELECT count(*) FROM requeued"
        );
        let counted = self
            .database
            .run(sql, &[&ms(grace.time()), &taken_up])
            .await?;
        let count = counted.first().map(|row| get::<i64>(row, "count"));
        Ok(natural(count.transpose()?.unwrap_or(0), "count")?)
    }

    async fn overdue(
        &self,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<ExecuteOrder>, StoreError> {
        const OVERDUE: &str = "SELECT b.order_id, b.attempt \
            FROM outbox b CROSS JOIN LATERAL ( \
                SELECT lease_until FROM orders WHERE id = b.order_id OFFSET 0) o \
            WHERE b.deadline < now() AND b.order_id > $1 \
              AND (o.lease_until IS NULL OR o.lease_until < now()) \
            ORDER BY b.order_id LIMIT $2";
        let after = after.map_or(uuid::Uuid::nil(), |order| order.0);
        let overdue = self
            .database
            .run_repeatable(OVERDUE, &[&after, &i64::from(limit)])
            .await?;
        overdue.iter().map(|row| Ok(message(row)?)).collect()
    }

    async fn purge(&self, limit: u32, audit_kept: Duration) -> Result<bool, StoreError> {
        const SUBSCRIPTIONS: &str = "DELETE FROM subscriptions s USING ( \
                SELECT connection_id, order_id FROM subscriptions \
                WHERE expires_at < now() ORDER BY expires_at LIMIT $1) AS old \
            WHERE s.connection_id = old.connection_id AND s.order_id = old.order_id \
            RETURNING 1";
        // An engine's connections may last; those of API Gateway end after two hours.
        const TO_ALL: &str = "DELETE FROM subscriptions_to_all s USING ( \
                SELECT connection_id FROM subscriptions_to_all s WHERE s.expires_at < now() \
                  AND NOT EXISTS (SELECT FROM engines e \
                      WHERE e.id::text = split_part(s.connection_id, '.', 1)) LIMIT $1) AS old \
            WHERE s.connection_id = old.connection_id RETURNING 1";
        const CONNECTIONS: &str = "DELETE FROM connections c USING ( \
                SELECT connection_id FROM connections c WHERE c.expires_at < now() \
                  AND NOT EXISTS (SELECT FROM engines e \
                      WHERE e.id::text = split_part(c.connection_id, '.', 1)) LIMIT $1) AS old \
            WHERE c.connection_id = old.connection_id RETURNING 1";
        // Nothing that is younger than a day can be deleted, whatever is asked for.
        const AUDIT: &str = "DELETE FROM audit_trail a USING ( \
                SELECT account_id, at, id FROM audit_trail \
                WHERE at < least(now() - $2::bigint * interval '1 millisecond', \
                    now() - interval '25 hours') ORDER BY at LIMIT $1) AS old \
            WHERE (a.account_id, a.at, a.id) = (old.account_id, old.at, old.id) RETURNING 1";
        let mut more = self.purge_keys(limit).await?;
        let full = |deleted: &[Row]| u32::try_from(deleted.len()).is_ok_and(|count| count >= limit);
        let deleted = self
            .database
            .run_repeatable(AUDIT, &[&i64::from(limit), &ms(audit_kept)])
            .await?;
        more |= full(&deleted);
        for sql in [SUBSCRIPTIONS, TO_ALL, CONNECTIONS] {
            let deleted = self
                .database
                .run_repeatable(sql, &[&i64::from(limit)])
                .await?;
            more |= full(&deleted);
        }
        Ok(more)
    }

    async fn stats(&self) -> Result<OutboxStats, StoreError> {
        const STATS: &str = "SELECT \
            count(*) FILTER (WHERE unsent) AS unsent, \
            coalesce(extract(epoch FROM now() - min(available_at) FILTER (WHERE unsent)), 0)::bigint AS oldest, \
            count(*) FILTER (WHERE deadline < now()) AS stuck \
            FROM (SELECT b.available_at, b.deadline, b.sent_at IS NULL AND b.available_at <= now() \
                      AND (o.lease_until IS NULL OR o.lease_until < now()) AS unsent \
                  FROM outbox b CROSS JOIN LATERAL ( \
                      SELECT lease_until FROM orders WHERE id = b.order_id OFFSET 0) o) AS open";
        // Connections may live for days, so what a new one tells of the clocks is not enough.
        self.database.read_clock().await?;
        let found = self.database.run_repeatable(STATS, &[]).await?;
        let row = found
            .first()
            .ok_or_else(|| StatementError::Unreadable("no row of figures".into()))?;
        let count = |column| natural(get::<i64>(row, column)?.max(0), column); // clocks may differ
        Ok(OutboxStats {
            unsent: count("unsent")?,
            oldest_seconds: count("oldest")?,
            stuck_orders: count("stuck")?,
        })
    }
}

impl PostgresOrders {
    /// Keys live until their order is closed for a day. Orders may be open for long, and many:
    /// each step goes on from where the last one came to, and begins anew at the end.
    async fn purge_keys(&self, limit: u32) -> Result<bool, StoreError> {
        const KEYS: &str = "WITH seen AS ( \
                SELECT id, created_at, closed_at FROM orders \
                WHERE idempotency_key IS NOT NULL AND created_at < now() - interval '24 hours' \
                  AND (created_at, id) > ($2, $3) \
                ORDER BY created_at, id LIMIT $1 \
            ), purged AS ( \
                UPDATE orders o SET idempotency_key = NULL, request_hash = NULL FROM seen s \
                WHERE o.id = s.id AND s.closed_at < now() - interval '24 hours' RETURNING 1 \
            ) SELECT id, created_at, (SELECT count(*) FROM seen) AS seen, \
                (SELECT count(*) FROM purged) AS purged \
            FROM seen ORDER BY created_at DESC, id DESC LIMIT 1";
        let (at, id) = *self.keys_seen();
        let found = self
            .database
            .run_repeatable(KEYS, &[&i64::from(limit), &at, &id])
            .await?;
        let Some(last) = found.first() else {
            *self.keys_seen() = KEYS_BEGIN;
            return Ok(false);
        };
        let count = |column| natural::<i64>(get::<i64>(last, column)?, column);
        let is_full = count("seen")? >= i64::from(limit);
        *self.keys_seen() = match is_full {
            true => (get(last, "created_at")?, get(last, "id")?),
            false => KEYS_BEGIN,
        };
        Ok(is_full && count("purged")? > 0)
    }

    fn keys_seen(&self) -> MutexGuard<'_, (Timestamp, Uuid)> {
        // Nothing panics while it is held.
        self.keys_seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Up to which moment messages have been taken up, where that decides which are lost.
    async fn taken_up(&self, grace: Grace) -> Result<Option<Timestamp>, StoreError> {
        match grace {
            Grace::Of(_) => Ok(None),
            Grace::Overtaken(_) => {
                let progress = Progress::read(&self.database).await?;
                Ok(Some(progress.newest_held.unwrap_or(Timestamp::UNIX_EPOCH)))
            }
        }
    }
}

pub(super) fn envelopes(rows: &[Row]) -> Result<Vec<Envelope>, StoreError> {
    rows.iter().map(|row| Ok(envelope(row)?)).collect()
}

fn envelope(row: &Row) -> Result<Envelope, StatementError> {
    Ok(Envelope::new(message(row)?, account(row)?))
}

fn message(row: &Row) -> Result<ExecuteOrder, StatementError> {
    Ok(ExecuteOrder {
        id: OrderId(get(row, "order_id")?),
        attempt: natural(get::<i32>(row, "attempt")?, "attempt")?,
    })
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(millis(duration)).unwrap_or(i64::MAX)
}
