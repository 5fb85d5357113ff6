//! PostgreSQL goes away and comes back under a running engine.

use embedded_postgres::testing::OwnCluster;
use reqwest::Client;
use serde_json::Value;

use crate::support::{QUICK, Subscriber, assert_complete, eventually, landed, serve, ten_sol};

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_outlives_its_database_and_finishes_every_order() {
    let mut cluster = OwnCluster::start();
    let options = [&QUICK[..2], &["--sim-execution-delay-ms", "800"]].concat();
    let server = serve(cluster.url(), &options, |trading| trading).await;
    let base = format!("http://{}", server.address());
    let client = Client::new();
    let post = async || {
        client
            .post(format!("{base}/api/orders/execute"))
            .json(&ten_sol())
            .send()
            .await
            .expect("the engine answers")
    };
    let id_of = async |answer: reqwest::Response| {
        answer.json::<Value>().await.expect("JSON")["orderId"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(id_of(post().await).await);
    }
    // The orders are on their way: some were sent, none has landed.
    tokio::task::block_in_place(|| cluster.stop());

    let refused = post().await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let error: Value = refused.json().await.expect("JSON");
    assert_eq!(error["code"], "unavailable");
    let health = client
        .get(format!("{base}/health"))
        .send()
        .await
        .expect("the engine answers");
    assert_eq!(health.status(), 503);

    tokio::task::block_in_place(|| cluster.start_again());
    let after = eventually("orders are taken again", async || {
        let answer = post().await;
        if answer.status() == 202 {
            Some(id_of(answer).await)
        } else {
            None
        }
    })
    .await;
    ids.push(after);
    for id in &ids {
        let story = eventually("the story", async || {
            let order = client
                .get(format!("{base}/api/orders/{id}"))
                .send()
                .await
                .ok()?;
            let order: Value = order.json().await.ok()?;
            let over = order["status"] == "confirmed" || order["status"] == "failed";
            over.then_some(order)
        })
        .await;
        assert_complete(story["events"].as_array().expect("events"));
        let socket = Subscriber::open(&base, &format!("orderId={id}"))
            .await
            .to_the_end()
            .await;
        assert_eq!(Value::from(socket), story["events"]);
    }
    let swaps = landed(cluster.url()).await;
    for id in &ids {
        let order: Value = client
            .get(format!("{base}/api/orders/{id}"))
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        let once = swaps
            .iter()
            .filter(|swap| swap.order.to_string() == *id)
            .count();
        assert_eq!(
            once,
            usize::from(order["status"] == "confirmed"),
            "{order:#}"
        );
    }
    server.stop().await;
}

/// What waits stays where it is: were it taken while nothing can be done for it, all of it would
/// come back late, behind what came since, and three short outages would make it dead letters.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_takes_no_order_out_of_the_queue() {
    const ORDERS: usize = 40;
    let mut cluster = OwnCluster::start();
    let options = [
        &["--worker-concurrency", "1", "--worker-batch-size", "1"][..],
        &["--sim-quote-delay-ms", "200"],
        &QUICK[2..],
    ]
    .concat();
    let server = serve(cluster.url(), &options, |trading| trading).await;
    let base = format!("http://{}", server.address());
    let client = Client::new();
    for _ in 0..ORDERS {
        let post = client.post(format!("{base}/api/orders/execute"));
        let answer = post.json(&ten_sol()).send().await.expect("an answer");
        assert_eq!(answer.status(), 202);
    }
    let metric = async |name: &str| {
        let metrics = client.get(format!("{base}/metrics")).send().await;
        let metrics = metrics.expect("an answer").text().await.expect("text");
        let named = format!("order_engine_{name} ");
        let value = metrics.lines().find_map(|line| line.strip_prefix(&named));
        value.and_then(|value| value.parse::<usize>().ok())
    };
    let before = metric("queue_ready").await.expect("a depth");
    assert!(before > ORDERS / 2, "{before}");
    tokio::task::block_in_place(|| cluster.stop());
    let ready = metric("queue_ready").await.expect("a depth");
    for look in 0..40 {
        let now = metric("queue_ready").await.expect("a depth");
        assert!(now + 1 >= ready, "look {look}: {now} of {ready} wait");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    tokio::task::block_in_place(|| cluster.start_again());
    eventually("every order ends", async || {
        let open = client.get(format!("{base}/api/orders?open=true")).send();
        let open: Value = open.await.ok()?.json().await.ok()?;
        open.as_array()?.is_empty().then_some(())
    })
    .await;
    assert_eq!(landed(cluster.url()).await.len(), ORDERS);
    assert_eq!(metric("queue_dead").await, Some(0));
    server.stop().await;
}
