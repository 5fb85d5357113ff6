//! The reference price as it went.

use async_trait::async_trait;
use engine::{
    candles::{Candle, Interval},
    ports::{PriceLog, SeenPrice, StoreError},
};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::{Row, types::Json};

use super::{PostgresOrders, error::StatementError, rows::get};

/// The input of `note_prices.sql`.
#[derive(Debug, Serialize)]
struct PriceRow<'a> {
    base: &'a str,
    quote: &'a str,
    price: String,
}

impl<'a> From<&'a SeenPrice> for PriceRow<'a> {
    fn from(seen: &'a SeenPrice) -> Self {
        Self {
            base: &seen.base,
            quote: &seen.quote,
            price: seen.price.to_string(),
        }
    }
}

#[async_trait]
impl PriceLog for PostgresOrders {
    async fn note(&self, prices: &[SeenPrice]) -> Result<(), StoreError> {
        let rows: Vec<PriceRow<'_>> = prices.iter().map(PriceRow::from).collect();
        self.database
            .run(include_str!("sql/note_prices.sql"), &[&Json(rows)])
            .await?;
        Ok(())
    }

    async fn candles(
        &self,
        base: &str,
        quote: &str,
        interval: Interval,
        since: Timestamp,
    ) -> Result<Vec<Candle>, StoreError> {
        let rows = self
            .database
            .run_repeatable(
                include_str!("sql/candles.sql"),
                &[&base, &quote, &since, &interval.seconds()],
            )
            .await?;
        Ok(rows.iter().map(candle).collect::<Result<_, _>>()?)
    }
}

fn candle(row: &Row) -> Result<Candle, StatementError> {
    Ok(Candle {
        at: get(row, "at")?,
        open: get(row, "open")?,
        high: get(row, "high")?,
        low: get(row, "low")?,
        close: get(row, "close")?,
    })
}
