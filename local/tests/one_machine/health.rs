//! `/health` says ok when an order can be stored, taken up and executed, and only then.

use std::time::{Duration, Instant};

use embedded_postgres::testing::OwnCluster;
use reqwest::Client;
use serde_json::Value;
use tokio_postgres::NoTls;

use crate::support::{Engine, eventually, serve, ten_sol};

/// A session on the engine's database, behind its back.
async fn session(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("the database answers");
    tokio::spawn(connection);
    client
}

async fn run(client: &tokio_postgres::Client, sql: &str) {
    client.batch_execute(sql).await.expect("the statement runs");
}

/// Waits until the engine says that it is not well, and answers what it says then.
async fn degraded(engine: &Engine) -> Value {
    eventually("a degraded engine", async || {
        let begin = Instant::now();
        let answer = engine.get("/health").await;
        // It promises one second; a busy machine is given more.
        assert!(begin.elapsed() < Duration::from_secs(5), "{begin:?}");
        (answer.status() == 503).then_some(answer)
    })
    .await
    .json()
    .await
    .expect("JSON")
}

async fn ok(engine: &Engine) {
    let healthy = async || (engine.get("/health").await.status() == 200).then_some(());
    eventually("a healthy engine", healthy).await;
}

/// The engine is asked while something is wrong with its database, and afterwards.
async fn fails_while(engine: &Engine, begin: &str, end: &str, check: &str, reason: &str) {
    ok(engine).await;
    let behind = session(engine.database_url()).await;
    run(&behind, begin).await;
    let answer = degraded(engine).await;
    let part = &answer["checks"][check];
    assert_eq!(answer["status"], "degraded", "{answer}");
    assert_eq!(part["status"], "failed", "{answer}");
    let said = part["reason"].as_str().expect("a reason");
    assert!(said.contains(reason), "{answer}");
    assert_eq!(answer["checks"]["relay"]["status"], "ok", "{answer}");
    assert_eq!(answer["checks"]["workers"]["status"], "ok", "{answer}");
    assert_eq!(engine.get("/health/live").await.status(), 200);
    run(&behind, end).await;
    ok(engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_somebody_locks_is_noticed_whichever_it_is() {
    let engine = Engine::start().await;
    for table in ["orders", "order_events", "outbox"] {
        let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        fails_while(&engine, &lock, "ROLLBACK", "database", "lock").await;
    }
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_takes_no_writes_is_noticed() {
    let engine = Engine::start().await;
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let set = |value| {
        format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = \
            {value}', current_database()); END $$; {others}"
        )
    };
    let writable = format!("SET default_transaction_read_only = off; {}", set("off"));
    fails_while(&engine, &set("on"), &writable, "database", "read-only").await;
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_noticed() {
    let engine = Engine::start().await;
    let full = "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' \
        USING ERRCODE = '53100'; END $$; \
        CREATE TRIGGER full_disk BEFORE INSERT ON order_events FOR EACH ROW \
        EXECUTE FUNCTION no_space()";
    let cleaned = "DROP TRIGGER full_disk ON order_events; DROP FUNCTION no_space";
    fails_while(&engine, full, cleaned, "database", "disk is full").await;
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_lacks_something_is_noticed_and_a_newer_one_is_fine() {
    let engine = Engine::start().await;
    let behind = session(engine.database_url()).await;
    let next = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
        VALUES (9999, 'later', '2026-01-01T00:00:00Z', '0')";
    run(&behind, next).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await; // past the answer that is kept
    ok(&engine).await;
    let older = "BEGIN; CREATE TABLE kept AS SELECT * FROM refinery_schema_history; \
        DELETE FROM refinery_schema_history WHERE version > 3; COMMIT";
    let newer = "BEGIN; DELETE FROM refinery_schema_history; \
        INSERT INTO refinery_schema_history SELECT * FROM kept; DROP TABLE kept; COMMIT";
    fails_while(&engine, older, newer, "schema", "version 3").await;
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_leave_nothing_behind() {
    let engine = Engine::start().await;
    let behind = session(engine.database_url()).await;
    let probes = async || -> i64 {
        let count = "SELECT count(*) FROM health_probe";
        behind.query_one(count, &[]).await.expect("a count").get(0)
    };
    let written = async || (ok(&engine).await, probes().await == 1).1.then_some(());
    eventually("a probe's row", written).await;
    assert_eq!(engine.json("/api/orders").await, Value::Array(vec![]));
    engine.place(&ten_sol()).await;
    let listed = engine.json("/api/orders").await;
    assert_eq!(listed.as_array().expect("a page").len(), 1);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_no_reason_to_kill_the_process() {
    let mut cluster = OwnCluster::start();
    let server = serve(cluster.url(), &[], |trading| trading).await;
    let client = Client::new();
    let ask = async |path: &str| {
        let url = format!("http://{}{path}", server.address());
        client.get(url).send().await.expect("the engine answers")
    };
    tokio::task::block_in_place(|| cluster.stop());
    let seen = eventually("a degraded engine", async || {
        let answer = ask("/health").await;
        (answer.status() == 503).then_some(answer)
    });
    let said: Value = seen.await.json().await.expect("JSON");
    assert_eq!(said["checks"]["database"]["status"], "failed", "{said}");
    assert!(!said.to_string().contains("127.0.0.1"), "{said}");
    let live = ask("/health/live").await;
    assert_eq!(live.status(), 200);
    let live: Value = live.json().await.expect("JSON");
    assert_eq!(live["status"], "ok");
    server.stop().await;
}
