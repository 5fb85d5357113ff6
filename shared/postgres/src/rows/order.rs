//! Rows of `orders`.

use std::{str::FromStr, time::Duration};

use engine::{
    order::{
        Failure, Fill, Market, NewOrder, Order, OrderId, OrderKind, SignedTransaction,
        SlippageTolerance, Status, Swap, Token, TokenAmount,
    },
    ports::{Corrupt, LeasedOrder},
    routing::{Route, VenueId},
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use tokio_postgres::{
    Row,
    types::{FromSql, Json},
};
use uuid::Uuid;

use super::{
    event::{StoredEvent, VERSION},
    hex, millis,
    values::{self, StoredPool},
};

/// What [`order`] reads, of `orders o`.
pub(in super::super) const ORDER_COLUMNS: &str = "o.id, o.type, o.token_in, o.token_out, \
    o.decimals_in, o.decimals_out, o.amount, o.slippage_bps, o.status, o.attempt, o.last_seq, \
    o.deadline, o.chosen_dex, o.route, o.quoted_out, o.tx_hash, o.executed_price, o.amount_out, \
    o.failure_reason, o.failure_code, o.created_at, o.updated_at";

/// The input of `insert.sql`.
#[derive(Debug, Serialize)]
pub(in super::super) struct NewOrderRow<'a> {
    id: Uuid,
    #[serde(rename = "type")]
    kind: &'static str,
    token_in: &'a str,
    token_out: &'a str,
    decimals_in: u8,
    decimals_out: u8,
    amount: String,
    slippage_bps: u16,
    status: &'static str,
    lifetime_ms: u64,
    idempotency_key: Option<&'a str>,
    request_hash: Option<String>,
    version: i16,
    event: StoredEvent,
}

impl<'a> NewOrderRow<'a> {
    pub(in super::super) fn new(order: &'a NewOrder, lifetime: Duration) -> Self {
        let swap = &order.swap;
        let OrderKind::Market(Market { slippage }) = &order.kind;
        Self {
            id: order.id.0,
            kind: order.kind.name(),
            token_in: &swap.token_in.symbol,
            token_out: &swap.token_out.symbol,
            decimals_in: swap.token_in.decimals,
            decimals_out: swap.token_out.decimals,
            amount: swap.amount_in.to_string(),
            slippage_bps: slippage.bps(),
            status: Status::Pending.name(),
            lifetime_ms: millis(lifetime),
            idempotency_key: order.idempotency.as_ref().map(|key| key.key.as_str()),
            request_hash: order.idempotency.as_ref().map(|key| hex(&key.request_hash)),
            version: VERSION,
            event: StoredEvent::Accepted,
        }
    }
}

/// Reads an order.
pub(in super::super) fn order(row: &Row) -> Result<Order, Corrupt> {
    let columns = Columns::of(row)?;
    let (token_in, token_out) = (
        columns.token("token_in", "decimals_in")?,
        columns.token("token_out", "decimals_out")?,
    );
    let out = |column| columns.optional_amount(column, &token_out);
    let (quoted_out, amount_out) = (out("quoted_out")?, out("amount_out")?);
    Ok(Order {
        id: columns.id,
        kind: columns.kind()?,
        status: columns.parsed("status")?,
        attempt: columns.natural::<i32, _>("attempt")?,
        last_seq: columns.natural::<i64, _>("last_seq")?,
        deadline: columns.get("deadline")?,
        route: columns.route()?,
        quoted_out,
        tx_hash: columns.get("tx_hash")?,
        fill: columns.fill(amount_out)?,
        failure: columns.failure()?,
        created_at: columns.created_at,
        updated_at: columns.get("updated_at")?,
        swap: Swap {
            amount_in: columns.amount("amount", &token_in)?,
            token_in,
            token_out,
        },
    })
}

