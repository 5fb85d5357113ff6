//! The order book, for writing. Every event is written by one statement, the same for all of them,
//! and shared by orders that move at the same time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::{ClientOrderId, Lifetime, NewOrder, OrderId, Unmet},
    ports::{
        Appended, Claim, ExecuteOrder, Inserted, Lease, OrderWriter, StoreError, Transition,
        Unavailable, Wake,
    },
};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Database,
    batcher::StatementBatcher,
    batches,
    limits::Limited,
    outbox::KEYS_BEGIN,
    rows::{ClaimRow, NewOrderRow, TransitionRow, get, millis},
};

/// The order book on PostgreSQL: [`OrderWriter`], [`engine::ports::OrderReader`] and
/// [`engine::ports::Outbox`].
#[derive(Clone)]
pub struct PostgresOrders {
    pub(super) database: Database,
    inserts: StatementBatcher<batches::Insert>,
    inserts_in_turn: StatementBatcher<batches::InsertInTurn>,
    limited: Arc<Limited>,
    claims: StatementBatcher<batches::Claim>,
    events: StatementBatcher<batches::Append>,
    /// Up to which order idempotency keys were looked through.
    pub(super) keys_seen: Arc<Mutex<(Timestamp, Uuid)>>,
}

/// Why a claim gave nothing.
enum Unclaimed {
    /// The order is closed, in another attempt, or does not exist.
    Over,
    /// A worker holds it.
    Held,
    /// Nobody holds it: its row was locked at that moment, most likely by a subscriber that went
    /// live. Giving up would cost the order the relay's grace.
    Locked,
}

/// How often an order is inserted that nothing speaks against.
const INSERT_TRIES: u32 = 2;
/// How often a row that was only locked is tried, and the pause in between. Such a lock lasts for
/// one small statement.
const LOCKED_TRIES: u32 = 10;
const LOCKED_PAUSE: Duration = Duration::from_millis(10);

impl PostgresOrders {
    /// The order book of that database.
    pub fn new(database: Database) -> Self {
        Self {
            inserts: StatementBatcher::new(batches::Insert(database.clone())),
            inserts_in_turn: StatementBatcher::new(batches::InsertInTurn(database.clone())),
            limited: Arc::default(),
            claims: StatementBatcher::new(batches::Claim(database.clone())),
            events: StatementBatcher::new(batches::Append(database.clone())),
            keys_seen: Arc::new(Mutex::new(KEYS_BEGIN)),
            database,
        }
    }

    /// Ends every lease now. For a program that knows itself to be the only one on this order book:
    /// after a crash its orders need not wait for the leases of a process that is dead. Should one
    /// live after all, the fence keeps its writes out.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part.
    pub async fn end_leases(&self) -> Result<(), StoreError> {
        const END: &str = "UPDATE orders o SET lease_until = now() - interval '1 second' \
            FROM outbox b WHERE b.order_id = o.id AND o.lease_until >= now()";
        self.database.run(END, &[]).await?;
        Ok(())
    }

    /// What an order is that the insert left out; `None` when it is not there.
    async fn inserted(&self, order: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        const KNOWN: &str = "SELECT id, request_hash, by_key FROM ( \
                SELECT id, request_hash, idempotency_key = $2 AS by_key FROM orders \
                WHERE (id = $1 AND account_id = $4) OR (account_id = $4 AND idempotency_key = $2) \
                    OR (account_id = $4 AND client_order_id = $3) \
                UNION ALL \
                SELECT order_id, NULL, NULL FROM taken_names \
                WHERE account_id = $4 AND client_order_id = $3) AS known \
            ORDER BY id = $1 DESC, by_key DESC NULLS LAST LIMIT 1";
        let key = order.idempotency.as_ref().map(|key| key.key.clone());
        let name = order.client_order_id.as_ref().map(ClientOrderId::as_str);
        let account = order.by.account.as_str();
        let known = self
            .database
            .run_repeatable(KNOWN, &[&order.id.0, &key, &name, &account])
            .await?;
        let Some(row) = known.first() else {
            return Ok(None);
        };
        let id = OrderId(get(row, "id")?);
        let by_key: Option<bool> = get(row, "by_key")?;
        Ok(Some(if id == order.id {
            Inserted::New // by a try whose answer was lost
        } else if by_key == Some(true) {
            Inserted::Known {
                id,
                request_hash: get(row, "request_hash")?,
            }
        } else {
            Inserted::NameTaken(id)
        }))
    }

    async fn unclaimed(&self, message: &ExecuteOrder) -> Result<Unclaimed, StoreError> {
        const WHY: &str = "SELECT lease_until IS NOT NULL AND lease_until >= now() AS held \
            FROM orders WHERE id = $1 AND attempt = $2 AND closed_at IS NULL";
        let attempt = i32::try_from(message.attempt).unwrap_or(i32::MAX);
        let open = self
            .database
            .run_repeatable(WHY, &[&message.id.0, &attempt])
            .await?;
        let Some(row) = open.first() else {
            self.forget_closed(message).await?;
            return Ok(Unclaimed::Over);
        };
        Ok(if get(row, "held")? {
            Unclaimed::Held
        } else {
            Unclaimed::Locked
        })
    }

