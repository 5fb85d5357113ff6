//! What PostgreSQL is made to do for an order. Nothing may cost more with every order that is
//! stored.

use futures::future::join_all;
use postgres::Database;

use crate::support::{Engine, eventually, ten_sol};

/// Plans are made while the tables are empty, where reading all of a table looks cheapest, and are
/// kept.
#[tokio::test(flavor = "multi_thread")]
async fn no_step_of_an_order_reads_a_whole_table() {
    const ORDERS: i64 = 20;
    const COUNTED: &str = "SELECT relname::text AS name, seq_scan, n_tup_ins, n_tup_upd FROM pg_stat_user_tables \
        WHERE relname IN ('orders', 'order_events') OR schemaname = 'chain'";
    let engine = Engine::start().await;
    for _ in 0..ORDERS {
        let id = engine.place(&ten_sol()).await;
        engine.story(&id).await;
    }
    // A server process counts for all to see when its connection ends.
    let server = engine.stop().await;
    let database = Database::connect(server.url(), 1).expect("a URL of ours");
    let tables = eventually("every change is counted", async || {
        let rows = database
            .run(COUNTED, &[])
            .await
            .expect("PostgreSQL answers");
        let changes: i64 = rows
            .iter()
            .map(|row| row.get::<_, i64>("n_tup_ins") + row.get::<_, i64>("n_tup_upd"))
            .sum();
        // An order: its row, five events, its landing; a claim and two moves.
        (changes >= ORDERS * 10).then_some(rows)
    })
    .await;
    for table in &tables {
        let (name, scans): (&str, i64) = (table.get("name"), table.get("seq_scan"));
        assert_eq!(scans, 0, "{name} was read as a whole");
    }
}

/// An index can be read as a whole, too. What an order reads must not grow with the orders before
/// it.
#[tokio::test(flavor = "multi_thread")]
async fn no_step_of_an_order_reads_more_for_those_before_it() {
    const ROUNDS: usize = 16;
    const AT_ONCE: usize = 10;
    const READ: &str = "SELECT relname::text AS name, sum(idx_tup_read)::bigint AS read \
        FROM pg_stat_user_indexes WHERE relname IN ('orders', 'transactions', 'outbox') GROUP BY 1";
    let engine = Engine::start().await;
    for _ in 0..ROUNDS {
        join_all((0..AT_ONCE).map(async |_| {
            let id = engine.place(&ten_sol()).await;
            engine.story(&id).await;
        }))
        .await;
    }
    // A server process counts for all to see when its connection ends.
    let server = engine.stop().await;
    let database = Database::connect(server.url(), 1).expect("a URL of ours");
    let orders = i64::try_from(ROUNDS * AT_ONCE).expect("a small number");
    let tables = eventually("every read is counted", async || {
        let rows = database.run(READ, &[]).await.expect("PostgreSQL answers");
        let read: i64 = rows.iter().map(|row| row.get::<_, i64>("read")).sum();
        (read >= orders * 10).then_some(rows)
    })
    .await;
    for table in &tables {
        let (name, read): (&str, i64) = (table.get("name"), table.get("read"));
        assert!(
            read <= orders * 30,
            "{name}: {} entries an order",
            read / orders
        );
    }
}