/// Reads an order that was just claimed, with the transaction that may still land.
pub(in super::super) fn leased(row: &Row) -> Result<LeasedOrder, Corrupt> {
    let order = order(row)?;
    let columns = Columns::of(row)?;
    let transaction = match columns.get::<Option<String>>("signature")? {
        None => None,
        Some(signature) => Some(SignedTransaction {
            signature,
            bytes: columns.get("signed")?,
            last_valid_height: columns.natural::<i64, _>("last_valid_height")?,
            min_out: columns.amount("min_out", &order.swap.token_out)?,
        }),
    };
    Ok(LeasedOrder {
        token: columns.get("lease_epoch")?,
        abandoned: columns.get("abandoned")?,
        transaction,
        order,
    })
}

/// A row, and how to say that a column of it cannot be read.
struct Columns<'a> {
    row: &'a Row,
    id: OrderId,
    created_at: Timestamp,
}

impl<'a> Columns<'a> {
    fn of(row: &'a Row) -> Result<Self, Corrupt> {
        // Both are NOT NULL and of the type that is read; were they not, the order has no name.
        Ok(Self {
            row,
            id: OrderId(row.try_get("id").unwrap_or_default()),
            created_at: row.try_get("created_at").unwrap_or_default(),
        })
    }

    fn corrupt(&self, column: &str) -> Corrupt {
        Corrupt {
            id: self.id,
            created_at: self.created_at,
            what: format!("column {column}"),
        }
    }

    fn get<T: FromSql<'a>>(&self, column: &str) -> Result<T, Corrupt> {
        self.row.try_get(column).map_err(|_| self.corrupt(column))
    }

    fn natural<S: FromSql<'a>, T: TryFrom<S>>(&self, column: &str) -> Result<T, Corrupt> {
        T::try_from(self.get(column)?).map_err(|_| self.corrupt(column))
    }

    fn parsed<T: FromStr>(&self, column: &str) -> Result<T, Corrupt> {
        let text: &str = self.get(column)?;
        text.parse().map_err(|_| self.corrupt(column))
    }

    fn token(&self, symbol: &str, decimals: &str) -> Result<Token, Corrupt> {
        Ok(Token {
            symbol: self.get(symbol)?,
            decimals: self.natural::<i16, _>(decimals)?,
        })
    }

    fn amount(&self, column: &str, token: &Token) -> Result<TokenAmount, Corrupt> {
        self.optional_amount(column, token)?
            .ok_or_else(|| self.corrupt(column))
    }

    fn optional_amount(&self, column: &str, token: &Token) -> Result<Option<TokenAmount>, Corrupt> {
        let value: Option<Decimal> = self.get(column)?;
        value
            .map(|value| values::amount(value, token.decimals).ok_or_else(|| self.corrupt(column)))
            .transpose()
    }

    fn kind(&self) -> Result<OrderKind, Corrupt> {
        match self.get("type")? {
            Market::NAME => {
                let slippage = SlippageTolerance::from_bps(self.natural::<i16, _>("slippage_bps")?)
                    .ok_or_else(|| self.corrupt("slippage_bps"))?;
                Ok(OrderKind::Market(Market { slippage }))
            }
            _ => Err(self.corrupt("type")),
        }
    }

    fn route(&self) -> Result<Option<Route>, Corrupt> {
        let venue: Option<&str> = self.get("chosen_dex")?;
        let pool: Option<Json<StoredPool>> = self.get("route")?;
        Ok(venue.map(|venue| Route {
            venue: VenueId::new(venue),
            pool: pool.map(|Json(stored)| stored.into()),
        }))
    }

    fn fill(&self, amount_out: Option<TokenAmount>) -> Result<Option<Fill>, Corrupt> {
        let price: Option<Decimal> = self.get("executed_price")?;
        match (amount_out, price) {
            (Some(amount_out), Some(price)) => Ok(Some(Fill { amount_out, price })),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => Err(self.corrupt("executed_price")),
        }
    }

    fn failure(&self) -> Result<Option<Failure>, Corrupt> {
        let (code, reason): (Option<&str>, Option<String>) =
            (self.get("failure_code")?, self.get("failure_reason")?);
        match (code, reason) {
            (None, None) => Ok(None),
            (Some(code), Some(reason)) => {
                let code = code.parse().map_err(|_| self.corrupt("failure_code"))?;
                Ok(Some(Failure::new(code, reason)))
            }
            (Some(_), None) | (None, Some(_)) => Err(self.corrupt("failure_reason")),
        }
    }
}
