//! The order book. Every change of a status is one statement, the same for all of them, and shared by orders that move at
//! the same time.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    lifecycle::Status,
    order::{NewOrder, Order, OrderId},
    ports::{
        Claim, ConnectionId, ExecuteOrder, Hold, Inserted, Orders, PageQuery, Recorded, Transition,
        Unavailable, WriteError,
    },
    update::Update,
};
use tokio_postgres::Row;

use super::{
    Database,
    database::StatementError,
    lane::Lane,
    rows::{self, AdvanceRow, ClaimRow, NewOrderRow, get, millis},
    writes,
};

/// [`Orders`] and [`engine::ports::Backlog`] on PostgreSQL.
#[derive(Clone)]
pub struct PostgresOrders {
    pub(super) database: Database,
    inserts: Lane<writes::Insert>,
    claims: Lane<writes::Claim>,
    moves: Lane<writes::Advance>,
}

/// Why a claim gave nothing.
enum Unclaimed {
    /// The order is final, in another attempt, or does not exist.
    Over,
    /// A worker holds it.
    Held,
    /// Nobody holds it: its row was locked at that moment, most likely by a watcher that went live. Giving up would cost the
    /// order the relay's grace.
    Locked,
}

/// How often a row that was only locked is tried, and the pause in between. Such a lock lasts for one small statement.
const LOCKED_TRIES: u32 = 10;
const LOCKED_PAUSE: Duration = Duration::from_millis(10);

pub(super) const LIVE: &str =
    "SELECT connection_id FROM subscriptions WHERE order_id = $1 AND live";

impl PostgresOrders {
    /// The order book of that database.
    pub fn new(database: Database) -> Self {
        Self {
            inserts: Lane::new(writes::Insert(database.clone())),
            claims: Lane::new(writes::Claim(database.clone())),
            moves: Lane::new(writes::Advance(database.clone())),
            database,
        }
    }

    /// Ends every lease now. For a program that knows itself to be the only one on this order book: after a crash its orders
    /// need not wait for the leases of a process that is dead. Should one live after all, the fence keeps its writes out.
    ///
    /// # Errors
    /// [`Unavailable`] when the database does not answer.
    pub async fn end_leases(&self) -> Result<(), Unavailable> {
        const END: &str = "UPDATE orders o SET lease_until = now() - interval '1 second' \
            FROM outbox b WHERE b.order_id = o.id AND o.lease_until >= now()";
        self.database.query(END, &[]).await.map(drop)
    }

    /// Why a claim gave nothing.
    async fn unclaimed(&self, message: &ExecuteOrder) -> Result<Unclaimed, Unavailable> {
        const WHY: &str = "SELECT lease_until IS NOT NULL AND lease_until >= now() AS held FROM orders \
            WHERE id = $1 AND attempt = $2 AND status NOT IN ('confirmed', 'failed')";
        let attempt = i32::try_from(message.attempt).unwrap_or(i32::MAX);
        let open = self.database.query(WHY, &[&message.id.0, &attempt]).await?;
        let Some(row) = open.first() else {
            return Ok(Unclaimed::Over);
        };
        Ok(if get(row, "held")? {
            Unclaimed::Held
        } else {
            Unclaimed::Locked
        })
    }
}

#[async_trait]
impl Orders for PostgresOrders {
    async fn insert(&self, order: &NewOrder, lifetime: Duration) -> Result<Inserted, Unavailable> {
        const KNOWN: &str = "SELECT id, request_hash FROM orders WHERE idempotency_key = $1";
        let row = NewOrderRow::new(order, lifetime);
        let stored = self.inserts.run(order.id.0, &row).await;
        let key = match (&order.idempotency, stored?) {
            (_, Some(())) => return Ok(Inserted::New),
            (Some(key), None) => &key.key,
            (None, None) => return Err(Unavailable("the order was not stored".into())),
        };
        let known = self.database.query(KNOWN, &[key]).await?;
        let row = known
            .first()
            .ok_or_else(|| Unavailable("the key was purged just now".into()))?;
        Ok(Inserted::Known {
            id: OrderId(get(row, "id")?),
            request_hash: get(row, "request_hash")?,
        })
    }

    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, Unavailable> {
        let row = ClaimRow {
            id: message.id.0,
            attempt: message.attempt,
            lease_ms: millis(lease),
        };
        for _ in 0..LOCKED_TRIES {
            match self.claims.run(message.id.0, &row).await {
                Ok(Some(held)) => return held.map(|held| Claim::Held(Box::new(held))),
                Err(error) => return Err(error.into()),
                Ok(None) => {}
            }
            match self.unclaimed(message).await? {
                Unclaimed::Over => return Ok(Claim::Stale),
                Unclaimed::Held => return Ok(Claim::Busy),
                Unclaimed::Locked => tokio::time::sleep(LOCKED_PAUSE).await,
            }
        }
        Ok(Claim::Busy)
    }

