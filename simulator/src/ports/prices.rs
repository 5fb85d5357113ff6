//! Prices over the network.

use async_trait::async_trait;
use engine::{
    candles::{Candle, Interval},
    ports::{PriceLog, SeenPrice, StoreError},
};
use jiff::Timestamp;

use super::OrdersPort;
use crate::{point::Point, world::World};

#[async_trait]
impl PriceLog for OrdersPort {
    async fn note(&self, prices: &[SeenPrice]) -> Result<(), StoreError> {
        let prices = prices.to_vec();
        let note = move |world: &mut World| world.store.note_prices(&prices, world.now);
        Ok(self.0.call(Point::NotePrices, note).await?)
    }

    async fn candles(
        &self,
        base: &str,
        quote: &str,
        interval: Interval,
        since: Timestamp,
    ) -> Result<Vec<Candle>, StoreError> {
        let pair = (base.to_owned(), quote.to_owned());
        let read = move |world: &mut World| world.store.candles(pair, interval, since);
        Ok(self.0.call(Point::Candles, read).await?)
    }
}
