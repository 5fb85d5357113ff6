//! The order book against itself.

use async_trait::async_trait;
use engine::{
    order::{OrderId, Status},
    ports::{AuditPosition, Audited, Auditor, StoreError},
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    PostgresOrders,
    error::StatementError,
    rows::{get, natural},
};

/// What a closed order can contradict itself in, by the column that says so.
const CONTRADICTIONS: [(&str, &str); 3] = [
    (
        "not_as_landed",
        "confirmed without a landed transaction, or one landed without that",
    ),
    ("still_signed", "closed while a transaction may still land"),
    ("gaps", "its events are not as many as it counts"),
];

#[async_trait]
impl Auditor for PostgresOrders {
    async fn audit(
        &self,
        position: &AuditPosition,
        watched: &[OrderId],
        limit: u32,
    ) -> Result<Audited, StoreError> {
        self.audited(include_str!("sql/audit.sql"), position, watched, limit)
            .await
    }

    async fn audit_conditional(
        &self,
        position: &AuditPosition,
        limit: u32,
    ) -> Result<Audited, StoreError> {
        // The words of the index of those orders.
        let sql = include_str!("sql/audit.sql").replace("/* which */ true", "o.type <> 'market'");
        self.audited(&sql, position, &[], limit).await
    }
}

impl PostgresOrders {
    async fn audited(
        &self,
        sql: &str,
        position: &AuditPosition,
        watched: &[OrderId],
        limit: u32,
    ) -> Result<Audited, StoreError> {
        let watched: Vec<Uuid> = watched.iter().map(|order| order.0).collect();
        let found = self
            .database
            .run_repeatable(
                sql,
                &[
                    &position.created_at,
                    &position.id.0,
                    &i64::from(limit),
                    &watched,
                    &Status::Confirmed.name(),
                ],
            )
            .await?;
        let row = found
            .first()
            .ok_or_else(|| StatementError::Unreadable("an audit has one row".into()))?;
        Ok(audited(row)?)
    }
}

fn audited(row: &Row) -> Result<Audited, StatementError> {
    let last: (Option<_>, Option<Uuid>) = (get(row, "last_at")?, get(row, "last_id")?);
    let position = match last {
        (Some(created_at), Some(id)) => Some(AuditPosition {
            created_at,
            id: OrderId(id),
        }),
        (None, _) | (_, None) => None,
    };
    let orders = |column: &str| -> Result<Vec<OrderId>, StatementError> {
        let ids: Vec<Uuid> = get(row, column)?;
        Ok(ids.into_iter().map(OrderId).collect())
    };
    let count = |column: &str| natural(get::<i64>(row, column)?, column);
    let mut contradictions = Vec::new();
    for (column, what) in CONTRADICTIONS {
        contradictions.extend(orders(column)?.into_iter().map(|order| (order, what)));
    }
    Ok(Audited {
        position,
        again: orders("again")?,
        rows_missing: count("missing")?,
        rows_of_another_attempt: count("wrong")?,
        rows_left_over: count("left_over")?,
        contradictions,
    })
}