    async fn advance(&self, transition: &Transition<'_>) -> Result<Recorded, WriteError> {
        let row = AdvanceRow::new(transition);
        match self.moves.run(transition.hold.order.id.0, &row).await {
            Ok(Some(recorded)) => Ok(recorded),
            // The index under the fence: an order has one transaction that may land.
            Ok(None) | Err(StatementError::Unique) => Err(WriteError::Fenced),
            Err(error) => Err(Unavailable::from(error).into()),
        }
    }

    async fn renew(&self, hold: &Hold<'_>, lease: Duration) -> Result<(), WriteError> {
        const RENEW: &str = "UPDATE orders SET lease_until = now() + $4::bigint * interval '1 millisecond' \
            WHERE id = $1 AND lease_epoch = $2 AND status = $3 RETURNING id";
        self.fenced(RENEW, hold, lease).await
    }

    async fn release(&self, hold: &Hold<'_>, pause: Duration) -> Result<(), WriteError> {
        self.fenced(include_str!("sql/release.sql"), hold, pause)
            .await
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        self.database.query("SELECT 1", &[]).await.map(drop)
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, Unavailable> {
        let found = self
            .database
            .query("SELECT * FROM orders WHERE id = $1", &[&id.0])
            .await?;
        found.first().map(rows::order).transpose()
    }

    async fn page(&self, query: &PageQuery) -> Result<Vec<Order>, Unavailable> {
        // An open order has a row in the short outbox. Each is looked up by its key, whatever the planner would rather do:
        // OFFSET 0 keeps it from reading all of the history in order until it has met enough open orders.
        const OPEN: &str =
            "outbox b CROSS JOIN LATERAL (SELECT * FROM orders WHERE id = b.order_id OFFSET 0) o";
        let (from, conditions) = match (query.status, query.before.is_some()) {
            (None, false) => ("orders o", ""),
            (None, true) => ("orders o", "WHERE (o.created_at, o.id) < ($2, $3)"),
            // The words behind the status let the planner use the index made for it.
            (Some(Status::Failed), false) => (
                "orders o",
                "WHERE o.status = $2 AND o.failure_code IS NOT NULL",
            ),
            (Some(Status::Failed), true) => (
                "orders o",
                "WHERE (o.created_at, o.id) < ($2, $3) AND o.status = $4 AND o.failure_code IS NOT NULL",
            ),
            (Some(status), false) => (
                if status.is_final() { "orders o" } else { OPEN },
                "WHERE o.status = $2",
            ),
            (Some(status), true) => (
                if status.is_final() { "orders o" } else { OPEN },
                "WHERE (o.created_at, o.id) < ($2, $3) AND o.status = $4",
            ),
        };
        let sql = format!(
            "SELECT o.* FROM {from} {conditions} ORDER BY o.created_at DESC, o.id DESC LIMIT $1"
        );
        let (limit, status) = (i64::from(query.limit), query.status.map(Status::name));
        let found = match (&query.before, &status) {
            (None, None) => self.database.query(&sql, &[&limit]).await?,
            (None, Some(status)) => self.database.query(&sql, &[&limit, status]).await?,
            (Some((at, id)), None) => self.database.query(&sql, &[&limit, at, &id.0]).await?,
            (Some((at, id)), Some(status)) => {
                self.database
                    .query(&sql, &[&limit, at, &id.0, status])
                    .await?
            }
        };
        found.iter().map(rows::order).collect()
    }

    async fn events(&self, id: OrderId, after: u64) -> Result<Vec<Update>, Unavailable> {
        const EVENTS: &str =
            "SELECT * FROM order_events WHERE order_id = $1 AND seq > $2 ORDER BY seq";
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        self.database
            .query(EVENTS, &[&id.0, &after])
            .await?
            .iter()
            .map(rows::update)
            .collect()
    }
}

impl PostgresOrders {
    async fn fenced(
        &self,
        sql: &str,
        hold: &Hold<'_>,
        duration: Duration,
    ) -> Result<(), WriteError> {
        let ms = i64::try_from(millis(duration)).unwrap_or(i64::MAX);
        let done = self
            .database
            .query(
                sql,
                &[
                    &hold.order.id.0,
                    &hold.epoch,
                    &hold.order.status.name(),
                    &ms,
                ],
            )
            .await?;
        if done.is_empty() {
            Err(WriteError::Fenced)
        } else {
            Ok(())
        }
    }
}

pub(super) fn connections(rows: &[Row]) -> Result<Vec<ConnectionId>, Unavailable> {
    rows.iter()
        .map(|row| get::<&str>(row, "connection_id").map(|name| ConnectionId(name.into())))
        .collect()
}
