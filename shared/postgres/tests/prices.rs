//! Prices that are noted, as candles of any length.

use embedded_postgres::testing::TestDatabase;
use engine::{
    candles::Interval,
    ports::{PriceLog, SeenPrice},
};
use jiff::Timestamp;
use postgres::{Database, PostgresOrders};
use rust_decimal::Decimal;

/// Ninety minutes of a price that rises by one each minute, with a swing of a half.
const PAST: &str = "INSERT INTO prices (base, quote, minute, open, high, low, close) \
    SELECT 'SOL', 'USDC', '2026-11-26T10:00:00Z'::timestamptz + n * interval '1 minute', \
        100 + n, 100.5 + n, 99.5 + n, 101 + n \
    FROM generate_series(0, 89) n";

#[tokio::test]
async fn minutes_are_noted_and_longer_pieces_are_made_of_them() {
    let server = TestDatabase::create();
    let database = Database::connect(server.url(), 2).expect("a URL of ours");
    postgres::migrate(&database).await.expect("migrated");
    let prices = PostgresOrders::new(database.clone());
    database.run(PAST, &[]).await.expect("a past");
    let since = "2026-11-26T10:00:00Z".parse().expect("a time");
    let of = async |interval| {
        let candles = prices.candles("SOL", "USDC", interval, since).await;
        let candles = candles.expect("the store answers").into_iter();
        let told = candles.map(|candle| {
            let figures = [candle.open, candle.high, candle.low, candle.close];
            let figures = figures.map(|figure| figure.normalize().to_string());
            (candle.at.to_string(), figures.join(" "))
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(of(Interval::Minute).await.len(), 90);
    assert_eq!(
        of(Interval::FiveMinutes).await[1],
        ("2026-11-26T10:05:00Z".into(), "105 109.5 104.5 110".into())
    );
    assert_eq!(
        of(Interval::Hour).await,
        [
            ("2026-11-26T10:00:00Z".into(), "100 159.5 99.5 160".into()),
            ("2026-11-26T11:00:00Z".into(), "160 189.5 159.5 190".into()),
        ]
    );
    // Two monitors note at once.
    let seen = |price: &str| SeenPrice {
        base: "JUP".into(),
        quote: "USDC".into(),
        price: price.parse().expect("a price"),
    };
    for price in ["0.25", "0.26", "0.24"] {
        let both = [
            seen(price),
            SeenPrice {
                base: "SOL".into(),
                ..seen("79")
            },
        ];
        let (one, other) = tokio::join!(prices.note(&both), prices.note(&both));
        one.and(other).expect("both are noted");
    }
    let begin = Interval::Hour.begin_of(Timestamp::now());
    let noted = prices.candles("JUP", "USDC", Interval::Hour, begin).await;
    let noted = noted.expect("the store answers");
    let newest = noted.last().expect("this hour's");
    let figures = [newest.open, newest.high, newest.low, newest.close];
    let expected = [25, 26, 24, 24].map(|figure| Decimal::new(figure, 2));
    assert_eq!(figures, expected);
    prices.note(&[]).await.expect("nothing is nothing");
}
