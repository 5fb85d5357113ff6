//! Rows and the engine's types. A row that the engine cannot read is a defect, told with the order and the column.

use engine::{
    amount::Amount,
    failure::Failure,
    lifecycle::Change,
    order::{Bps, NewOrder, Order, OrderId, Swap, Token},
    ports::{SignedTransaction, TransactionEnd, Transition, Unavailable},
    update::{Update, executed_price},
};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use tokio_postgres::Row;
use uuid::Uuid;

/// The input of `insert.sql`.
#[derive(Debug, Serialize)]
pub(super) struct NewOrderRow<'a> {
    id: Uuid,
    token_in: &'a str,
    token_out: &'a str,
    decimals_in: u8,
    decimals_out: u8,
    amount: String,
    slippage_bps: u16,
    lifetime_ms: u64,
    idempotency_key: Option<&'a str>,
    request_hash: Option<String>,
}

impl<'a> NewOrderRow<'a> {
    pub(super) fn new(order: &'a NewOrder, lifetime: Duration) -> Self {
        let swap = &order.swap;
        Self {
            id: order.id.0,
            token_in: &swap.token_in.symbol,
            token_out: &swap.token_out.symbol,
            decimals_in: swap.token_in.decimals,
            decimals_out: swap.token_out.decimals,
            amount: swap.sent().to_string(),
            slippage_bps: swap.slippage.get(),
            lifetime_ms: millis(lifetime),
            idempotency_key: order.idempotency.as_ref().map(|key| key.key.as_str()),
            request_hash: order.idempotency.as_ref().map(|key| hex(&key.request_hash)),
        }
    }
}

/// The input of `claim.sql`.
#[derive(Debug, Serialize)]
pub(super) struct ClaimRow {
    pub(super) id: Uuid,
    pub(super) attempt: u32,
    pub(super) lease_ms: u64,
}

/// The input of `advance.sql`. What is absent stays as it is, or becomes null; the statement tells which.
#[derive(Debug, Default, Serialize)]
pub(super) struct AdvanceRow<'a> {
    id: Uuid,
    epoch: i64,
    was: &'static str,
    status: &'static str,
    attempt: u32,
    payload: Option<&'a Value>,
    lease_ms: Option<u64>,
    chosen_dex: Option<&'static str>,
    quoted_out: Option<String>,
    tx_hash: Option<String>,
    executed_price: Option<String>,
    amount_out: Option<String>,
    failure_reason: Option<String>,
    failure_code: Option<&'static str>,
    signed: Option<String>,
    last_valid_height: Option<u64>,
    min_out: Option<String>,
    ended: Option<&'static str>,
    retry_in_ms: Option<u64>,
}

impl<'a> AdvanceRow<'a> {
    pub(super) fn new(transition: &Transition<'a>) -> Self {
        let Transition {
            hold,
            to,
            change,
            payload,
            lease,
        } = *transition;
        let held_after = !to.is_final() && !matches!(change, Change::Retrying { .. });
        let mut row = Self {
            id: hold.order.id.0,
            epoch: hold.epoch,
            was: hold.order.status.name(),
            status: to.name(),
            attempt: transition.attempt(),
            payload: Some(payload),
            lease_ms: held_after.then(|| millis(lease)),
            ..Self::default()
        };
        row.fill(change, &hold.order.swap);
        row
    }

    fn fill(&mut self, change: &Change, swap: &Swap) {
        match change {
            Change::Routing => {}
            Change::Building {
                dex, quoted_out, ..
            } => {
                self.chosen_dex = Some(dex.name());
                self.quoted_out = Some(swap.received(*quoted_out).to_string());
            }
            Change::Submitted { transaction } => {
                self.tx_hash = Some(transaction.signature.clone());
                self.signed = Some(hex(&transaction.bytes));
                self.last_valid_height = Some(transaction.last_valid_height);
                self.min_out = Some(swap.received(transaction.min_out).to_string());
            }
            Change::Confirmed { amount_out } => {
                self.ended = Some(TransactionEnd::Landed.name());
                self.amount_out = Some(swap.received(*amount_out).to_string());
                self.executed_price = Some(executed_price(swap, *amount_out).to_string());
            }
            Change::Retrying { settled, after, .. } => {
                self.ended = settled.map(TransactionEnd::name);
                self.retry_in_ms = Some(millis(*after));
            }
            Change::Failed { failure, settled } => {
                self.ended = settled.map(TransactionEnd::name);
                self.failure_reason = Some(failure.reason.clone());
                self.failure_code = Some(failure.code.name());
            }
        }
    }
}

