//! The three statements that write most: an order comes in, is claimed, moves. Each for any number
//! of orders.

use std::collections::HashMap;

use engine::{
    account::{AccountId, LimitReached},
    order::{Order, OrderKind, Status},
    ports::{Appended, Corrupt, LeasedOrder, Subscribers},
};
use tokio_postgres::{Row, types::Json};
use uuid::Uuid;

use super::{
    Database,
    batcher::{Rows, Statement},
    database::Params,
    error::StatementError,
    limits,
    rows::{self, get, natural},
    subscriptions,
};

/// `insert.sql`: orders come in. What it leaves out is stored already, has a key that is taken,
/// came too late, or has limits.
pub(super) struct Insert(pub(super) Database);

/// `insert_within_limits.sql`: one order of each account comes in.
pub(super) struct InsertInTurn(pub(super) Database);

/// What became of an order that came in its account's turn.
pub(super) struct CameIn {
    /// Whether there are limits for it.
    pub(super) has_limits: bool,
    /// The limit that it goes beyond; `None` when it is stored.
    pub(super) reached: Option<LimitReached>,
}

/// `claim.sql`: orders are taken up and begun with, and the subscribers of those are read after
/// that is committed.
pub(super) struct Claim(pub(super) Database);

/// `append.sql`: orders move, and their subscribers are read after that is committed.
pub(super) struct Append(pub(super) Database);

impl Statement for Insert {
    type Key = Uuid;
    type Answer = ();

    async fn run(&self, _: &[Uuid], rows: &Rows) -> Result<HashMap<Uuid, ()>, StatementError> {
        let stored = insert(&self.0, include_str!("sql/insert.sql"), rows).await?;
        by_order(&stored, |_| Ok(()))
    }
}

impl Statement for InsertInTurn {
    type Key = AccountId;
    type Answer = CameIn;

    async fn run(
        &self,
        _: &[AccountId],
        rows: &Rows,
    ) -> Result<HashMap<AccountId, CameIn>, StatementError> {
        let sql = include_str!("sql/insert_within_limits.sql");
        let came_in = insert(&self.0, sql, rows).await?;
        let came_in = came_in.iter().map(|row| {
            let answer = CameIn {
                has_limits: get(row, "has_limits")?,
                reached: limits::reached(row)?,
            };
            Ok((rows::account(row)?, answer))
        });
        came_in.collect()
    }
}

/// Orders have ids of their own: what was stored by a try without an answer is left out of the next
/// one.
async fn insert(database: &Database, sql: &str, rows: &Rows) -> Result<Vec<Row>, StatementError> {
    let given_up_at = database.given_up_at();
    database
        .run_repeatable(sql, &[&Json(rows), &given_up_at])
        .await
}

impl Statement for Claim {
    type Key = Uuid;
    /// A row that cannot be read concerns its own order alone.
    type Answer = Result<LeasedOrder, Corrupt>;

    async fn run(
        &self,
        orders: &[Uuid],
        rows: &Rows,
    ) -> Result<HashMap<Uuid, Self::Answer>, StatementError> {
        let from = Status::Pending;
        let to = from.after(&Order::BEGINNING).map_err(|invalid| {
            StatementError::Rejected(format!("no order can begin: {invalid}"))
        })?;
        let (version, event) = rows::stored(&Order::BEGINNING);
        let claim: Params<'_> = &[
            &Json(rows),
            &from.name(),
            &OrderKind::BEGIN_AT_ONCE.as_slice(),
            &to.name(),
            &version,
            &event,
        ];
        let (claimed, live) = self
            .0
            .run_then(
                (include_str!("sql/claim.sql"), claim),
                (include_str!("sql/live.sql"), &[&orders]),
            )
            .await?;
        if let Some(row) = claimed.first() {
            self.0.note_time(get(row, "now")?);
        }
        let mut leased = by_order(&claimed, |row| Ok(rows::leased(row)))?;
        for (order, subscribers) in subscribers(&live)? {
            if let Some(Ok(LeasedOrder {
                begun: Some(begun), ..
            })) = leased.get_mut(&order)
            {
                begun.subscribers = subscribers;
            }
        }
        Ok(leased)
    }
}

impl Statement for Append {
    type Key = Uuid;
    type Answer = Appended;

    async fn run(
        &self,
        orders: &[Uuid],
        rows: &Rows,
    ) -> Result<HashMap<Uuid, Appended>, StatementError> {
        let (moved, live) = self
            .0
            .run_then(
                (include_str!("sql/append.sql"), &[&Json(rows)]),
                (include_str!("sql/live.sql"), &[&orders]),
            )
            .await?;
        let mut appended = by_order(&moved, |row| {
            Ok(Appended {
                seq: natural(get::<i64>(row, "last_seq")?, "last_seq")?,
                at: get(row, "updated_at")?,
                subscribers: Subscribers::default(),
            })
        })?;
        for (order, subscribers) in subscribers(&live)? {
            if let Some(appended) = appended.get_mut(&order) {
                appended.subscribers = subscribers;
            }
        }
        Ok(appended)
    }
}

/// Those of `live.sql` by order.
fn subscribers(live: &[Row]) -> Result<HashMap<Uuid, Subscribers>, StatementError> {
    let mut found = HashMap::new();
    for row in live {
        subscriptions::add(found.entry(get(row, "order_id")?).or_default(), row)?;
    }
    Ok(found)
}

/// The answers of a statement by order.
fn by_order<A>(
    rows: &[Row],
    answer: impl Fn(&Row) -> Result<A, StatementError>,
) -> Result<HashMap<Uuid, A>, StatementError> {
    rows.iter()
        .map(|row| Ok((get(row, "id")?, answer(row)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    /// What stands between two texts of a statement.
    fn part<'a>(sql: &'a str, from: &str, to: &str) -> &'a str {
        let begun = sql.split_once(from).expect("it begins").1;
        begun.split_once(to).expect("it ends").0
    }

    /// The one is the other with limits: a column that only one of them stored would be missing of
    /// some accounts' orders.
    #[test]
    fn an_order_is_stored_alike_within_limits_and_without() {
        let without = include_str!("sql/insert.sql");
        let within = include_str!("sql/insert_within_limits.sql");
        for (from, to) in [
            ("WITH input AS (", "\n), "),
            ("), stored AS (", "\n    FROM input"),
            ("ON CONFLICT", "\n), "),
            ("), placed AS (", "\nSELECT"),
        ] {
            assert_eq!(part(within, from, to), part(without, from, to), "{from}");
        }
    }
}
