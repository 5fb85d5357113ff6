//! What a look at the orders that wait costs, when there are many of them.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use embedded_postgres::testing::TestDatabase;
use engine::{
    audit::Audit,
    ports::{Clock, WaitingOrders},
};
use jiff::Timestamp;
use postgres::{Database, PostgresOrders};
use rust_decimal::Decimal;

/// Orders that wait for 200 and more, with all that belongs to them.
const MANY: &str = "WITH placed AS ( \
        INSERT INTO orders (id, type, token_in, token_out, decimals_in, decimals_out, amount, \
            slippage_bps, status, attempt, last_seq, deadline, limit_price, time_in_force, \
            created_at, updated_at) \
        SELECT gen_random_uuid(), 'limit', 'SOL', 'USDC', 9, 6, 10, 50, 'waiting', 2, 3, \
            now() + interval '7 days', 200 + n % 1000, 'GTD', now() - n * interval '1 second', now() \
        FROM generate_series(1, 50000) n \
        RETURNING id, created_at, deadline, limit_price \
    ) INSERT INTO waiting (order_id, token_in, token_out, attempt, created_at, expires_at, \
        wake_at_price, reason, checks, checked_at) \
    SELECT id, 'SOL', 'USDC', 2, created_at, deadline, limit_price, 'limit_not_met', 1, now() \
    FROM placed";

/// A statement of ours as it is planned in the sessions of this build, with its values written in.
async fn buffers(database: &Database, sql: &str, values: &[&str]) -> i64 {
    let numbered = values.iter().enumerate();
    let sql = numbered.fold(sql.to_owned(), |sql, (at, value)| {
        sql.replace(&format!("${}", at + 1), value)
    });
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}");
    let told = database.run(&explain, &[]).await.expect("a plan");
    let plan: serde_json::Value = told[0].get(0);
    let plan = &plan[0]["Plan"];
    let count = |what: &str| plan[what].as_i64().expect("a count");
    count("Shared Hit Blocks") + count("Shared Read Blocks")
}

#[tokio::test]
async fn a_look_that_finds_nothing_reads_a_few_pages_however_many_wait() {
    let server = TestDatabase::create();
    let database = Database::connect(server.url(), 1).expect("a URL of ours");
    postgres::migrate(&database).await.expect("migrated");
    server.fill(MANY);
    server.fill("ANALYZE waiting");
    let at = include_str!("../src/sql/wake_at.sql");
    let due = include_str!("../src/sql/wake_due.sql");
    for (sql, values) in [
        (at, &["'SOL'", "'USDC'", "79.5", "500"][..]),
        (at, &["'USDC'", "'SOL'", "0.0125", "500"]),
        (due, &["500"]),
    ] {
        let read = buffers(&database, sql, values).await;
        assert!(read <= 10, "{read} pages for {values:?}");
    }
    let orders = PostgresOrders::new(database.clone());
    let woken = orders.wake_at("SOL", "USDC", Decimal::from(201), 500).await;
    assert_eq!(woken.expect("an answer").len(), 100, "those at 200 and 201");
    let woken = orders.wake_at("SOL", "USDC", Decimal::from(201), 500).await;
    assert_eq!(woken.expect("an answer"), [], "each once");
}

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

/// Orders wait for weeks. One of which the row is lost would wait for ever.
#[tokio::test]
async fn an_order_that_has_waited_for_weeks_is_still_looked_after() {
    let server = TestDatabase::create();
    let database = Database::connect(server.url(), 1).expect("a URL of ours");
    postgres::migrate(&database).await.expect("migrated");
    let once = MANY
        .replace("50000", "1")
        .replace("'1 second'", "'20 days'");
    let once = once.replace(
        "'GTD', now() - n * interval '20 days', now()",
        "'GTD', now() - n * interval '20 days', now() - interval '20 days'",
    );
    server.fill(&once);
    database
        .run("DELETE FROM waiting", &[])
        .await
        .expect("damaged");
    let audit = Audit {
        auditor: Arc::new(PostgresOrders::new(database.clone())),
        clock: Arc::new(Now),
        progress: Arc::default(),
    };
    audit.run().await.expect("an answer");
    let mended = database.run("SELECT attempt FROM outbox", &[]).await;
    assert_eq!(mended.expect("an answer").len(), 1);
}
