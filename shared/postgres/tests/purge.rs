//! What has served is cleared in steps, however much has piled up.

use std::time::Duration;

use embedded_postgres::testing::TestDatabase;
use engine::ports::Outbox;
use postgres::{Database, PostgresOrders};

const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

const OLD: &str = "INSERT INTO orders (id, token_in, token_out, decimals_in, decimals_out, amount, \
        slippage_bps, status, deadline, failure_reason, failure_code, idempotency_key, request_hash, \
        created_at, updated_at, closed_at) \
    SELECT gen_random_uuid(), 'SOL', 'USDC', 9, 6, 1, 50, 'failed', now(), 'r', 'c', 'key ' || n, \
        '\\x00', now() - age, now() - age, now() - age \
    FROM (SELECT n, CASE WHEN n % 10 = 0 THEN interval '1 hour' ELSE interval '3 days' END AS age \
        FROM generate_series(1, 30000) n) AS made";

#[tokio::test]
async fn a_mountain_of_expired_keys_is_cleared_step_by_step() {
    let server = TestDatabase::create();
    let database = Database::connect(server.url(), 2).expect("a URL of ours");
    postgres::migrate(&database)
        .await
        .expect("an empty database");
    server.fill(OLD);
    let orders = PostgresOrders::new(database.clone());
    let keys = async || {
        let counted = database.run(
            "SELECT count(*) FROM orders WHERE idempotency_key IS NOT NULL",
            &[],
        );
        counted.await.expect("an answer")[0].get::<_, i64>(0)
    };
    assert!(
        orders.purge(4_000, KEPT).await.expect("cleared"),
        "more is left"
    );
    assert_eq!(keys().await, 26_000, "one step is one step");
    let mut steps = 1;
    while orders.purge(4_000, KEPT).await.expect("cleared") {
        steps += 1;
    }
    assert_eq!(steps, 6, "27,000 are old");
    assert_eq!(keys().await, 3_000, "the keys of today stay");
}

#[tokio::test]
async fn the_audit_trail_is_kept_for_as_long_as_is_set_and_never_less_than_a_day() {
    const ENTRIES: &str = "INSERT INTO audit_trail (account_id, at, action, subject, outcome) \
        SELECT 'desk', now() - age * interval '1 hour', 'order.place', age::text, 'accepted' \
        FROM unnest(ARRAY[0, 2, 30, 719, 721, 9000]) AS age";
    const LEFT: &str = "SELECT array_agg(subject::integer ORDER BY at DESC) FROM audit_trail";
    let server = TestDatabase::create();
    let database = Database::connect(server.url(), 2).expect("a URL of ours");
    let migrated = postgres::migrate(&database).await;
    migrated.expect("an empty database");
    database.run(ENTRIES, &[]).await.expect("filled");
    let orders = PostgresOrders::new(database.clone());
    let left = async || {
        let left = database.run(LEFT, &[]).await.expect("an answer");
        left[0].get::<_, Vec<i32>>(0)
    };
    orders.purge(100, KEPT).await.expect("cleared");
    assert_eq!(left().await, [0, 2, 30, 719], "thirty days");
    orders.purge(100, Duration::ZERO).await.expect("cleared");
    assert_eq!(left().await, [0, 2], "nobody deletes what is younger");
}
