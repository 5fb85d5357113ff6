//! A database of the released version, in the hands of this one.

use embedded_postgres::testing::TestDatabase;
use futures::future::{join, join_all};
use serde_json::Value;
use tokio_postgres::{Client, NoTls};

use crate::{
    process::{Process, free_port},
    support::{QUICK, eventually, landed, serve, ten_sol},
};

/// As its own program left it when it was killed.
const RELEASED: &str = include_str!("../released/v0_1_0.sql");

/// The same, a moment ago: nothing is out of time yet.
const A_MOMENT_AGO: &str = "UPDATE orders SET deadline = now() + interval '15 minutes'; \
    UPDATE outbox SET deadline = now() + interval '15 minutes'";

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a server");
    tokio::spawn(connection);
    client
}

pub(crate) async fn released() -> (TestDatabase, Client) {
    let database = TestDatabase::create();
    let client = connect(database.url()).await;
    client.batch_execute(RELEASED).await.expect("the dump");
    client.batch_execute(A_MOMENT_AGO).await.expect("later");
    (database, client)
}

/// The released version stored what clients were sent, so both are known: whoever reads the history
/// of an old order gets the same words as then.
#[tokio::test(flavor = "multi_thread")]
async fn old_orders_and_their_events_are_told_as_they_were() {
    const EVENTS: &str = "SELECT e.order_id, e.seq, e.status, e.attempt, e.payload \
        FROM order_events e JOIN orders o ON o.id = e.order_id \
        WHERE o.status IN ('confirmed', 'failed') ORDER BY e.order_id, e.seq";
    const ORDERS: &str = "SELECT id, status, tx_hash, chosen_dex, executed_price::text AS price, \
        failure_reason FROM orders WHERE status IN ('confirmed', 'failed')";
    let (database, client) = released().await;
    let events = client.query(EVENTS, &[]).await.expect("its events");
    let orders = client.query(ORDERS, &[]).await.expect("its orders");
    assert!(orders.len() >= 9, "{} orders", orders.len());
    let server = serve(database.url(), &QUICK, |trading| trading).await;
    let get = async |path: String| -> Value {
        let url = format!("http://{}{path}", server.address());
        let answer = reqwest::get(url).await.expect("an answer");
        answer.json().await.expect("JSON")
    };
    for row in &orders {
        let id: uuid::Uuid = row.get("id");
        let order = get(format!("/api/orders/{id}")).await;
        let text = |column: &str| row.get::<_, Option<String>>(column);
        for (field, column) in [
            ("status", "status"),
            ("txHash", "tx_hash"),
            ("chosenDex", "chosen_dex"),
            ("failureReason", "failure_reason"),
        ] {
            assert_eq!(
                order[field].as_str().map(str::to_owned),
                text(column),
                "{id} {field}"
            );
        }
        if let Some(price) = text("price") {
            let told = order["executedPrice"].as_str().expect("a price");
            assert_eq!(
                told.trim_end_matches('0'),
                price.trim_end_matches('0'),
                "{id}"
            );
        }
        let told = get(format!("/api/orders/{id}/events")).await;
        let stored = events
            .iter()
            .filter(|event| event.get::<_, uuid::Uuid>("order_id") == id);
        let mut number = 0;
        for event in stored {
            let told = &told[number];
            assert_eq!(
                told["payload"],
                event.get::<_, Value>("payload"),
                "{id}: {told}"
            );
            assert_eq!(told["status"], event.get::<_, &str>("status"), "{id}");
            assert_eq!(told["seq"], event.get::<_, i64>("seq"), "{id}");
            number += 1;
        }
        assert!(number > 1 && told[number].is_null(), "{id}: {told}");
    }
    server.stop().await;
}

/// The old program was killed with orders in every status; the new one starts while clients go on.
#[tokio::test(flavor = "multi_thread")]
async fn orders_in_flight_end_once_while_new_ones_come_in() {
    const OPEN: &str = "SELECT count(*) FROM orders WHERE closed_at IS NULL";
    const BEFORE: &str = "SELECT status, count(*) FROM orders GROUP BY status";
    let (database, client) = released().await;
    let before = client.query(BEFORE, &[]).await.expect("its orders");
    assert_eq!(before.len(), 6, "orders in every status: {before:?}");
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/api/orders/execute");
    let options = [&["--database-url", database.url()], &QUICK[..]].concat();
    let clients = join_all((0..4).map(|_| post_until_taken(&url, 25)));
    let (process, _) = join(Process::start_at(port, &options), clients).await;
    eventually("the end of every order", async || {
        let open = client.query_one(OPEN, &[]).await.expect("an answer");
        (open.get::<_, i64>(0) == 0).then_some(())
    })
    .await;
    assert_ended_once(&client, database.url()).await;
    process.kill();
}

/// Posts orders one after the other, from before there is anybody to take them.
async fn post_until_taken(url: &str, orders: usize) {
    let client = reqwest::Client::new();
    for _ in 0..orders {
        eventually("an accepted order", async || {
            let answer = client.post(url).json(&ten_sol()).send().await.ok()?;
            (answer.status() == 202).then_some(())
        })
        .await;
    }
}

/// The chain's record and the order book agree about each order, old and new.
async fn assert_ended_once(client: &Client, url: &str) {
    const ORDERS: &str = "SELECT o.id, o.status, o.last_seq, \
        (SELECT count(*) FROM order_events e WHERE e.order_id = o.id) AS events, \
        (SELECT count(*) FROM order_events e WHERE e.order_id = o.id \
            AND e.status IN ('confirmed', 'failed')) AS ends FROM orders o";
    let orders = client.query(ORDERS, &[]).await.expect("the orders");
    assert!(orders.len() >= 100, "{} orders", orders.len());
    let landed = landed(url).await;
    for row in &orders {
        let (id, status): (uuid::Uuid, &str) = (row.get("id"), row.get("status"));
        let swaps = landed.iter().filter(|landed| landed.order == id).count();
        assert_eq!(
            swaps,
            usize::from(status == "confirmed"),
            "{id} is {status}"
        );
        assert_eq!(
            row.get::<_, i64>("events"),
            row.get::<_, i64>("last_seq"),
            "{id}"
        );
        assert_eq!(row.get::<_, i64>("ends"), 1, "{id}");
    }
    let left = "SELECT (SELECT count(*) FROM outbox) + \
        (SELECT count(*) FROM orders WHERE closed_at IS NULL)";
    let left = client.query_one(left, &[]).await.expect("an answer");
    assert_eq!(left.get::<_, i64>(0), 0);
}

/// Migrating is repeated by every start and every deployment.
#[tokio::test(flavor = "multi_thread")]
async fn a_migrated_database_is_left_as_it_is() {
    let (database, client) = released().await;
    let pool = postgres::Database::connect(database.url(), 1).expect("a URL of ours");
    let migrate = async || runtime::migrate(&pool, config::Venues::Simulated).await;
    let first = migrate().await.expect("it migrates");
    let second = migrate().await.expect("nothing to do");
    assert!(
        first.applied > 0 && second.applied == 0,
        "{first:?} {second:?}"
    );
    let open = "SELECT count(*) FILTER (WHERE o.closed_at IS NULL) = count(b.order_id) \
        FROM orders o LEFT JOIN outbox b ON b.order_id = o.id";
    let open = client.query_one(open, &[]).await.expect("an answer");
    assert!(
        open.get::<_, bool>(0),
        "the open ones, and no others, have an outbox row"
    );
}
