//! Rows of `orders`.

use std::{net::IpAddr, str::FromStr};

use engine::{
    account::KeyId,
    order::{
        ClientOrderId, ExecutablePrice, Failure, Fill, Lifetime, Limit, LimitPrice, Market,
        NewOrder, Order, OrderId, OrderKind, SignedTransaction, SlippageTolerance, Sniper, Status,
        Swap, TimeInForce, Token, TokenAmount, Unmet, Waiting,
    },
    ports::{Appended, Corrupt, EarlierSwap, LeasedOrder, Subscribers},
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

use super::super::error::StatementError;
use super::{
    event::{StoredEvent, VERSION},
    get, hex, millis, natural,
    values::{self, StoredFired, StoredPool, StoredSniper},
};

/// The columns that [`order`] reads: as a statement selects them, of `orders o` and the row of what
/// it waits for ([`WITH_WAITING`]), and by their place in the answer. A page has hundreds of
/// values, and each would be looked for by its name.
macro_rules! order_columns {
    ($first:literal $(, $name:literal)*; $($waiting:literal),*) => {
        pub(in super::super) const ORDER_COLUMNS: &str =
            concat!("o.", $first $(, ", o.", $name)* $(, ", w.", $waiting)*);
        /// Those of `orders` alone, and by their names alone.
        pub(in super::super) const BARE_COLUMNS: &str = concat!($first $(, ", ", $name)*);
        const NAMES: &[&str] = &[$first $(, $name)* $(, $waiting)*];
    };
}

/// Joins `orders o` with what an order waits for. Nothing is looked up for one that does not wait.
pub(in super::super) const WITH_WAITING: &str = "LEFT JOIN LATERAL ( \
    SELECT reason, best_price, best_venue, checks, checked_at FROM waiting \
    WHERE o.status = 'waiting' AND order_id = o.id OFFSET 0) w ON true";

order_columns!(
    "id",
    "type",
    "token_in",
    "token_out",
    "decimals_in",
    "decimals_out",
    "amount",
    "slippage_bps",
    "status",
    "attempt",
    "last_seq",
    "deadline",
    "chosen_dex",
    "route",
    "quoted_out",
    "tx_hash",
    "executed_price",
    "amount_out",
    "failure_reason",
    "failure_code",
    "created_at",
    "updated_at",
    "min_amount_out",
    "limit_price",
    "time_in_force",
    "client_order_id",
    "tries",
    "triggers",
    "cancel_requested",
    "fired",
    "sniper",
    "account_id";
    "reason",
    "best_price",
    "best_venue",
    "checks",
    "checked_at"
);

/// The place of a column; a name that is none does not compile.
macro_rules! column {
    ($name:literal) => {
        const { place($name) }
    };
}

const fn place(name: &str) -> usize {
    let mut place = 0;
    while place < NAMES.len() {
        if is_same(NAMES[place].as_bytes(), name.as_bytes()) {
            return place;
        }
        place += 1;
    }
    panic!("not a column of an order")
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while a.len() == b.len() && at < a.len() && a[at] == b[at] {
        at += 1;
    }
    a.len() == b.len() && at == a.len()
}

/// The input of `insert.sql`.
#[derive(Debug, Serialize)]
pub(in super::super) struct NewOrderRow<'a> {
    id: Uuid,
    account: &'a str,
    key: Option<&'a str>,
    source: Option<IpAddr>,
    #[serde(rename = "type")]
    kind: &'static str,
    token_in: &'a str,
    token_out: &'a str,
    decimals_in: u8,
    decimals_out: u8,
    amount: String,
    slippage_bps: u16,
    status: &'static str,
    lifetime_ms: Option<u64>,
    expires_at: Option<Timestamp>,
    min_amount_out: Option<String>,
    limit_price: Option<String>,
    time_in_force: Option<&'static str>,
    sniper: Option<StoredSniper>,
    client_order_id: Option<&'a str>,
    idempotency_key: Option<&'a str>,
    request_hash: Option<String>,
    version: i16,
    event: StoredEvent,
}

