//! What one engine has to say to a connection of another: kept until that one has passed it on.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use engine::{
    order::OrderId,
    ports::{ConnectionId, StoreError},
};
use serde::Serialize;
use tokio_postgres::{Row, types::Json};
use uuid::Uuid;

use super::{
    Database,
    batcher::{Rows, Statement, StatementBatcher},
    error::StatementError,
    rows::{get, natural},
};

/// The deliveries of all engines on a database.
#[derive(Clone)]
pub struct Deliveries {
    database: Database,
    sends: StatementBatcher<Send>,
    sent: Arc<AtomicU64>,
}

/// What a connection is to get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// An order's event. The log has it.
    Event {
        /// Whose.
        order: OrderId,
        /// Its number.
        seq: u64,
    },
    /// Any other message.
    Message(Arc<str>),
    /// Its end. Only told of a connection that follows nothing.
    Close,
}

/// A stored delivery.
#[derive(Clone, Debug)]
pub struct StoredDelivery {
    /// Its number; one that was stored after another was committed has the higher one.
    pub id: i64,
    /// To whom.
    pub connection: ConnectionId,
    /// What.
    pub content: Content,
    /// A close whose connection has begun to follow something since: it is not meant any more.
    pub obsolete: bool,
}

#[derive(Serialize)]
struct SentRow<'a> {
    nr: u64,
    engine: Uuid,
    connection: &'a str,
    order_id: Option<Uuid>,
    seq: Option<u64>,
    message: Option<&'a str>,
}

impl Deliveries {
    /// The deliveries on that database.
    pub fn new(database: Database) -> Self {
        Self {
            sends: StatementBatcher::new(Send(database.clone())),
            database,
            sent: Arc::default(),
        }
    }

    /// Stores a delivery for a connection of that engine. Answers whether that engine is alive; if
    /// not, nothing is stored. Two deliveries of which the second is sent when the first is stored
    /// are taken out in this order.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part. It may have been stored.
    pub async fn send(
        &self,
        engine: Uuid,
        connection: &ConnectionId,
        content: &Content,
    ) -> Result<bool, StoreError> {
        let nr = self.sent.fetch_add(1, Ordering::Relaxed);
        let (order_id, seq, message) = match content {
            Content::Event { order, seq } => (Some(order.0), Some(*seq), None),
            Content::Message(text) => (None, None, Some(&**text)),
            Content::Close => (None, None, None),
        };
        let row = SentRow {
            nr,
            engine,
            connection: &connection.0,
            order_id,
            seq,
            message,
        };
        Ok(self.sends.run(nr, &row).await?.is_some())
    }

    /// The oldest deliveries for an engine's connections, oldest first. They stay until they are
    /// deleted.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part.
    pub async fn waiting(
        &self,
        engine: Uuid,
        limit: u32,
    ) -> Result<Vec<StoredDelivery>, StoreError> {
        let sql = include_str!("sql/waiting_deliveries.sql");
        let waiting = self
            .database
            .run(sql, &[&engine, &i64::from(limit)])
            .await?;
        Ok(waiting.iter().map(stored).collect::<Result<_, _>>()?)
    }

    /// Deletes deliveries that were passed on.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not do its part; they come again.
    pub async fn delete(&self, passed_on: &[i64]) -> Result<(), StoreError> {
        const DELETE: &str = "DELETE FROM deliveries WHERE id = ANY ($1)";
        self.database.run(DELETE, &[&passed_on]).await?;
        Ok(())
    }
}

fn stored(row: &Row) -> Result<StoredDelivery, StatementError> {
    let event = get::<Option<Uuid>>(row, "order_id")?.zip(get::<Option<i64>>(row, "seq")?);
    let content = match (event, get::<Option<&str>>(row, "message")?) {
        (Some((order, seq)), _) => Content::Event {
            order: OrderId(order),
            seq: natural(seq, "seq")?,
        },
        (None, Some(message)) => Content::Message(message.into()),
        (None, None) => Content::Close,
    };
    Ok(StoredDelivery {
        id: get(row, "id")?,
        connection: ConnectionId(get::<&str>(row, "connection_id")?.into()),
        content,
        obsolete: get(row, "obsolete")?,
    })
}

/// `send_deliveries.sql`. A row's key is its number, so that none shares another's and all are
/// stored in the order in which they came.
struct Send(Database);

impl Statement for Send {
    type Key = u64;
    type Answer = ();

    async fn run(&self, _: &[u64], rows: &Rows) -> Result<HashMap<u64, ()>, StatementError> {
        let sql = include_str!("sql/send_deliveries.sql");
        let stored = self.0.run(sql, &[&Json(rows)]).await?;
        stored
            .iter()
            .map(|row| Ok((natural(get::<i64>(row, "nr")?, "nr")?, ())))
            .collect()
    }
}
