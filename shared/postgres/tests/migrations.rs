//! Migrations beside programs that are at work.

use std::time::Duration;

use embedded_postgres::testing::TestDatabase;
use postgres::{Database, Migrations};
use refinery::{Migration, Runner};
use tokio::time::timeout;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn changes_orders() -> Migrations {
    let sql = "ALTER TABLE orders ADD COLUMN of_the_next_version text";
    let migration = Migration::unapplied("V1__next", sql).expect("a migration");
    Migrations {
        runner: Runner::new(&[migration]),
        history: "history_of_this_test",
    }
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let connecting = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connecting.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
}

/// Somebody reads a table for a long time. A migration that wants it alone does not make everybody
/// wait who comes after it, and is done when it can be.
#[tokio::test(flavor = "multi_thread")]
async fn a_migration_gives_way_to_those_who_use_the_table() {
    let server = TestDatabase::create();
    let database = Database::connect(server.url(), 2).expect("a URL of ours");
    postgres::migrate(&database)
        .await
        .expect("an empty database");
    let reader = connect(server.url()).await;
    reader
        .batch_execute("BEGIN; SELECT count(*) FROM orders")
        .await
        .expect("it reads");
    let migrating = tokio::spawn({
        let database = database.clone();
        async move { postgres::apply(&database, changes_orders()).await }
    });
    let other = connect(server.url()).await;
    for _ in 0..3 {
        let waiting = async {
            const WAITING: &str = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                AND query LIKE 'ALTER TABLE%' AND datname = current_database()";
            while other
                .query(WAITING, &[])
                .await
                .expect("an answer")
                .is_empty()
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, waiting)
            .await
            .expect("the migration waits for the reader");
        let read = other.query("SELECT id FROM orders", &[]);
        let read = timeout(PATIENCE, read)
            .await
            .expect("others are not kept waiting");
        read.expect("they read");
    }
    assert!(!migrating.is_finished(), "the reader is still at it");
    reader.batch_execute("COMMIT").await.expect("it has read");
    let migrated = timeout(PATIENCE, migrating).await.expect("it is free now");
    let migrated = migrated.expect("no panic").expect("migrated");
    assert_eq!(migrated.applied, 1);
}

/// Two programs that start at once on an empty database do not get in each other's way.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_migrate_at_once_one_does_it() {
    let server = TestDatabase::create();
    let migrate = || async {
        let database = Database::connect(server.url(), 1).expect("a URL of ours");
        postgres::migrate(&database).await.expect("migrated")
    };
    let (one, other) = tokio::join!(migrate(), migrate());
    assert_eq!(one.version, other.version);
    assert_eq!(one.applied.min(other.applied), 0);
    assert!(one.applied.max(other.applied) > 0);
}
