//! How a price went.

use engine::candles::Candle;
use serde::Serialize;
use utoipa::ToSchema;

use super::time_text;

/// The prices of a piece of time, exact decimals.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Candle)]
pub(crate) struct CandleDto {
    /// When the piece begins.
    #[schema(format = DateTime)]
    at: String,
    /// The first price.
    #[schema(example = "79.12")]
    open: String,
    /// The highest.
    #[schema(example = "79.31")]
    high: String,
    /// The lowest.
    #[schema(example = "79.02")]
    low: String,
    /// The last.
    #[schema(example = "79.2")]
    close: String,
}

impl From<&Candle> for CandleDto {
    fn from(candle: &Candle) -> Self {
        Self {
            at: time_text(candle.at),
            open: candle.open.normalize().to_string(),
            high: candle.high.normalize().to_string(),
            low: candle.low.normalize().to_string(),
            close: candle.close.normalize().to_string(),
        }
    }
}