impl<'a> NewOrderRow<'a> {
    pub(in super::super) fn new(order: &'a NewOrder, lifetime: Lifetime) -> Self {
        let swap = &order.swap;
        let (min_amount_out, price, time_in_force, sniper) = match &order.kind {
            OrderKind::Market(market) => (market.min_amount_out, None, None, None),
            OrderKind::Limit(limit) => (None, Some(limit.price), Some(limit.time_in_force), None),
            OrderKind::Sniper(sniper) => (None, sniper.price, None, Some(sniper.into())),
        };
        let (lifetime_ms, expires_at) = match lifetime {
            Lifetime::For(duration) => (Some(millis(duration)), None),
            Lifetime::Until(moment) => (None, Some(moment)),
        };
        Self {
            id: order.id.0,
            account: order.by.account.as_str(),
            key: order.by.key.as_ref().map(KeyId::as_str),
            source: order.by.source,
            kind: order.kind.name(),
            token_in: &swap.token_in.symbol,
            token_out: &swap.token_out.symbol,
            decimals_in: swap.token_in.decimals,
            decimals_out: swap.token_out.decimals,
            amount: swap.amount_in.to_string(),
            slippage_bps: order.kind.slippage().bps(),
            status: Status::Pending.name(),
            lifetime_ms,
            expires_at,
            min_amount_out: min_amount_out.map(|amount| amount.to_string()),
            limit_price: price.map(|price| price.to_string()),
            time_in_force: time_in_force.map(TimeInForce::name),
            sniper,
            client_order_id: order.client_order_id.as_ref().map(ClientOrderId::as_str),
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
        columns.token(column!("token_in"), column!("decimals_in"))?,
        columns.token(column!("token_out"), column!("decimals_out"))?,
    );
    let out = |column| columns.optional_amount(column, &token_out);
    let (quoted_out, amount_out) = (out(column!("quoted_out"))?, out(column!("amount_out"))?);
    Ok(Order {
        id: columns.id,
        account: columns.parsed(column!("account_id"))?,
        kind: columns.kind(&token_out)?,
        client_order_id: columns.client_order_id()?,
        tries: columns.natural::<i32, _>(column!("tries"))?,
        triggers: columns.natural::<i32, _>(column!("triggers"))?,
        cancel_requested: columns.get(column!("cancel_requested"))?,
        waiting: columns.waiting()?,
        fired: columns
            .get::<Option<Json<StoredFired>>>(column!("fired"))?
            .map(|Json(stored)| stored.into()),
        status: columns.parsed(column!("status"))?,
        attempt: columns.natural::<i32, _>(column!("attempt"))?,
        last_seq: columns.natural::<i64, _>(column!("last_seq"))?,
        deadline: columns.get(column!("deadline"))?,
        route: columns.route()?,
        quoted_out,
        tx_hash: columns.get(column!("tx_hash"))?,
        fill: columns.fill(amount_out)?,
        failure: columns.failure()?,
        created_at: columns.created_at,
        updated_at: columns.get(column!("updated_at"))?,
        swap: Swap {
            amount_in: columns.amount(column!("amount"), &token_in)?,
            token_in,
            token_out,
        },
    })
}

/// Reads a transaction that was signed for an order.
pub(in super::super) fn signed_swap(row: &Row) -> Result<EarlierSwap, StatementError> {
    let decimals: i16 = get(row, "decimals_out")?;
    let decimals = natural(decimals, "decimals_out")?;
    let amount = |column: &str| {
        let amount = values::amount(get(row, column)?, decimals);
        amount.ok_or_else(|| StatementError::Unreadable(format!("column {column}")))
    };
    let height: i64 = get(row, "last_valid_height")?;
    Ok(EarlierSwap {
        transaction: SignedTransaction {
            signature: get(row, "signature")?,
            bytes: get(row, "signed")?,
            last_valid_height: natural(height, "last_valid_height")?,
            min_out: amount("min_out")?,
        },
        venue: VenueId::new(get::<&str>(row, "venue")?),
        quoted_out: amount("quoted_out")?,
    })
}

/// Reads an order that was just claimed, with the transaction that may still land.
pub(in super::super) fn leased(row: &Row) -> Result<LeasedOrder, Corrupt> {
    let order = order(row)?;
    let columns = Columns::of(row)?;
    let transaction = match columns.named::<Option<String>>("signature")? {
        None => None,
        Some(signature) => Some(SignedTransaction {
            signature,
            bytes: columns.named("signed")?,
            last_valid_height: u64::try_from(columns.named::<i64>("last_valid_height")?)
                .map_err(|_| columns.unreadable("last_valid_height"))?,
            min_out: values::amount(columns.named("min_out")?, order.swap.token_out.decimals)
                .ok_or_else(|| columns.unreadable("min_out"))?,
        }),
    };
    let begun = columns.named::<bool>("begins")?.then(|| Appended {
        seq: order.last_seq,
        at: order.updated_at,
        subscribers: Subscribers::default(),
    });
    Ok(LeasedOrder {
        begun,
        token: columns.named("lease_epoch")?,
        abandoned: columns.named("abandoned")?,
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
            id: OrderId(row.try_get(column!("id")).unwrap_or_default()),
            created_at: row.try_get(column!("created_at")).unwrap_or_default(),
        })
    }

    fn corrupt(&self, column: usize) -> Corrupt {
        self.unreadable(NAMES[column])
    }

    fn unreadable(&self, column: &str) -> Corrupt {
        Corrupt {
            id: self.id,
            created_at: self.created_at,
            what: format!("column {column}"),
        }
    }

