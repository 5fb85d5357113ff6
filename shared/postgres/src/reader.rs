//! The order book, for reading.

use async_trait::async_trait;
use engine::{
    order::{EventRecord, Order, OrderId, Status},
    ports::{Corrupt, OrderReader, PageQuery, StoreError},
};

use super::{
    PostgresOrders,
    rows::{self, EVENT_COLUMNS, ORDER_COLUMNS},
};

#[async_trait]
impl OrderReader for PostgresOrders {
    async fn ping(&self) -> Result<(), StoreError> {
        self.database.run_repeatable("SELECT 1", &[]).await?;
        Ok(())
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let sql = format!("SELECT {ORDER_COLUMNS} FROM orders o WHERE o.id = $1");
        let found = self.database.run_repeatable(&sql, &[&id.0]).await?;
        Ok(found.first().map(rows::order).transpose()?)
    }

    async fn page(&self, query: &PageQuery) -> Result<Vec<Result<Order, Corrupt>>, StoreError> {
        let (limit, status) = (i64::from(query.limit), query.status.map(Status::name));
        let older = "(o.created_at, o.id) < ($2, $3)";
        let (from, which) = source(query.status);
        let found = match (&query.before, &status) {
            (None, None) => {
                let sql = page_sql(&from, &[which]);
                self.database.run_repeatable(&sql, &[&limit]).await?
            }
            (Some((at, id)), None) => {
                let sql = page_sql(&from, &[which, older]);
                self.database
                    .run_repeatable(&sql, &[&limit, at, &id.0])
                    .await?
            }
            (None, Some(status)) => {
                let sql = page_sql(&from, &[which, "o.status = $2"]);
                self.database
                    .run_repeatable(&sql, &[&limit, status])
                    .await?
            }
            (Some((at, id)), Some(status)) => {
                let sql = page_sql(&from, &[which, older, "o.status = $4"]);
                self.database
                    .run_repeatable(&sql, &[&limit, at, &id.0, status])
                    .await?
            }
        };
        Ok(found.iter().map(rows::order).collect())
    }

    async fn events(&self, id: OrderId, after: u64) -> Result<Vec<EventRecord>, StoreError> {
        let sql = format!(
            "SELECT {EVENT_COLUMNS} FROM order_events e JOIN orders o ON o.id = e.order_id \
            WHERE e.order_id = $1 AND e.seq > $2 ORDER BY e.seq"
        );
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let found = self.database.run_repeatable(&sql, &[&id.0, &after]).await?;
        let events: Result<_, _> = found.iter().map(rows::event_record).collect();
        Ok(events?)
    }
}

/// Where orders of a status are found quickly, and the condition that lets the planner see it.
fn source(status: Option<Status>) -> (String, &'static str) {
    let all = || String::from("orders o");
    match status {
        None | Some(Status::Confirmed) => (all(), "true"),
        Some(Status::Failed) => (all(), "o.failure_code IS NOT NULL"), // its index's words
        // An open order has a row in the short outbox. Each is looked up by its key, whatever the
        // planner would rather do: OFFSET 0 keeps it from reading all of the history in order until
        // it has met enough open orders.
        Some(Status::Pending | Status::Routing | Status::Building | Status::Submitted) => {
            let by_key =
                format!("SELECT {ORDER_COLUMNS} FROM orders o WHERE o.id = b.order_id OFFSET 0");
            (format!("outbox b CROSS JOIN LATERAL ({by_key}) o"), "true")
        }
    }
}

fn page_sql(from: &str, conditions: &[&str]) -> String {
    format!(
        "SELECT {ORDER_COLUMNS} FROM {from} WHERE {} \
        ORDER BY o.created_at DESC, o.id DESC LIMIT $1",
        conditions.join(" AND ")
    )
}
