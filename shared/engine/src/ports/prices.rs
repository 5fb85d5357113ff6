//! The reference price as it went.

use async_trait::async_trait;
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::StoreError;
use crate::candles::{Candle, Interval};

/// A price that was seen just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenPrice {
    /// The symbol of the token whose price it is.
    pub base: String,
    /// The symbol of the token that it is told in.
    pub quote: String,
    /// Whole tokens of the second for a whole token of the first.
    pub price: Decimal,
}

/// Notes prices.
#[async_trait]
pub trait PriceLog: Send + Sync {
    /// Adds prices to the candles of this minute, by the store's clock.
    async fn note(&self, prices: &[SeenPrice]) -> Result<(), StoreError>;

    /// The candles of a pair from a moment on, the oldest first; `since` MUST begin one.
    async fn candles(
        &self,
        base: &str,
        quote: &str,
        interval: Interval,
        since: Timestamp,
    ) -> Result<Vec<Candle>, StoreError>;
}
