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

#[async_trait]
impl PriceLog for PostgresOrders {
    async fn note(&self, prices: &[SeenPrice]) -> Result<(), StoreError> {
        let row = |seen: &SeenPrice| {
            (
                seen.price.to_string(),
                seen.base.clone(),
                seen.quote.clone(),
            )
        };
        let owned: Vec<_> = prices.iter().map(row).collect();
        let rows: Vec<PriceRow<'_>> = owned
            .iter()
            .map(|(price, base, quote)| PriceRow {
                base,
                quote,
                price: price.clone(),
            })
            .collect();
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