    /// An order that was cancelled while it was being woken has an outbox row left, which would be
    /// sent again and again.
    async fn forget_closed(&self, message: &ExecuteOrder) -> Result<(), StoreError> {
        const FORGET: &str = "DELETE FROM outbox b USING orders o \
            WHERE b.order_id = $1 AND o.id = b.order_id AND o.closed_at IS NOT NULL";
        self.database.run(FORGET, &[&message.id.0]).await?;
        Ok(())
    }

    /// Changes a lease, if it still stands. Twice is the same as once.
    async fn fenced(&self, sql: &str, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        let ms = i64::try_from(millis(duration)).unwrap_or(i64::MAX);
        let status = lease.status.name();
        let done = self
            .database
            .run_repeatable(sql, &[&lease.order.0, &lease.token, &status, &ms])
            .await?;
        if done.is_empty() {
            Err(StoreError::Conflict)
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl OrderWriter for PostgresOrders {
    async fn insert(&self, order: &NewOrder, lifetime: Lifetime) -> Result<Inserted, StoreError> {
        let row = NewOrderRow::new(order, lifetime);
        let account = &order.by.account;
        let mut in_turn = self.limited.had_any(account);
        for _ in 0..INSERT_TRIES {
            let mut reached = None;
            if in_turn {
                let came_in = self.inserts_in_turn.run(account.clone(), &row).await?;
                if came_in.as_ref().is_some_and(|came_in| came_in.has_limits) {
                    self.limited.note(account);
                }
                match came_in.map(|came_in| came_in.reached) {
                    Some(None) => return Ok(Inserted::New),
                    beyond => reached = beyond.flatten(),
                }
            } else if self.inserts.run(order.id.0, &row).await?.is_some() {
                return Ok(Inserted::New);
            }
            let inserted = self.inserted(order).await;
            // What was left out may have been stored by a try that was not answered.
            let inserted = inserted.map_err(|error| StoreError::Unknown(error.to_string()))?;
            if let Some(inserted) = inserted.or(reached.map(Inserted::Limited)) {
                return Ok(inserted);
            }
            in_turn = true; // it may have limits
            // It was late, or looked so because a clock was set or stood still (a machine that
            // slept, a function that was frozen).
            self.database.read_clock().await?;
        }
        Err(Unavailable("the order did not reach the database in time".into()).into())
    }

    async fn known(&self, order: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        self.inserted(order).await
    }

    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, StoreError> {
        let row = ClaimRow {
            id: message.id.0,
            attempt: message.attempt,
            lease_ms: millis(lease),
        };
        for _ in 0..LOCKED_TRIES {
            if let Some(leased) = self.claims.run(message.id.0, &row).await? {
                return Ok(Claim::Leased(Box::new(leased?)));
            }
            match self.unclaimed(message).await? {
                Unclaimed::Over => return Ok(Claim::Stale),
                Unclaimed::Held => return Ok(Claim::Busy),
                Unclaimed::Locked => tokio::time::sleep(LOCKED_PAUSE).await,
            }
        }
        Ok(Claim::Busy)
    }

    /// A unique violation is the index under the fence: an order has one transaction that may land.
    async fn append(&self, transition: &Transition<'_>) -> Result<Appended, StoreError> {
        let row = TransitionRow::new(transition);
        self.events
            .run(transition.by.order().0, &row)
            .await?
            .ok_or(StoreError::Conflict)
    }

    async fn wait_again(
        &self,
        lease: &Lease,
        unmet: &Unmet,
        wake: &Wake,
    ) -> Result<(), StoreError> {
        let best = unmet.best.as_ref();
        let freed = self
            .database
            .run(
                include_str!("sql/wait_again.sql"),
                &[
                    &lease.order.0,
                    &lease.token,
                    &lease.status.name(),
                    &wake.at_price.map(|price| price.to_string()),
                    &wake
                        .after
                        .map(|after| i64::try_from(millis(after)).unwrap_or(i64::MAX)),
                    &unmet.reason.name(),
                    &best.map(|best| best.price.to_string()),
                    &best.map(|best| best.venue.name()),
                    &wake
                        .pool_after
                        .map(|slot| i64::try_from(slot).unwrap_or(i64::MAX)),
                ],
            )
            .await?;
        if freed.is_empty() {
            Err(StoreError::Conflict)
        } else {
            Ok(())
        }
    }

    async fn renew(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        const RENEW: &str = "UPDATE orders \
            SET lease_until = now() + $4::bigint * interval '1 millisecond' \
            WHERE id = $1 AND lease_epoch = $2 AND status = $3 RETURNING id";
        self.fenced(RENEW, lease, duration).await
    }

    async fn release(&self, lease: &Lease, pause: Duration) -> Result<(), StoreError> {
        let sql = include_str!("sql/release.sql");
        self.fenced(sql, lease, pause).await
    }
}
