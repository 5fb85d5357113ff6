//! An order book in memory, as far as the API reads and writes one.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    lifecycle::{Change, Status},
    order::{NewOrder, Order, OrderId},
    ports::{
        Claim, ExecuteOrder, Hold, Inserted, Orders, PageQuery, Recorded, Transition, Unavailable,
        WriteError,
    },
    update::{Update, payload},
};
use jiff::Timestamp;
use tokio::sync::RwLock;

/// Orders, their events, and switches for trouble.
#[derive(Default)]
pub(crate) struct Book {
    rows: Mutex<Vec<Row>>,
    /// It does not answer any call.
    pub(crate) down: AtomicBool,
    /// Every call is a defect.
    pub(crate) broken: AtomicBool,
    /// Whoever holds this for writing keeps every call waiting.
    pub(crate) door: RwLock<()>,
}

struct Row {
    order: Order,
    key: Option<(String, [u8; 32])>,
    events: Vec<Update>,
}

impl Book {
    /// How many orders are stored.
    pub(crate) fn len(&self) -> usize {
        self.rows
            .lock()
            .expect("no test panics while it writes")
            .len()
    }

    /// Moves an order as a worker would, event and all.
    pub(crate) fn advance(&self, id: &str, to: Status, change: &Change) {
        let mut rows = self.rows.lock().expect("no test panics while it writes");
        let row = rows
            .iter_mut()
            .find(|row| row.order.id.to_string() == id)
            .expect("the order");
        let order = &mut row.order;
        order.status = to;
        order.last_seq += 1;
        match change {
            Change::Building { dex, .. } => order.chosen_dex = Some(*dex),
            Change::Submitted { transaction } => {
                order.tx_hash = Some(transaction.signature.clone())
            }
            Change::Confirmed { amount_out } => order.amount_out = Some(*amount_out),
            Change::Failed { failure, .. } => order.failure = Some(failure.clone()),
            Change::Routing | Change::Retrying { .. } => {}
        }
        let event = event(
            order,
            payload(change, &order.swap, order.tx_hash.as_deref()),
        );
        row.events.push(event);
    }

    async fn trouble(&self) -> Result<(), Unavailable> {
        drop(self.door.read().await);
        assert!(
            !self.broken.load(Ordering::Relaxed),
            "secret of the inside: /etc/engine"
        );
        if self.down.load(Ordering::Relaxed) {
            return Err(Unavailable("connection to db.internal:5432 refused".into()));
        }
        Ok(())
    }
}

fn event(order: &Order, payload: serde_json::Value) -> Update {
    Update {
        order_id: order.id,
        seq: order.last_seq,
        status: order.status,
        attempt: order.attempt,
        at: order.updated_at,
        payload,
    }
}

#[async_trait]
impl Orders for Book {
    async fn insert(&self, order: &NewOrder, lifetime: Duration) -> Result<Inserted, Unavailable> {
        self.trouble().await?;
        let mut rows = self.rows.lock().expect("no test panics while it writes");
        let key = order
            .idempotency
            .as_ref()
            .map(|given| (given.key.clone(), given.request_hash));
        let known = key.as_ref().and_then(|(key, _)| {
            rows.iter()
                .find(|row| row.key.as_ref().is_some_and(|(known, _)| known == key))
        });
        if let Some(Row {
            order,
            key: Some((_, hash)),
            ..
        }) = known
        {
            return Ok(Inserted::Known {
                id: order.id,
                request_hash: hash.to_vec(),
            });
        }
        // One order a second, so that the newest is never in doubt.
        let at = Timestamp::from_second(1_800_000_000 + rows.len() as i64).expect("a time");
        let order = Order {
            id: order.id,
            swap: order.swap.clone(),
            status: Status::Pending,
            attempt: 1,
            last_seq: 1,
            deadline: at + lifetime,
            chosen_dex: None,
            quoted_out: None,
            tx_hash: None,
            amount_out: None,
            failure: None,
            created_at: at,
            updated_at: at,
        };
        let events = vec![event(&order, serde_json::json!({}))];
        rows.push(Row { order, key, events });
        Ok(Inserted::New)
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        self.trouble().await
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, Unavailable> {
        self.trouble().await?;
        let rows = self.rows.lock().expect("no test panics while it writes");
        Ok(rows
            .iter()
            .find(|row| row.order.id == id)
            .map(|row| row.order.clone()))
    }

    async fn page(&self, query: &PageQuery) -> Result<Vec<Order>, Unavailable> {
        self.trouble().await?;
        let rows = self.rows.lock().expect("no test panics while it writes");
        let mut orders: Vec<Order> = rows.iter().map(|row| row.order.clone()).collect();
        orders.retain(|order| {
            query
                .before
                .is_none_or(|before| (order.created_at, order.id) < before)
                && query.status.is_none_or(|status| order.status == status)
        });
        orders.sort_by_key(|order| std::cmp::Reverse((order.created_at, order.id)));
        orders.truncate(query.limit.into());
        Ok(orders)
    }

    async fn events(&self, id: OrderId, after: u64) -> Result<Vec<Update>, Unavailable> {
        self.trouble().await?;
        let rows = self.rows.lock().expect("no test panics while it writes");
        let events = rows
            .iter()
            .filter(|row| row.order.id == id)
            .flat_map(|row| &row.events);
        Ok(events.filter(|event| event.seq > after).cloned().collect())
    }

    async fn claim(&self, _: &ExecuteOrder, _: Duration) -> Result<Claim, Unavailable> {
        unreachable!("the API executes nothing")
    }

    async fn advance(&self, _: &Transition<'_>) -> Result<Recorded, WriteError> {
        unreachable!("the API executes nothing")
    }

    async fn renew(&self, _: &Hold<'_>, _: Duration) -> Result<(), WriteError> {
        unreachable!("the API executes nothing")
    }

    async fn release(&self, _: &Hold<'_>, _: Duration) -> Result<(), WriteError> {
        unreachable!("the API executes nothing")
    }
}
