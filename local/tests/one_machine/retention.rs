//! `RETAIN_DAYS`: orders that ended long ago are gone for every client, and nothing else is.

use postgres::Database;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::migrated_database;
use tokio::time::timeout;

use crate::{
    process::Process,
    support::{Engine, PATIENCE, QUICK, Subscriber, assert_complete, eventually, landed, ten_sol},
};

const AGED: &str = "UPDATE orders SET created_at = created_at - interval '40 days', \
    updated_at = updated_at - interval '40 days', closed_at = closed_at - $2::bigint * interval '1 day' \
    WHERE id::text = $1";

fn week() -> Vec<&'static str> {
    [&QUICK[..], &["--retain-days", "7"]].concat()
}

async fn age(database: &Database, id: &str, days_since_its_end: i64) {
    let aged = database.run(AGED, &[&id, &days_since_its_end]).await;
    aged.expect("written");
}

/// Seen only after a round of the relay that began after this was called.
async fn a_round(database: &Database) {
    const EXPIRED: &str = "INSERT INTO subscriptions_to_all (connection_id, expires_at) \
        VALUES ('gone', now() - interval '1 day')";
    for _ in 0..2 {
        database.run(EXPIRED, &[]).await.expect("written");
        eventually("the relay has cleared it", async || {
            let left = "SELECT FROM subscriptions_to_all";
            let left = database.run(left, &[]).await.expect("it answers");
            left.is_empty().then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_before_is_gone_for_every_client_and_the_rest_is_as_it_was() {
    let engine = Engine::start().await;
    let database = Database::connect(engine.database_url(), 2).expect("a URL of ours");
    let keyed = async |engine: &Engine, key: &str| -> (Option<String>, Value) {
        let request = engine.client.post(engine.url("/api/orders/execute"));
        let request = request.header("Idempotency-Key", key).json(&ten_sol());
        let answer = request.send().await.expect("the engine answers");
        let replayed = answer.headers().get("Idempotency-Replayed");
        let replayed = replayed.map(|value| value.to_str().expect("text").to_owned());
        (replayed, answer.json().await.expect("JSON"))
    };
    let of_today = keyed(&engine, "key").await.1["orderId"].clone();
    let of_today = of_today.as_str().expect("an id").to_owned();
    let old = engine.place(&ten_sol()).await;
    let waits = json!({ "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1,
        "limitPrice": "90000" });
    let open = engine.place(&waits).await;
    for id in [&of_today, &old] {
        assert_complete(&engine.story(id).await);
    }
    engine
        .watch(&format!("orderId={open}"))
        .await
        .until("waiting")
        .await;
    age(&database, &of_today, 0).await;
    age(&database, &old, 8).await;
    age(&database, &open, 8).await;

    // Whoever sets nothing keeps everything.
    a_round(&database).await;
    assert_eq!(
        engine.get(&format!("/api/orders/{old}")).await.status(),
        200
    );
    let after_the_old_one = {
        let answer = engine.get("/api/orders?limit=1&type=market").await;
        let link = answer.headers()["Link"].to_str().expect("text").to_owned();
        let first: Value = answer.json().await.expect("JSON");
        assert_eq!(first[0]["id"], *old, "the newest");
        let url = link.split(['<', '>']).nth(1).expect("an address");
        format!("/api/orders?{}", url.split_once('?').expect("a query").1)
    };
    let server = engine.stop().await;

    let engine = Engine::start_on(server, &week(), |trading| trading).await;
    let path = format!("/api/orders/{old}");
    eventually("the old order is gone", async || {
        (engine.get(&path).await.status() == StatusCode::NOT_FOUND).then_some(())
    })
    .await;
    let gone = engine.json(&path).await;
    let unknown = engine
        .json(&format!("/api/orders/{}", uuid::Uuid::now_v7()))
        .await;
    assert_eq!(gone["code"], unknown["code"]);
    let answer = engine.get(&format!("{path}/events")).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let cancelled = engine.client.delete(engine.url(&path)).send().await;
    let cancelled = cancelled.expect("the engine answers");
    assert_eq!(cancelled.status(), StatusCode::NOT_FOUND);
    let mut socket = engine.watch(&format!("orderId={old}")).await;
    assert_eq!(socket.next().await.expect("an answer")["code"], "not_found");

    let listed = engine.json("/api/orders").await;
    let listed: Vec<&str> = listed
        .as_array()
        .expect("orders")
        .iter()
        .flat_map(|order| order["id"].as_str())
        .collect();
    assert_eq!(listed, [open.as_str(), of_today.as_str()]);
    let csv = engine
        .get("/api/orders.csv")
        .await
        .text()
        .await
        .expect("text");
    assert!(csv.contains(&open) && !csv.contains(&old), "{csv}");
    let next = engine.json(&after_the_old_one).await;
    assert_eq!(next[0]["id"], *of_today, "a page goes on behind it: {next}");
    assert_eq!(
        engine.json(&format!("/api/orders/{open}")).await["status"],
        "waiting"
    );
    assert_complete(&engine.story(&of_today).await);
    let (replayed, again) = keyed(&engine, "key").await;
    assert_eq!(
        (replayed.as_deref(), again["orderId"].as_str()),
        (Some("true"), Some(of_today.as_str()))
    );

    assert_eq!(
        engine.landed_for(&old).await,
        1,
        "what the chain has, it has"
    );
    let trail = engine.json("/api/audit").await;
    assert!(
        trail.to_string().contains(&old),
        "who placed it is still known"
    );
    let metrics = engine.get("/metrics").await.text().await.expect("text");
    assert!(
        metrics.contains("order_engine_orders_deleted_total"),
        "{metrics}"
    );
    engine.stop().await;
}

/// One of two engines dies in the middle of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_mountain_goes_beside_new_orders_whoever_is_killed() {
    const MOUNTAIN: &str = "WITH made AS ( \
            INSERT INTO orders (id, token_in, token_out, decimals_in, decimals_out, amount, \
                slippage_bps, status, deadline, failure_reason, failure_code, created_at, \
                updated_at, closed_at) \
            SELECT gen_random_uuid(), 'SOL', 'USDC', 9, 6, 1, 50, 'failed', now(), 'r', 'c', \
                now() - n * interval '1 minute' - interval '8 days', now(), \
                now() - n * interval '1 minute' - interval '8 days' \
            FROM generate_series(1, 20000) AS n RETURNING id) \
        INSERT INTO order_events (order_id, seq, status, attempt, payload, at) \
        SELECT id, seq, 'pending', 1, '{}', now() FROM made, generate_series(1, 4) AS seq";
    const LEFT: &str = "SELECT count(*) FROM orders WHERE created_at < now() - interval '7 days'";
    let server = migrated_database();
    let database = Database::connect(server.url(), 2).expect("a URL of ours");
    server.fill(MOUNTAIN);
    let left = async || {
        let left = database.run(LEFT, &[]).await.expect("it answers");
        left[0].get::<_, i64>(0)
    };
    let options = [&["--database-url", server.url()], &week()[..]].concat();
    let dies = Process::start(&options).await;
    let lives = Process::start(&options).await;
    eventually("it has begun", async || {
        (left().await < 20_000).then_some(())
    })
    .await;
    dies.kill();
    let placed: Value = lives.post(&ten_sol()).await.json().await.expect("JSON");
    let id = placed["orderId"].as_str().expect("an id");
    let story = Subscriber::open(&lives.base, &format!("orderId={id}")).await;
    let story = timeout(PATIENCE, story.to_the_end()).await;
    assert_complete(&story.expect("it ends"));
    eventually("all of it is gone", async || {
        (left().await == 0).then_some(())
    })
    .await;
    assert!(lives.metric("orders_deleted_total").await > 0.0);
    assert_eq!(landed(server.url()).await.len(), 1);
    let (code, said) = lives.stop("-TERM").await;
    assert_eq!(code, Some(0), "{said}");
}
