//! The three statements that write most: an order comes in, is claimed, moves. Each for any number of orders.

use std::collections::HashMap;

use engine::ports::{ConnectionId, Held, Recorded, Unavailable};
use tokio_postgres::{Row, types::Json};
use uuid::Uuid;

use super::{
    Database,
    database::StatementError,
    lane::{Rows, Statement},
    rows::{self, get},
};

/// `insert.sql`: orders come in. What it leaves out has a key that is taken.
pub(super) struct Insert(pub(super) Database);

/// `claim.sql`: orders are taken up.
pub(super) struct Claim(pub(super) Database);

/// `advance.sql`: orders move, and their watchers are read after that is committed.
pub(super) struct Advance(pub(super) Database);

impl Statement for Insert {
    type Key = Uuid;
    type Answer = ();

    async fn run(&self, _: &[Uuid], rows: &Rows) -> Result<HashMap<Uuid, ()>, StatementError> {
        let stored = self
            .0
            .run(include_str!("sql/insert.sql"), &[&Json(rows)])
            .await?;
        by_order(&stored, |_| Ok(()))
    }
}

impl Statement for Claim {
    type Key = Uuid;
    /// A row that cannot be read concerns its own order alone.
    type Answer = Result<Held, Unavailable>;

    async fn run(
        &self,
        _: &[Uuid],
        rows: &Rows,
    ) -> Result<HashMap<Uuid, Self::Answer>, StatementError> {
        let claimed = self
            .0
            .run(include_str!("sql/claim.sql"), &[&Json(rows)])
            .await?;
        by_order(&claimed, |row| Ok(held(row)))
    }
}

impl Statement for Advance {
    type Key = Uuid;
    type Answer = Recorded;

    async fn run(
        &self,
        orders: &[Uuid],
        rows: &Rows,
    ) -> Result<HashMap<Uuid, Recorded>, StatementError> {
        const WATCHERS: &str = "SELECT order_id, connection_id FROM subscriptions \
            WHERE order_id = ANY ($1) AND live";
        let (moved, live) = self
            .0
            .run_then(
                (include_str!("sql/advance.sql"), &[&Json(rows)]),
                (WATCHERS, &[&orders]),
            )
            .await?;
        let mut recorded = by_order(&moved, |row| {
            Ok(Recorded {
                seq: get::<i64>(row, "last_seq")?.unsigned_abs(),
                at: get(row, "updated_at")?,
                watchers: Vec::new(),
            })
        })?;
        for row in &live {
            if let Some(recorded) = recorded.get_mut(&get(row, "order_id")?) {
                let name: &str = get(row, "connection_id")?;
                recorded.watchers.push(ConnectionId(name.into()));
            }
        }
        Ok(recorded)
    }
}

/// The answers of a statement by order.
fn by_order<A>(
    rows: &[Row],
    answer: impl Fn(&Row) -> Result<A, Unavailable>,
) -> Result<HashMap<Uuid, A>, StatementError> {
    rows.iter()
        .map(|row| Ok((get(row, "id")?, answer(row)?)))
        .collect()
}

fn held(row: &Row) -> Result<Held, Unavailable> {
    let order = rows::order(row)?;
    let transaction = rows::transaction(row, &order.swap)?;
    Ok(Held {
        epoch: get(row, "lease_epoch")?,
        transaction,
        abandoned: get(row, "abandoned")?,
        order,
    })
}
