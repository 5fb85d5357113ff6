//! Rows and the engine's types. A row that the engine cannot read is a defect, told with the order
//! and the column.

mod event;
mod event_v1;
mod order;
mod transition;
mod values;

use std::{str::FromStr, time::Duration};

use engine::account::AccountId;
use tokio_postgres::{Row, types::FromSql};

use super::error::StatementError;

pub(super) use self::{
    event::{EVENT_COLUMNS, event_record, stored},
    order::{BARE_COLUMNS, NewOrderRow, ORDER_COLUMNS, WITH_WAITING, leased, order, signed_swap},
    transition::TransitionRow,
};

/// The input of `claim.sql`.
#[derive(Debug, serde::Serialize)]
pub(super) struct ClaimRow {
    pub(super) id: uuid::Uuid,
    pub(super) attempt: u32,
    pub(super) lease_ms: u64,
}

/// A column of a row.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: &str) -> Result<T, StatementError> {
    row.try_get(column)
        .map_err(|error| StatementError::Unreadable(format!("column {column}: {error}")))
}

/// Whose a row is.
pub(super) fn account(row: &Row) -> Result<AccountId, StatementError> {
    let name: &str = get(row, "account_id")?;
    name.parse()
        .map_err(|error| StatementError::Unreadable(format!("column account_id: {error}")))
}

/// A text of which something is read, if there is one.
pub(super) fn parsed<T: FromStr>(row: &Row, column: &str) -> Result<Option<T>, StatementError> {
    let text: Option<&str> = get(row, column)?;
    let read = text.map(str::parse).transpose();
    read.map_err(|_| StatementError::Unreadable(format!("column {column}")))
}

/// A count or a number that the column's CHECK keeps from being negative.
pub(super) fn natural<T: TryFrom<i64>>(
    value: impl Into<i64>,
    column: &str,
) -> Result<T, StatementError> {
    let value = value.into();
    T::try_from(value).map_err(|_| StatementError::Unreadable(format!("column {column}: {value}")))
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
            text
        })
}
