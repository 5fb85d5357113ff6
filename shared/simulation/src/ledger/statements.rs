//! The ledger's two statements, each for any number of transactions.

use std::{collections::HashMap, time::Duration};

use postgres::{Database, Rows, Statement, StatementError};
use rust_decimal::Decimal;
use serde::Serialize;
use tokio_postgres::{Row, types::Json};
use uuid::Uuid;

use super::{Entry, Verdict, units};
use crate::{time::SLOT_MS, transaction::Message};

/// Transactions come in.
pub(super) struct Receive(pub(super) Database);

/// Transactions are looked up.
pub(super) struct Look(pub(super) Database);

/// A transaction, as `chain.transactions` keeps it.
#[derive(Serialize)]
pub(super) struct Received<'a> {
    signature: &'a str,
    order_id: Uuid,
    venue: &'a str,
    token_in: &'a str,
    token_out: &'a str,
    decimals_out: Option<u8>,
    amount_in: u64,
    min_out: u64,
    last_valid_height: u64,
    delay_ms: u64,
    landing_height: u64,
    amount_out: Option<u64>,
    error: Option<&'a str>,
}

impl<'a> Received<'a> {
    pub(super) fn new(signature: &'a str, message: &'a Message, verdict: &Verdict) -> Self {
        Self {
            signature,
            order_id: message.order,
            venue: &message.venue,
            token_in: &message.token_in,
            token_out: &message.token_out,
            decimals_out: message.decimals_out,
            amount_in: message.amount_in,
            min_out: message.min_out,
            last_valid_height: message.last_valid_height,
            delay_ms: u64::try_from(verdict.delay.as_millis()).unwrap_or(u64::MAX),
            landing_height: verdict.landing_height,
            amount_out: verdict.outcome.ok(),
            error: verdict.outcome.err(),
        }
    }
}

impl Statement for Receive {
    type Key = String;
    type Answer = ();

    async fn run(&self, _: &[String], rows: &Rows) -> Result<HashMap<String, ()>, StatementError> {
        const RECEIVE: &str = "INSERT INTO chain.transactions (signature, order_id, venue, token_in, token_out, \
                amount_in, min_out, last_valid_height, received_at, lands_at, landing_height, amount_out, error, decimals_out) \
            SELECT signature, order_id, venue, token_in, token_out, amount_in, min_out, last_valid_height, \
                clock_timestamp(), clock_timestamp() + delay_ms * interval '1 millisecond', landing_height, \
                amount_out, error, decimals_out \
            FROM jsonb_to_recordset($1) AS i (signature text, order_id uuid, venue text, token_in text, \
                token_out text, amount_in numeric, min_out numeric, last_valid_height bigint, delay_ms bigint, \
                landing_height bigint, amount_out numeric, error text, decimals_out smallint) \
            WHERE landing_height <= last_valid_height \
              AND floor(extract(epoch FROM clock_timestamp()) * 1000 / $2::numeric) <= last_valid_height \
            ON CONFLICT (signature) DO NOTHING";
        let slot = Decimal::from(SLOT_MS);
        self.0
            .run_repeatable(RECEIVE, &[&Json(rows), &slot])
            .await?;
        Ok(HashMap::new()) // whether it was new is nobody's business: the record will tell
    }
}

impl Statement for Look {
    type Key = String;
    type Answer = Entry;

    async fn run(
        &self,
        _: &[String],
        rows: &Rows,
    ) -> Result<HashMap<String, Entry>, StatementError> {
        const LOOK: &str = "SELECT signature, token_out, decimals_out, amount_out, error, \
                ceil(greatest(extract(epoch FROM lands_at - clock_timestamp()), 0) * 1000)::bigint AS wait_ms \
            FROM jsonb_array_elements_text($1) AS asked JOIN chain.transactions ON signature = asked";
        let found = self.0.run_repeatable(LOOK, &[&Json(rows)]).await?;
        found.iter().map(entry).collect()
    }
}

fn entry(row: &Row) -> Result<(String, Entry), StatementError> {
    let wait: i64 = row.try_get("wait_ms").map_err(unreadable)?;
    let error: Option<String> = row.try_get("error").map_err(unreadable)?;
    let paid: Option<Decimal> = row.try_get("amount_out").map_err(unreadable)?;
    let decimals: Option<i16> = row.try_get("decimals_out").map_err(unreadable)?;
    let outcome = match (paid, error) {
        (Some(paid), None) => Ok(units(paid).ok_or_else(|| unreadable_column("amount_out"))?),
        (None, Some(error)) => Err(error),
        (Some(_), Some(_)) | (None, None) => return Err(unreadable_column("amount_out, error")),
    };
    let entry = Entry {
        wait: Duration::from_millis(wait.unsigned_abs()),
        token_out: row.try_get("token_out").map_err(unreadable)?,
        decimals_out: decimals
            .map(|decimals| u8::try_from(decimals).map_err(|_| unreadable_column("decimals_out")))
            .transpose()?,
        outcome,
    };
    Ok((row.try_get("signature").map_err(unreadable)?, entry))
}

pub(super) fn unreadable(error: tokio_postgres::Error) -> StatementError {
    StatementError::Unreadable(postgres::explain(&error))
}

pub(super) fn unreadable_column(column: &str) -> StatementError {
    StatementError::Unreadable(format!("column {column} of the ledger cannot be read"))
}
