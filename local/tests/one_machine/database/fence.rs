//! 503 `unavailable` is no trade, now or later; what is not known is said to be unknown.

use futures::future::join_all;
use serde_json::Value;
use testkit::{Network, migrated_database};

use super::{Site, assert_landed_once, stored};

/// The network keeps what was sent until long after its sender was told something, and then
/// delivers it.
#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_after_the_answer_is_not_stored() {
    let database = migrated_database();
    let (network, url) = Network::before_database(database.url()).await;
    let site = Site::start(&url, &[]).await;
    let mut ids = vec![site.place().await];
    site.confirmed(&ids).await;
    // So that there are connections at hand to send something over.
    join_all((0..12).map(|_| site.get("/api/orders"))).await;
    network.hold();
    let answers = join_all((0..16).map(|_| site.post())).await;
    let mut unknown = Vec::new();
    for answer in answers {
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
        let problem: Value = answer.json().await.expect("JSON");
        match problem["code"].as_str() {
            Some("unavailable") => assert_eq!(problem["orderId"], Value::Null),
            Some("outcome_unknown") => {
                unknown.push(problem["orderId"].as_str().expect("an id").to_owned());
            }
            other => panic!("{other:?}: {problem}"),
        }
    }
    assert!(!unknown.is_empty(), "some were sent, and not answered");
    network.release();
    ids.push(site.place().await);
    site.confirmed(&ids).await;
    // All were held for longer than their senders waited, so none of them may be stored.
    for id in &unknown {
        assert_eq!(site.get(&format!("/api/orders/{id}")).await.0, 404);
    }
    let mut found = stored(database.url()).await;
    found.sort();
    ids.sort();
    assert_eq!(found, ids);
    assert_landed_once(database.url(), &ids).await;
    site.server.stop().await;
}

/// An order was stored and the answer was lost, with no way to ask: the client learns the id, and
/// finds the order there when the way is open again. A repeat with the key is that order.
#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_is_unknown_can_be_looked_up_and_repeated() {
    let database = migrated_database();
    let (network, url) = Network::before_database(database.url()).await;
    let site = Site::start(&url, &[]).await;
    let before = site.place().await;
    site.confirmed(&[before]).await; // so that nothing else writes
    // The insert waits for a lock, and the way back is cut while it waits.
    let (client, connection) = tokio_postgres::connect(database.url(), tokio_postgres::NoTls)
        .await
        .expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
        .batch_execute("BEGIN; LOCK TABLE order_events IN EXCLUSIVE MODE")
        .await
        .expect("locked");
    let post = || {
        site.client
            .post(format!("{}/api/orders/execute", site.base))
            .header("Idempotency-Key", "trade 17")
            .json(&crate::support::ten_sol())
            .send()
    };
    let cut = async {
        crate::support::eventually("the insert waits", async || {
            let waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                AND application_name = 'order-engine' AND datname = current_database()";
            let waiting = client
                .query(waiting, &[])
                .await
                .expect("PostgreSQL answers");
            (!waiting.is_empty()).then_some(())
        })
        .await;
        network.refuse(true);
        network.stall();
        client.batch_execute("COMMIT").await.expect("unlocked");
    };
    let (answer, ()) = tokio::join!(post(), cut);
    let answer = answer.expect("the engine answers");
    assert_eq!(answer.status(), 503);
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["code"], "outcome_unknown", "{problem}");
    let id = problem["orderId"].as_str().expect("an id").to_owned();
    network.refuse(false);
    site.place().await;
    let (status, order) = site.get(&format!("/api/orders/{id}")).await;
    assert_eq!(status, 200, "{order}");
    let again = post().await.expect("the engine answers");
    assert_eq!(again.status(), 202);
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    let again: Value = again.json().await.expect("JSON");
    assert_eq!(again["orderId"], *id);
    site.confirmed(&[id]).await;
    site.server.stop().await;
}

/// The server itself says no in time, whatever holds it up: then nothing is stored, and nothing
/// will be.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_is_unavailable_and_not_unknown() {
    let database = migrated_database();
    let site = Site::start(database.url(), &[]).await;
    site.place().await;
    let (client, connection) = tokio_postgres::connect(database.url(), tokio_postgres::NoTls)
        .await
        .expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
        .batch_execute("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        .await
        .expect("locked");
    for answer in join_all((0..5).map(|_| site.post())).await {
        assert_eq!(answer.status(), 503);
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["code"], "unavailable", "{problem}");
    }
    client.batch_execute("ROLLBACK").await.expect("unlocked");
    let after = site.place().await;
    let found = stored(database.url()).await;
    assert_eq!(found.len(), 2, "{found:?} and {after}");
    site.server.stop().await;
}
