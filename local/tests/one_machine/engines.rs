//! Several engines on one PostgreSQL: how a machine is upgraded, and how it grows to a few.

use futures::future::join_all;
use local::server::Server;
use postgres::Database;
use reqwest::Client;
use serde_json::Value;
use testkit::migrated_database;
use tokio::time::timeout;
use tokio_postgres::NoTls;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::all_orders::{follow_all, stories};
use crate::support::{PATIENCE, QUICK, Subscriber, assert_complete, eventually, serve, ten_sol};

/// Slow enough that whoever watches from the acceptance on sees every later event live.
const WATCHABLE: [&str; 4] = [
    "--sim-quote-delay-ms",
    "150-400",
    "--sim-execution-delay-ms",
    "500-900",
];

pub(crate) fn base(server: &Server) -> String {
    format!("http://{}", server.address())
}

pub(crate) async fn place(base: &str) -> String {
    let answer = Client::new()
        .post(format!("{base}/api/orders/execute"))
        .json(&ten_sol())
        .send()
        .await
        .expect("the engine answers");
    assert_eq!(answer.status(), 202);
    let answer: Value = answer.json().await.expect("JSON");
    answer["orderId"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_of_one_engine_are_watched_at_another_to_their_end() {
    let database = migrated_database();
    let there = serve(database.url(), &WATCHABLE, |trading| trading).await;
    let here = serve(database.url(), &WATCHABLE, |trading| trading).await;
    let stories = join_all((0..7).map(async |_| {
        let id = place(&base(&there)).await;
        let watchers = (0..4).map(async |_| {
            let watcher = Subscriber::open(&base(&here), &format!("orderId={id}")).await;
            // Pings keep a socket alive that nobody tells anything.
            timeout(PATIENCE, watcher.to_the_end())
                .await
                .expect("the order's end is told")
        });
        join_all(watchers).await
    }))
    .await;
    for story in stories.into_iter().flatten() {
        assert_complete(&story);
    }
    here.stop().await;
    there.stop().await;
}

/// As a machine that was stopped for a while, or cut off from the database, finds itself.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_was_taken_for_dead_sends_its_clients_away_and_they_miss_nothing() {
    const FORGET: &str = "WITH gone AS (DELETE FROM engines WHERE id IN \
            (SELECT split_part(connection_id, '.', 1)::uuid FROM subscriptions) RETURNING id) \
        DELETE FROM subscriptions USING gone";
    let slow = [
        "--sim-quote-delay-ms",
        "50-80",
        "--sim-execution-delay-ms",
        "2500",
    ];
    let database = migrated_database();
    let there = serve(database.url(), &slow, |trading| trading).await;
    let here = serve(database.url(), &slow, |trading| trading).await;
    let id = place(&base(&there)).await;
    let mut watcher = Subscriber::open(&base(&here), &format!("orderId={id}")).await;
    let sent = timeout(PATIENCE, watcher.until("submitted")).await;
    let mut story = sent.expect("it is sent");
    Database::connect(database.url(), 1)
        .expect("a URL of ours")
        .run(FORGET, &[])
        .await
        .expect("PostgreSQL answers");
    let code = loop {
        match timeout(PATIENCE, watcher.next())
            .await
            .expect("the socket is closed")
        {
            Ok(event) => story.push(event),
            Err(code) => break code,
        }
    };
    assert_eq!(code, CloseCode::Away, "{story:?}");
    let query = format!("orderId={id}&after={}", story.len());
    let watcher = Subscriber::open(&base(&here), &query).await;
    let rest = timeout(PATIENCE, watcher.to_the_end()).await;
    for event in rest.expect("the order's end is told") {
        if !story.contains(&event) {
            story.push(event);
        }
    }
    assert_complete(&story);
    // From now on it counts again: what happens elsewhere is told here.
    let id = place(&base(&there)).await;
    let watcher = Subscriber::open(&base(&here), &format!("orderId={id}")).await;
    let story = timeout(PATIENCE, watcher.to_the_end()).await;
    assert_complete(&story.expect("the order's end is told"));
    here.stop().await;
    there.stop().await;
}

/// What waits in one engine's queue is not sent to another's as well, when that one starts.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_starts_leaves_alone_what_another_one_has_accepted() {
    const SENT_EARLY: &str = "SELECT count(*) AS open, \
            count(*) FILTER (WHERE b.sent_at < o.created_at + interval '9 seconds') AS early \
        FROM outbox b JOIN orders o ON o.id = b.order_id";
    let one_at_a_time = [
        "--worker-concurrency",
        "1",
        "--worker-batch-size",
        "1",
        "--sim-quote-delay-ms",
        "400",
        "--sim-execution-delay-ms",
        "10",
    ];
    let database = migrated_database();
    let busy = serve(database.url(), &one_at_a_time, |trading| trading).await;
    for _ in 0..25 {
        place(&base(&busy)).await;
    }
    let idle = serve(database.url(), &QUICK, |trading| trading).await;
    let id = place(&base(&idle)).await;
    let watcher = Subscriber::open(&base(&idle), &format!("orderId={id}")).await;
    assert_complete(&watcher.to_the_end().await);
    let database = Database::connect(database.url(), 1).expect("a URL of ours");
    let counted = database.run(SENT_EARLY, &[]).await;
    let counted = &counted.expect("PostgreSQL answers")[0];
    assert!(counted.get::<_, i64>("open") > 0, "the other one is busy");
    assert_eq!(counted.get::<_, i64>("early"), 0);
    idle.stop().await;
    busy.stop().await;
}

/// For longer than a push is tried, nothing can be handed over. The next event that can brings the
/// missing ones along, in their order.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_engine_could_not_hand_over_is_filled_in_from_the_log() {
    let long = [
        "--sim-quote-delay-ms",
        "1500",
        "--sim-execution-delay-ms",
        "9000",
    ];
    let database = migrated_database();
    let there = serve(database.url(), &long, |trading| trading).await;
    let here = serve(database.url(), &long, |trading| trading).await;
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls)
        .await
        .expect("PostgreSQL answers");
    tokio::spawn(connection);
    let barred = client.batch_execute("BEGIN; LOCK TABLE deliveries IN EXCLUSIVE MODE");
    barred.await.expect("nobody holds it for long");
    let mut of_all = follow_all(&base(&here)).await;
    let id = place(&base(&there)).await;
    let watcher = Subscriber::open(&base(&here), &format!("orderId={id}")).await;
    eventually("the order is confirmed", async || {
        let order = reqwest::get(format!("{}/api/orders/{id}", base(&here))).await;
        let order: Value = order.ok()?.json().await.ok()?;
        (order["status"] == "confirmed").then_some(())
    })
    .await;
    client
        .batch_execute("ROLLBACK")
        .await
        .expect("PostgreSQL answers");
    let story = timeout(PATIENCE, watcher.to_the_end()).await;
    assert_complete(&story.expect("the order's end is told"));
    let seen = stories(&mut of_all, std::slice::from_ref(&id)).await;
    assert_complete(&seen[&id]);
    here.stop().await;
    there.stop().await;
}
