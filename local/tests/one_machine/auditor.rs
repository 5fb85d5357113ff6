//! The order book is damaged behind the engine's back. What can be mended is mended; the rest is
//! told.

use postgres::Database;
use serde_json::Value;
use testkit::migrated_database;

use crate::{
    process::Process,
    support::{eventually, landed, ten_sol},
};

/// Long enough for an order to be parked, with its transaction on the way.
const SLOW: [&str; 4] = [
    "--sim-quote-delay-ms",
    "0-10",
    "--sim-execution-delay-ms",
    "9000-9000",
];

async fn place(process: &Process) -> String {
    let answer: Value = process.post(&ten_sol()).await.json().await.expect("JSON");
    answer["orderId"].as_str().expect("an id").to_owned()
}

async fn in_status(process: &Process, id: &str, status: &str) {
    eventually(status, async || {
        let order = process.json(&format!("/api/orders/{id}")).await;
        (order["status"] == status).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_damaged_is_mended_or_told() {
    let server = migrated_database();
    let options = [&["--database-url", server.url()], &SLOW[..]].concat();
    let process = Process::start(&options).await;
    // One is closed when it is damaged; the others are on their way.
    let closed = place(&process).await;
    in_status(&process, &closed, "confirmed").await;
    let (lost, of_another_attempt) = (place(&process).await, place(&process).await);
    for id in [&lost, &of_another_attempt] {
        in_status(&process, id, "submitted").await;
    }
    process.stop("-TERM").await;

    let database = Database::connect(server.url(), 1).expect("a URL of ours");
    for damage in [
        format!("DELETE FROM outbox WHERE order_id = '{lost}'"),
        format!("UPDATE outbox SET attempt = 3 WHERE order_id = '{of_another_attempt}'"),
        format!(
            "INSERT INTO outbox (order_id, attempt, available_at, deadline) \
            SELECT id, 1, now(), deadline FROM orders WHERE id = '{closed}'"
        ),
        format!("UPDATE transactions SET state = 'expired' WHERE order_id = '{closed}'"),
    ] {
        database.run(&damage, &[]).await.expect("damaged");
    }

    let process = Process::start(&options).await;
    for id in [&lost, &of_another_attempt] {
        in_status(&process, id, "confirmed").await;
    }
    eventually("the leftover is gone", async || {
        let left = database.run("SELECT 1 FROM outbox", &[]).await;
        left.expect("an answer").is_empty().then_some(())
    })
    .await;
    assert!(process.metric("audit_violations_total").await >= 1.0);
    let told = process.json(&format!("/api/orders/{closed}")).await;
    assert_eq!(told["status"], "confirmed", "what is told is not changed");
    for id in [&closed, &lost, &of_another_attempt] {
        let swaps = landed(server.url()).await;
        let swaps = swaps.iter().filter(|swap| swap.order.to_string() == *id);
        assert_eq!(swaps.count(), 1, "{id}");
    }
}