    /// A column that stands beside the order's own.
    fn named<T: FromSql<'a>>(&self, column: &str) -> Result<T, Corrupt> {
        self.row
            .try_get(column)
            .map_err(|_| self.unreadable(column))
    }

    fn get<T: FromSql<'a>>(&self, column: usize) -> Result<T, Corrupt> {
        self.row.try_get(column).map_err(|_| self.corrupt(column))
    }

    fn natural<S: FromSql<'a>, T: TryFrom<S>>(&self, column: usize) -> Result<T, Corrupt> {
        T::try_from(self.get(column)?).map_err(|_| self.corrupt(column))
    }

    fn parsed<T: FromStr>(&self, column: usize) -> Result<T, Corrupt> {
        let text: &str = self.get(column)?;
        text.parse().map_err(|_| self.corrupt(column))
    }

    fn token(&self, symbol: usize, decimals: usize) -> Result<Token, Corrupt> {
        Ok(Token {
            symbol: self.get(symbol)?,
            decimals: self.natural::<i16, _>(decimals)?,
        })
    }

    fn amount(&self, column: usize, token: &Token) -> Result<TokenAmount, Corrupt> {
        self.optional_amount(column, token)?
            .ok_or_else(|| self.corrupt(column))
    }

    fn optional_amount(
        &self,
        column: usize,
        token: &Token,
    ) -> Result<Option<TokenAmount>, Corrupt> {
        let value: Option<Decimal> = self.get(column)?;
        value
            .map(|value| values::amount(value, token.decimals).ok_or_else(|| self.corrupt(column)))
            .transpose()
    }

    fn kind(&self, token_out: &Token) -> Result<OrderKind, Corrupt> {
        let slippage =
            SlippageTolerance::from_bps(self.natural::<i16, _>(column!("slippage_bps"))?)
                .ok_or_else(|| self.corrupt(column!("slippage_bps")))?;
        match self.get(column!("type"))? {
            Market::NAME => Ok(OrderKind::Market(Market {
                slippage,
                min_amount_out: self.optional_amount(column!("min_amount_out"), token_out)?,
            })),
            Limit::NAME => Ok(OrderKind::Limit(Limit {
                slippage,
                price: self
                    .limit_price()?
                    .ok_or_else(|| self.corrupt(column!("limit_price")))?,
                time_in_force: self.parsed(column!("time_in_force"))?,
                expires_at: self.get(column!("deadline"))?,
            })),
            Sniper::NAME => {
                let stored: Option<Json<StoredSniper>> = self.get(column!("sniper"))?;
                let (price, expires_at) = (self.limit_price()?, self.get(column!("deadline"))?);
                stored
                    .and_then(|Json(terms)| terms.with(slippage, price, expires_at))
                    .map(OrderKind::Sniper)
                    .ok_or_else(|| self.corrupt(column!("sniper")))
            }
            _ => Err(self.corrupt(column!("type"))),
        }
    }

    fn limit_price(&self) -> Result<Option<LimitPrice>, Corrupt> {
        let value: Option<Decimal> = self.get(column!("limit_price"))?;
        let read = |value| LimitPrice::new(value).ok_or(column!("limit_price"));
        value
            .map(read)
            .transpose()
            .map_err(|column| self.corrupt(column))
    }

    fn client_order_id(&self) -> Result<Option<ClientOrderId>, Corrupt> {
        let text: Option<String> = self.get(column!("client_order_id"))?;
        let read = |text| ClientOrderId::new(text).ok_or(column!("client_order_id"));
        text.map(read)
            .transpose()
            .map_err(|column| self.corrupt(column))
    }

    fn waiting(&self) -> Result<Option<Waiting>, Corrupt> {
        let reason: Option<&str> = self.get(column!("reason"))?;
        let Some(reason) = reason else {
            return Ok(None);
        };
        let price: Option<Decimal> = self.get(column!("best_price"))?;
        let venue: Option<&str> = self.get(column!("best_venue"))?;
        Ok(Some(Waiting {
            unmet: Unmet {
                reason: reason
                    .parse()
                    .map_err(|_| self.corrupt(column!("reason")))?,
                best: price.zip(venue).map(|(price, venue)| ExecutablePrice {
                    price: price.normalize(),
                    venue: VenueId::new(venue),
                }),
            },
            checks: self.natural::<i32, _>(column!("checks"))?,
            checked_at: self.get(column!("checked_at"))?,
        }))
    }

    fn route(&self) -> Result<Option<Route>, Corrupt> {
        let venue: Option<&str> = self.get(column!("chosen_dex"))?;
        let pool: Option<Json<StoredPool>> = self.get(column!("route"))?;
        Ok(venue.map(|venue| Route {
            venue: VenueId::new(venue),
            pool: pool.map(|Json(stored)| stored.into()),
        }))
    }

    fn fill(&self, amount_out: Option<TokenAmount>) -> Result<Option<Fill>, Corrupt> {
        let price: Option<Decimal> = self.get(column!("executed_price"))?;
        match (amount_out, price) {
            (Some(amount_out), Some(price)) => Ok(Some(Fill { amount_out, price })),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => Err(self.corrupt(column!("executed_price"))),
        }
    }

    fn failure(&self) -> Result<Option<Failure>, Corrupt> {
        let (code, reason): (Option<&str>, Option<String>) = (
            self.get(column!("failure_code"))?,
            self.get(column!("failure_reason"))?,
        );
        match (code, reason) {
            (None, None) => Ok(None),
            (Some(code), Some(reason)) => {
                let code = code
                    .parse()
                    .map_err(|_| self.corrupt(column!("failure_code")))?;
                Ok(Some(Failure::new(code, reason)))
            }
            (Some(_), None) | (None, Some(_)) => Err(self.corrupt(column!("failure_reason"))),
        }
    }
}
