//! Limits of accounts and keys.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use engine::{
    account::{AccountId, Actor, KeyId, LimitReached, Limits, Pair},
    ports::{LimitStore, StoreError},
};
use rust_decimal::Decimal;
use serde::Serialize;
use tokio_postgres::{Row, types::Json};

use super::{
    Database,
    error::StatementError,
    keys::shown_for_the_record,
    rows::{get, natural, parsed},
};

/// The limits of an account as a whole, where those of a key have its id.
pub(super) const WHOLE_ACCOUNT: &str = "";

/// Keeps limits in the database.
#[derive(Clone)]
pub struct PostgresLimits {
    database: Database,
}

impl PostgresLimits {
    /// In this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    async fn of(&self, account: &AccountId, key: &str) -> Result<Limits, StoreError> {
        const LIMITS: &str = "SELECT max_open_orders, max_orders_per_minute, pairs, \
                max_amount_per_order, max_amount_per_day \
            FROM limits WHERE account_id = $1 AND key_id = $2";
        let found = self
            .database
            .run_repeatable(LIMITS, &[&account.as_str(), &key])
            .await?;
        let found = found.first().map(limits).transpose()?;
        Ok(found.unwrap_or_default())
    }
}

#[async_trait]
impl LimitStore for PostgresLimits {
    async fn of_account(&self, account: &AccountId) -> Result<Limits, StoreError> {
        self.of(account, WHOLE_ACCOUNT).await
    }

    async fn of_key(&self, account: &AccountId, key: &KeyId) -> Result<Limits, StoreError> {
        self.of(account, key.as_str()).await
    }

    async fn set(&self, limits: &Limits, by: &Actor) -> Result<(), StoreError> {
        let account = by.account.as_str();
        let row = LimitsRow::from(limits);
        let (with, source) = shown_for_the_record(by);
        self.database
            .run(
                include_str!("sql/set_limits.sql"),
                &[&account, &Json(&row), &with, &source],
            )
            .await?;
        Ok(())
    }
}

/// Limits, as statements take them.
#[derive(Debug, Serialize)]
pub(super) struct LimitsRow {
    max_open_orders: Option<u32>,
    max_orders_per_minute: Option<u32>,
    pairs: Option<Vec<String>>,
    max_amount_per_order: BTreeMap<String, String>,
    max_amount_per_day: BTreeMap<String, String>,
}

impl From<&Limits> for LimitsRow {
    fn from(limits: &Limits) -> Self {
        let texts = |amounts: &BTreeMap<String, Decimal>| {
            let texts = amounts.iter();
            texts
                .map(|(token, amount)| (token.clone(), amount.to_string()))
                .collect()
        };
        let pairs = limits.pairs.as_ref();
        Self {
            max_open_orders: limits.max_open_orders,
            max_orders_per_minute: limits.max_orders_per_minute,
            pairs: pairs.map(|pairs| pairs.iter().map(Pair::to_string).collect()),
            max_amount_per_order: texts(&limits.max_amount_per_order),
            max_amount_per_day: texts(&limits.max_amount_per_day),
        }
    }
}

/// Reads the columns of limits; nulls, where there are none.
pub(super) fn limits(row: &Row) -> Result<Limits, StatementError> {
    let count = |column| {
        let count = get::<Option<i32>>(row, column)?;
        count.map(|count| natural(count, column)).transpose()
    };
    let amounts = |column| {
        let amounts = get::<Option<Json<BTreeMap<String, Decimal>>>>(row, column)?;
        let amounts = amounts.map(|Json(amounts)| amounts);
        Ok::<_, StatementError>(amounts.unwrap_or_default())
    };
    let pairs = get::<Option<Vec<&str>>>(row, "pairs")?;
    let pairs = pairs.map(|pairs| pairs.into_iter().map(str::parse).collect());
    let pairs: Option<BTreeSet<Pair>> = pairs
        .transpose()
        .map_err(|_| StatementError::Unreadable("column pairs".into()))?;
    Ok(Limits {
        max_open_orders: count("max_open_orders")?,
        max_orders_per_minute: count("max_orders_per_minute")?,
        pairs,
        max_amount_per_order: amounts("max_amount_per_order")?,
        max_amount_per_day: amounts("max_amount_per_day")?,
    })
}

/// Reads the limit that an order goes beyond, if it does.
pub(super) fn reached(row: &Row) -> Result<Option<LimitReached>, StatementError> {
    let Some(limit) = parsed(row, "which")? else {
        return Ok(None);
    };
    let retry_ms: Option<i64> = get(row, "retry_ms")?;
    let retry_ms = retry_ms
        .map(|ms| natural(ms.max(0), "retry_ms"))
        .transpose()?;
    Ok(Some(LimitReached {
        limit,
        of_key: get(row, "of_key")?,
        allowed: get(row, "allowed")?,
        retry_after: retry_ms.map(Duration::from_millis),
    }))
}

/// Accounts that had limits a moment ago: their orders need not be tried without. Only a hint, for
/// either statement is right about any order.
#[derive(Default)]
pub(super) struct Limited(Mutex<HashMap<AccountId, Instant>>);

/// For how long the hint is believed.
const BELIEVED: Duration = Duration::from_secs(60);
/// Accounts that are remembered.
const REMEMBERED: usize = 10_000;

impl Limited {
    /// Whether an account had limits a moment ago.
    pub(super) fn had_any(&self, account: &AccountId) -> bool {
        let accounts = self.accounts();
        accounts
            .get(account)
            .is_some_and(|since| since.elapsed() < BELIEVED)
    }

    /// Notes that it has some.
    pub(super) fn note(&self, account: &AccountId) {
        let mut accounts = self.accounts();
        if accounts.len() >= REMEMBERED {
            accounts.clear();
        }
        accounts.insert(account.clone(), Instant::now());
    }

    fn accounts(&self) -> MutexGuard<'_, HashMap<AccountId, Instant>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
