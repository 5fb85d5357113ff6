//! The order book, added up where it is stored.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::Status,
    ports::{Cell, OrderStatistics, Percentiles, StoreError, Tally, Window},
};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::{
    PostgresOrders,
    error::StatementError,
    rows::{get, millis, natural},
};

#[async_trait]
impl OrderStatistics for PostgresOrders {
    async fn tally(&self, account: &AccountId, window: Window) -> Result<Tally, StoreError> {
        let [length, bucket] = [window.length(), window.bucket()].map(milliseconds);
        let confirmed = Status::Confirmed.name();
        let rows = self
            .database
            .run_repeatable(
                include_str!("sql/tally.sql"),
                &[&length, &bucket, &confirmed, &account.as_str()],
            )
            .await?;
        Ok(tally(&rows)?)
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(millis(duration)).unwrap_or(i64::MAX)
}

/// There is a row for each sum, and one without any when the window has no orders.
fn tally(rows: &[Row]) -> Result<Tally, StatementError> {
    let first = rows
        .first()
        .ok_or_else(|| StatementError::Unreadable("an answer without rows".into()))?;
    let mut cells = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(bucket) = get(row, "bucket")? {
            cells.push(cell(row, bucket)?);
        }
    }
    Ok(Tally {
        since: get(first, "since")?,
        until: get(first, "until")?,
        cells,
        to_confirmed: percentiles(first)?,
    })
}

fn cell(row: &Row, bucket: Timestamp) -> Result<Cell, StatementError> {
    Ok(Cell {
        bucket,
        ended: get(row, "ended")?,
        failure_code: get(row, "failure_code")?,
        token_in: get(row, "token_in")?,
        token_out: get(row, "token_out")?,
        orders: natural(get::<i64>(row, "orders")?, "orders")?,
        amount_in: get(row, "amount_in")?,
        amount_out: get(row, "amount_out")?,
    })
}

fn percentiles(row: &Row) -> Result<Option<Percentiles>, StatementError> {
    let Some(found) = get::<Option<Vec<i64>>>(row, "millis")? else {
        return Ok(None);
    };
    // A time that the database's clock was set back in is none at all.
    let found: Vec<Duration> = found
        .into_iter()
        .map(|millis| Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
        .collect();
    match found[..] {
        [p50, p95, p99] => Ok(Some(Percentiles { p50, p95, p99 })),
        _ => Err(StatementError::Unreadable("column millis".into())),
    }
}
