//! What was read of the chain's log of new pools.

use async_trait::async_trait;
use engine::{
    launch::{LaunchPlace, LaunchedPool, Safety},
    order::TokenAmount,
    ports::{CreatedPools, LaunchLog, StoreError},
    routing::VenueId,
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use tokio_postgres::{Row, types::Json};

use super::{
    PostgresOrders,
    error::StatementError,
    rows::{get, natural},
};

const COLUMNS: &str = "slot, transaction, instruction, mint, symbol, decimals, against, venue, pool, \
    opens_at, liquidity, liquidity_decimals, mint_authority_revoked, freeze_authority_revoked, \
    lp_burned";

#[async_trait]
impl LaunchLog for PostgresOrders {
    async fn cursor(&self) -> Result<Option<u64>, StoreError> {
        const CURSOR: &str = "SELECT slot FROM chain_cursor WHERE id = 1";
        let rows = self.database.run_repeatable(CURSOR, &[]).await?;
        let slot = |row: &Row| natural(get::<i64>(row, "slot")?, "slot");
        Ok(rows.first().map(slot).transpose()?)
    }

    async fn keep(&self, after: Option<u64>, piece: &CreatedPools) -> Result<bool, StoreError> {
        let (after, through) = (after.map(slot), slot(piece.through));
        let rows: Vec<LaunchRow<'_>> = piece.pools.iter().map(LaunchRow::from).collect();
        let passed = self
            .database
            .run(
                include_str!("sql/keep_launches.sql"),
                &[&after, &through, &Json(rows)],
            )
            .await?;
        Ok(!passed.is_empty())
    }

    async fn of_mint(&self, mint: &str) -> Result<Vec<LaunchedPool>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM launches WHERE mint = $1 ORDER BY slot, transaction, instruction"
        );
        let rows = self.database.run_repeatable(&sql, &[&mint]).await?;
        Ok(rows.iter().map(pool).collect::<Result<_, _>>()?)
    }

    async fn newest(&self, limit: u16) -> Result<Vec<LaunchedPool>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM launches \
             ORDER BY slot DESC, transaction DESC, instruction DESC LIMIT $1"
        );
        let rows = self
            .database
            .run_repeatable(&sql, &[&i64::from(limit)])
            .await?;
        Ok(rows.iter().map(pool).collect::<Result<_, _>>()?)
    }
}

/// The input of `keep_launches.sql`.
#[derive(Debug, Serialize)]
struct LaunchRow<'a> {
    slot: i64,
    transaction: u32,
    instruction: u32,
    mint: &'a str,
    symbol: String,
    decimals: u8,
    against: &'a str,
    venue: &'a str,
    pool: &'a str,
    opens_at: Timestamp,
    liquidity: String,
    liquidity_decimals: u8,
    mint_authority_revoked: bool,
    freeze_authority_revoked: bool,
    lp_burned: bool,
}

impl<'a> From<&'a LaunchedPool> for LaunchRow<'a> {
    fn from(pool: &'a LaunchedPool) -> Self {
        Self {
            slot: slot(pool.place.slot),
            transaction: pool.place.transaction,
            instruction: pool.place.instruction,
            mint: &pool.mint,
            symbol: readable(&pool.symbol),
            decimals: pool.decimals,
            against: &pool.against,
            venue: pool.venue.name(),
            pool: &pool.pool,
            opens_at: pool.opens_at,
            liquidity: pool.liquidity.to_string(),
            liquidity_decimals: pool.liquidity.decimals(),
            mint_authority_revoked: pool.safety.mint_authority_revoked,
            freeze_authority_revoked: pool.safety.freeze_authority_revoked,
            lp_burned: pool.safety.lp_burned,
        }
    }
}

/// What strangers call a token, without what no text may have, and no longer than a name is.
fn readable(symbol: &str) -> String {
    let readable = symbol.chars().filter(|char| !char.is_control());
    readable.take(LONGEST_SYMBOL).collect()
}

const LONGEST_SYMBOL: usize = 32;

/// No chain has as many slots as do not fit.
fn slot(slot: u64) -> i64 {
    i64::try_from(slot).unwrap_or(i64::MAX)
}

fn pool(row: &Row) -> Result<LaunchedPool, StatementError> {
    let liquidity: Decimal = get(row, "liquidity")?;
    let decimals = natural(get::<i16>(row, "liquidity_decimals")?, "liquidity_decimals")?;
    Ok(LaunchedPool {
        place: LaunchPlace {
            slot: natural(get::<i64>(row, "slot")?, "slot")?,
            transaction: natural(get::<i32>(row, "transaction")?, "transaction")?,
            instruction: natural(get::<i32>(row, "instruction")?, "instruction")?,
        },
        mint: get(row, "mint")?,
        symbol: get(row, "symbol")?,
        decimals: natural(get::<i16>(row, "decimals")?, "decimals")?,
        against: get(row, "against")?,
        venue: VenueId::new(get::<&str>(row, "venue")?),
        pool: get(row, "pool")?,
        opens_at: get(row, "opens_at")?,
        liquidity: TokenAmount::from_decimal(liquidity, decimals)
            .ok_or_else(|| StatementError::Unreadable("column liquidity".into()))?,
        safety: Safety {
            mint_authority_revoked: get(row, "mint_authority_revoked")?,
            freeze_authority_revoked: get(row, "freeze_authority_revoked")?,
            lp_burned: get(row, "lp_burned")?,
        },
    })
}
