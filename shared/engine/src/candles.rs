//! Candles: how the reference price of a pair went. What the reference itself knows of its past is
//! told, and where it knows nothing, what the monitor has noted.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    catalogue::Catalogue,
    order::Token,
    ports::{Clock, PriceLog, ReferencePrice, StoreError},
};

/// The first, highest, lowest and last price of a piece of time: whole tokens for a whole token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candle {
    /// When the piece begins.
    pub at: Timestamp,
    /// The first price.
    pub open: Decimal,
    /// The highest.
    pub high: Decimal,
    /// The lowest.
    pub low: Decimal,
    /// The last.
    pub close: Decimal,
}

/// How long a piece of time is. Pieces begin at multiples of it since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// One minute.
    Minute,
    /// Five minutes.
    FiveMinutes,
    /// One hour.
    Hour,
}

/// Decimals of a price that is turned round.
const DECIMALS: u32 = 12;

impl Candle {
    /// The candle of prices in their order; `None` of none.
    pub fn of(at: Timestamp, mut prices: impl Iterator<Item = Decimal>) -> Option<Self> {
        let open = prices.next()?;
        let first = Self {
            at,
            open,
            high: open,
            low: open,
            close: open,
        };
        Some(prices.fold(first, Self::with))
    }

    /// With one more price, the last.
    pub fn with(self, price: Decimal) -> Self {
        Self {
            high: self.high.max(price),
            low: self.low.min(price),
            close: price,
            ..self
        }
    }

    /// The prices of the pair the other way round; `None` when one of them is zero.
    fn turned(self) -> Option<Self> {
        let turn = |price: Decimal| Some(Decimal::ONE.checked_div(price)?.round_dp(DECIMALS));
        Some(Self {
            at: self.at,
            open: turn(self.open)?,
            high: turn(self.low)?,
            low: turn(self.high)?,
            close: turn(self.close)?,
        })
    }
}

impl Interval {
    /// Every interval, the shortest first.
    pub const ALL: [Self; 3] = [Self::Minute, Self::FiveMinutes, Self::Hour];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minute => "1m",
            Self::FiveMinutes => "5m",
            Self::Hour => "1h",
        }
    }

    /// The interval of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|interval| interval.name() == name)
    }

    /// Its length in seconds.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::FiveMinutes => 300,
            Self::Hour => 3_600,
        }
    }

    /// The beginning of the piece that a moment lies in.
    pub fn begin_of(self, moment: Timestamp) -> Timestamp {
        let second = moment.as_second();
        let begin = second - second.rem_euclid(self.seconds());
        Timestamp::from_second(begin).unwrap_or(moment) // it is nearer to the epoch
    }
}

/// The use case behind `GET /api/candles`.
#[derive(Clone)]
pub struct Candles {
    /// What was noted.
    pub prices: Arc<dyn PriceLog>,
    /// What knows its past.
    pub reference: Arc<dyn ReferencePrice>,
    /// The pairs, in the direction in which their price is noted.
    pub catalogue: Arc<Catalogue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Candles {
    /// The newest `limit` candles of a pair, the oldest first. The last one is of the piece of time
    /// that is not over; pieces of which nothing is known are left out.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub async fn newest(
        &self,
        token_in: &Token,
        token_out: &Token,
        interval: Interval,
        limit: u16,
    ) -> Result<Vec<Candle>, StoreError> {
        let is_noted = |(a, b): &(String, String)| *a == token_in.symbol && *b == token_out.symbol;
        let as_noted = self.catalogue.pairs.iter().any(is_noted);
        let (base, quote) = match as_noted {
            true => (token_in, token_out),
            false => (token_out, token_in),
        };
        let now = self.clock.now();
        let newest = interval.begin_of(now);
        let begin = |back: i64| {
            let seconds = newest.as_second() - back * interval.seconds();
            Timestamp::from_second(seconds).unwrap_or(newest) // within thirty years of now
        };
        let oldest = begin(i64::from(limit) - 1);
        let noted = self
            .prices
            .candles(&base.symbol, &quote.symbol, interval, oldest)
            .await?;
        let noted: HashMap<Timestamp, Candle> = noted
            .into_iter()
            .map(|candle| (candle.at, candle))
            .collect();
        let candles = (0..i64::from(limit)).rev().filter_map(|back| {
            let at = begin(back);
            // Whole, while a monitor may have looked at a part of it.
            let past = self.reference.past(base, quote, at, interval, now);
            past.or_else(|| noted.get(&at).copied())
        });
        Ok(match as_noted {
            true => candles.collect(),
            false => candles.filter_map(Candle::turned).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candle_is_made_of_its_prices_and_can_be_turned_round() {
        let prices = [80, 100, 50, 64].map(Decimal::from);
        let candle = Candle::of(Timestamp::UNIX_EPOCH, prices.into_iter()).expect("prices");
        let of = |candle: Candle| [candle.open, candle.high, candle.low, candle.close];
        assert_eq!(of(candle), [80, 100, 50, 64].map(Decimal::from));
        let turned = candle.turned().expect("none is zero");
        let texts = of(turned).map(|price| price.normalize().to_string());
        assert_eq!(texts, ["0.0125", "0.02", "0.01", "0.015625"]);
        assert_eq!(Candle::of(Timestamp::UNIX_EPOCH, [].into_iter()), None);
    }

    #[test]
    fn pieces_begin_at_multiples_since_the_epoch() {
        let moment: Timestamp = "2026-11-26T17:58:59.999Z".parse().expect("a time");
        for (name, begin) in [
            ("1m", "2026-11-26T17:58:00Z"),
            ("5m", "2026-11-26T17:55:00Z"),
            ("1h", "2026-11-26T17:00:00Z"),
        ] {
            let interval = Interval::named(name).expect("it is one");
            assert_eq!(interval.begin_of(moment), begin.parse().expect("a time"));
        }
        assert_eq!(Interval::named("2h"), None);
    }
}