/// Reads an `orders` row.
pub(super) fn order(row: &Row) -> Result<Order, Unavailable> {
    let id = OrderId(get(row, "id")?);
    let unreadable =
        |column: &str| Unavailable(format!("order {id}: column {column} cannot be read"));
    let token = |symbol: &str, decimals: &str| -> Result<Token, Unavailable> {
        let decimals: i16 = get(row, decimals)?;
        Ok(Token {
            symbol: get(row, symbol)?,
            decimals: u8::try_from(decimals).unwrap_or(0),
        })
    };
    let (token_in, token_out) = (
        token("token_in", "decimals_in")?,
        token("token_out", "decimals_out")?,
    );
    let out = |column: &str| -> Result<Option<u64>, Unavailable> {
        let value: Option<Decimal> = get(row, column)?;
        value
            .map(|value| units(value, token_out.decimals).ok_or_else(|| unreadable(column)))
            .transpose()
    };
    let amount_in =
        units(get(row, "amount")?, token_in.decimals).ok_or_else(|| unreadable("amount"))?;
    let slippage: i16 = get(row, "slippage_bps")?;
    let slippage = u16::try_from(slippage)
        .ok()
        .and_then(Bps::slippage)
        .ok_or_else(|| unreadable("slippage_bps"))?;
    let (quoted_out, amount_out) = (out("quoted_out")?, out("amount_out")?);
    Ok(Order {
        id,
        status: get::<String>(row, "status")?
            .parse()
            .map_err(|_| unreadable("status"))?,
        attempt: natural(get(row, "attempt")?),
        last_seq: get::<i64>(row, "last_seq")?.unsigned_abs(),
        deadline: get(row, "deadline")?,
        chosen_dex: get::<Option<String>>(row, "chosen_dex")?
            .map(|name| name.parse().map_err(|_| unreadable("chosen_dex")))
            .transpose()?,
        quoted_out,
        tx_hash: get(row, "tx_hash")?,
        amount_out,
        failure: failure(row)?.map_err(|()| unreadable("failure_code"))?,
        created_at: get(row, "created_at")?,
        updated_at: get(row, "updated_at")?,
        swap: Swap {
            token_in,
            token_out,
            amount_in,
            slippage,
        },
    })
}

fn failure(row: &Row) -> Result<Result<Option<Failure>, ()>, Unavailable> {
    let (code, reason): (Option<String>, Option<String>) =
        (get(row, "failure_code")?, get(row, "failure_reason")?);
    let Some(code) = code else {
        return Ok(Ok(None));
    };
    Ok(code
        .parse()
        .map(|code| Some(Failure::new(code, reason.unwrap_or_default())))
        .map_err(|_| ()))
}

/// Reads the transaction joined to a claimed order.
pub(super) fn transaction(
    row: &Row,
    swap: &Swap,
) -> Result<Option<SignedTransaction>, Unavailable> {
    let Some(signature) = get::<Option<String>>(row, "signature")? else {
        return Ok(None);
    };
    let min_out: Decimal = get(row, "min_out")?;
    let min_out = units(min_out, swap.token_out.decimals).ok_or_else(|| {
        Unavailable(format!(
            "transaction {signature}: column min_out cannot be read"
        ))
    })?;
    Ok(Some(SignedTransaction {
        signature,
        bytes: get(row, "signed")?,
        last_valid_height: get::<i64>(row, "last_valid_height")?.unsigned_abs(),
        min_out,
    }))
}

/// Reads an `order_events` row.
pub(super) fn update(row: &Row) -> Result<Update, Unavailable> {
    let order_id = OrderId(get(row, "order_id")?);
    let status: String = get(row, "status")?;
    Ok(Update {
        order_id,
        seq: get::<i64>(row, "seq")?.unsigned_abs(),
        status: status.parse().map_err(|_| {
            Unavailable(format!(
                "order {order_id}: an event's status cannot be read"
            ))
        })?,
        attempt: natural(get(row, "attempt")?),
        at: get(row, "at")?,
        payload: get(row, "payload")?,
    })
}

pub(super) fn get<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a Row,
    column: &str,
) -> Result<T, Unavailable> {
    row.try_get(column)
        .map_err(|error| Unavailable(format!("column {column} cannot be read: {error}")))
}

pub(super) fn natural(value: i32) -> u32 {
    value.unsigned_abs() // the column's CHECK keeps it positive
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn units(value: Decimal, decimals: u8) -> Option<u64> {
    Amount::from_decimal(value, decimals).map(Amount::units)
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
