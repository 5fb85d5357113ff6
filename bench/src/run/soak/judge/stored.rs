//! The orders as they are stored at the end.

use tokio_postgres::{Client, Row};
use uuid::Uuid;

use crate::Outcome;

/// One of them.
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) key: Option<String>,
    pub(super) status: String,
    pub(super) code: Option<String>,
    pub(super) last_seq: u64,
    /// Seconds from accepted to its end.
    pub(super) life: f64,
}

impl Stored {
    /// Whether its life is over.
    pub(super) fn is_final(&self) -> bool {
        ["confirmed", "failed"].contains(&self.status.as_str())
    }
}

/// Every order of the database.
pub(super) async fn all(client: &Client) -> Outcome<Vec<Stored>> {
    const ORDERS: &str = "SELECT id, idempotency_key, status, failure_code, last_seq, \
        coalesce(extract(epoch FROM closed_at - created_at), 0)::double precision AS life \
        FROM orders";
    let read = |row: &Row| {
        Outcome::Ok(Stored {
            id: row.get("id"),
            key: row.get("idempotency_key"),
            status: row.get("status"),
            code: row.get("failure_code"),
            last_seq: u64::try_from(row.get::<_, i64>("last_seq"))?,
            life: row.get("life"),
        })
    };
    client.query(ORDERS, &[]).await?.iter().map(read).collect()
}
