//! A long history, added up: each order once, in the window that it belongs to, exactly.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use embedded_postgres::testing::TestDatabase;
use engine::{
    account::AccountId,
    ports::{Clock, Percentiles, Window},
    statistics::{Counts, Report, Statistics},
};
use jiff::Timestamp;
use postgres::{Database, PostgresOrders};
use rust_decimal::Decimal;

/// Five orders for each minute of eight days, in the middle between two windows' ends: two that
/// were confirmed after 1, 2, 3 … ms, one that failed, one that was cancelled, one that is open.
const EIGHT_DAYS: &str = "INSERT INTO orders (id, token_in, token_out, decimals_in, decimals_out, amount, \
        slippage_bps, status, deadline, tx_hash, amount_out, executed_price, failure_reason, \
        failure_code, created_at, updated_at, closed_at) \
    SELECT gen_random_uuid(), sold, bought, 9, 6, amount, 50, status, at, tx, paid, 1, \
        CASE WHEN code IS NOT NULL THEN 'r' END, code, at, at, \
        CASE WHEN status <> 'pending' THEN at + (2 * n + k) * interval '1 millisecond' END \
    FROM generate_series(0, 8 * 1440 - 1) n \
    CROSS JOIN (VALUES \
        (1, 'SOL', 'USDC', 0.1, 'confirmed', 't', 7.900001, NULL), \
        (2, 'USDC', 'SOL', 0.000001, 'confirmed', 't', 0.000000001, NULL), \
        (0, 'SOL', 'USDC', 3, 'failed', NULL, NULL, 'no_liquidity'), \
        (0, 'SOL', 'USDT', 5, 'cancelled', NULL, NULL, NULL), \
        (0, 'SOL', 'USDC', 7, 'pending', NULL, NULL, NULL) \
    ) AS kinds (k, sold, bought, amount, status, tx, paid, code) \
    CROSS JOIN LATERAL (SELECT now() - n * interval '1 minute' - interval '30 seconds' AS at) t";

struct Now;

#[async_trait]
impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

async fn database(server: &TestDatabase) -> Database {
    let database = Database::connect(server.url(), 1).expect("a URL of ours");
    postgres::migrate(&database).await.expect("migrated");
    database
}

fn statistics(database: &Database) -> Statistics {
    let orders = PostgresOrders::new(database.clone());
    Statistics::new(Arc::new(orders), Arc::new(Now))
}

/// What a window of that many minutes has.
fn assert_counts(counts: &Counts, minutes: u64) {
    assert_eq!((counts.orders, counts.open), (5 * minutes, minutes));
    let ended: Vec<(&str, u64)> = counts
        .ended
        .iter()
        .map(|(status, count)| (status.as_str(), *count))
        .collect();
    let expected = [
        ("cancelled", minutes),
        ("confirmed", 2 * minutes),
        ("expired", 0),
        ("failed", minutes),
    ];
    assert_eq!(ended, expected);
}

fn volume(report: &Report, sold: &str, bought: &str) -> (u64, String, String) {
    let volume = report.volume[&(sold.to_owned(), bought.to_owned())];
    let text = |amount: Decimal| amount.normalize().to_string();
    (
        volume.orders,
        text(volume.amount_in),
        text(volume.amount_out),
    )
}

#[tokio::test]
async fn each_order_is_counted_once_in_the_window_that_it_belongs_to() {
    let server = TestDatabase::create();
    let database = database(&server).await;
    server.fill(EIGHT_DAYS);
    let statistics = statistics(&database);
    for (window, minutes, [p50, p95, p99], volumes) in [
        (
            Window::Hour,
            60,
            [60, 114, 119],
            [("6", "474.00006"), ("0.00006", "0.00000006")],
        ),
        (
            Window::Day,
            1_440,
            [1_440, 2_736, 2_852],
            [("144", "11376.00144"), ("0.00144", "0.00000144")],
        ),
        (
            Window::Week,
            10_080,
            [10_080, 19_152, 19_959],
            [("1008", "79632.01008"), ("0.01008", "0.00001008")],
        ),
    ] {
        let report = statistics
            .report(&AccountId::local(), window)
            .await
            .expect("an answer");
        assert_counts(&report.total, minutes);
        let failures: Vec<_> = report.failures.iter().collect();
        assert_eq!(failures, [(&"no_liquidity".to_owned(), &minutes)]);
        let [p50, p95, p99] = [p50, p95, p99].map(Duration::from_millis);
        assert_eq!(report.to_confirmed, Some(Percentiles { p50, p95, p99 }));
        let [(sold, bought), (back, again)] = volumes.map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(volume(&report, "SOL", "USDC"), (minutes, sold, bought));
        assert_eq!(volume(&report, "USDC", "SOL"), (minutes, back, again));
        assert_eq!(report.volume.len(), 2, "nothing was swapped in other pairs");

        let length = report.until.duration_since(report.since);
        assert_eq!(Duration::try_from(length).ok(), Some(window.length()));
        let inner = report.buckets.len() - 2;
        let whole = window.bucket().as_secs() / 60;
        for (at, counts) in report.buckets.iter().skip(1).take(inner) {
            assert_eq!(window.bucket_of(*at), *at);
            assert_counts(counts, whole);
        }
        let sum: u64 = report.buckets.values().map(|counts| counts.orders).sum();
        assert_eq!(sum, report.total.orders, "each is in a bucket");
    }
}

#[tokio::test]
async fn an_empty_window_has_counts_of_none() {
    let server = TestDatabase::create();
    let database = database(&server).await;
    let report = statistics(&database)
        .report(&AccountId::local(), Window::Hour)
        .await;
    let report = report.expect("an answer");
    assert_counts(&report.total, 0);
    assert_eq!(report.to_confirmed, None);
    assert_eq!(report.buckets.len(), 61);
}

/// The history grows for ever; an hour of it does not.
#[tokio::test]
async fn an_hour_is_added_up_without_reading_what_came_before() {
    let server = TestDatabase::create();
    let database = database(&server).await;
    server.fill(EIGHT_DAYS);
    database.run("ANALYZE orders", &[]).await.expect("counted");
    let sql = include_str!("../src/sql/tally.sql")
        .replace("$1", "3600000")
        .replace("$2", "60000")
        .replace("$3", "'confirmed'")
        .replace("$4", "'local'");
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}");
    let told = database.run(&explain, &[]).await.expect("a plan");
    let plan: serde_json::Value = told[0].get(0);
    let plan = &plan[0]["Plan"];
    let pages = ["Shared Hit Blocks", "Shared Read Blocks"].map(|what| plan[what].as_i64());
    let pages: i64 = pages.iter().map(|pages| pages.expect("a count")).sum();
    assert!(pages <= 30, "{pages} pages for 300 orders");
}
