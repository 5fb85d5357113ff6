//! The statements about prices, as far as anybody here asks.

use std::collections::BTreeMap;

use engine::{
    candles::{Candle, Interval},
    ports::SeenPrice,
};
use jiff::Timestamp;

use super::Store;
use crate::time::at;

/// The candles of each pair's minutes.
pub(super) type Prices = BTreeMap<(String, String), BTreeMap<Timestamp, Candle>>;

impl Store {
    pub(crate) fn note_prices(&mut self, seen: &[SeenPrice], now: u64) {
        let minute = Interval::Minute.begin_of(at(now));
        for SeenPrice { base, quote, price } in seen {
            let pair = self.prices.entry((base.clone(), quote.clone()));
            let candles = pair.or_default();
            let with = match candles.get(&minute) {
                Some(candle) => Some(candle.with(*price)),
                None => Candle::of(minute, [*price].into_iter()),
            };
            candles.extend(with.map(|candle| (minute, candle)));
        }
    }

    pub(crate) fn candles(
        &self,
        pair: (String, String),
        interval: Interval,
        since: Timestamp,
    ) -> Vec<Candle> {
        let mut longer: BTreeMap<Timestamp, Candle> = BTreeMap::new();
        let minutes = self.prices.get(&pair).into_iter().flatten();
        for (minute, candle) in minutes.filter(|(minute, _)| **minute >= since) {
            let begin = interval.begin_of(*minute);
            longer
                .entry(begin)
                .and_modify(|whole| {
                    *whole = Candle {
                        high: whole.high.max(candle.high),
                        low: whole.low.min(candle.low),
                        close: candle.close,
                        ..*whole
                    };
                })
                .or_insert(Candle {
                    at: begin,
                    ..*candle
                });
        }
        longer.into_values().collect()
    }
}
