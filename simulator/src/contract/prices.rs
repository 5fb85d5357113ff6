//! Prices that are noted.

use engine::{
    candles::{Candle, Interval},
    ports::SeenPrice,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::StoreFixture;

pub(super) async fn check(fixture: &StoreFixture) {
    a_minute_keeps_its_first_highest_lowest_and_last_price(fixture).await;
}

async fn a_minute_keeps_its_first_highest_lowest_and_last_price(fixture: &StoreFixture) {
    let (base, quote) = (Uuid::new_v4().to_string(), "USDC");
    let message = fixture.stored().await;
    let order = fixture.order(message.id).await.expect("it is stored");
    let since = Interval::Hour.begin_of(order.created_at);
    for price in [80, 100, 50, 64] {
        let seen = SeenPrice {
            base: base.clone(),
            quote: quote.into(),
            price: price.into(),
        };
        let noted = fixture.prices.note(&[seen]).await;
        noted.expect("the store answers");
    }
    let hours = fixture.prices.candles(&base, quote, Interval::Hour, since);
    let hours = hours.await.expect("the store answers");
    let (first, last) = (
        hours.first().expect("an hour"),
        hours.last().expect("an hour"),
    );
    // A minute, or an hour, may have ended between two of them.
    let whole = Candle {
        high: hours.iter().map(|hour| hour.high).max().expect("an hour"),
        low: hours.iter().map(|hour| hour.low).min().expect("an hour"),
        close: last.close,
        ..*first
    };
    let figures = [whole.open, whole.high, whole.low, whole.close];
    assert_eq!(figures, [80, 100, 50, 64].map(Decimal::from));
    let later = since + std::time::Duration::from_secs(7_200);
    let none = fixture.prices.candles(&base, quote, Interval::Hour, later);
    assert_eq!(none.await.expect("the store answers"), []);
}
