//! What PostgreSQL is made to do for an order. Nothing may cost more with every order that is
//! stored.

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
        // An order: its row, five events, its landing; a claim and four moves.
        (changes >= ORDERS * 12).then_some(rows)
    })
    .await;
    for table in &tables {
        let (name, scans): (&str, i64) = (table.get("name"), table.get("seq_scan"));
        assert_eq!(scans, 0, "{name} was read as a whole");
    }
}
