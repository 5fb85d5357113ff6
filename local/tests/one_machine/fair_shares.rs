//! One account's flood delays another account's orders by no more than its share, whatever the
//! flood is made of.

use futures::{StreamExt, stream};

use crate::{
    desk::Desk,
    support::{Engine, eventually, ten_sol},
};

/// Four orders at a time, of which each takes a while.
const SLOW: [&str; 12] = [
    "--auth",
    "keys",
    "--worker-concurrency",
    "4",
    "--worker-batch-size",
    "1",
    "--max-wait-s",
    "300",
    "--sim-quote-delay-ms",
    "300-320",
    "--sim-execution-delay-ms",
    "20-60",
];
/// A page of the history.
const PAGE: usize = 200;

async fn flood(client: &Desk<'_>, count: usize) {
    let orders = stream::iter(0..count).map(|_| async { client.place(&ten_sol()).await });
    orders.buffer_unordered(20).for_each(async |_| {}).await;
}

async fn place(client: &Desk<'_>, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(client.place(&ten_sol()).await.0);
    }
    ids
}

async fn confirmed(client: &Desk<'_>, ids: &[String]) {
    for id in ids {
        eventually("the order's end", async || {
            let order = client.json(&format!("/api/orders/{id}")).await;
            (order["status"] == "confirmed").then_some(())
        })
        .await;
    }
}

/// How many orders are not final, a page of them at the most.
async fn open(client: &Desk<'_>) -> usize {
    let path = format!("/api/orders?open=true&limit={PAGE}");
    let open = client.json(&path).await;
    open.as_array().expect("an array").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_served_beside_anothers_flood() {
    let engine = Engine::start_with(&SLOW, |trading| trading).await;
    let (many, few) = (
        Desk::of(&engine, "many").await,
        Desk::of(&engine, "few").await,
    );
    flood(&many, 400).await;
    let ids = place(&few, 4).await;
    confirmed(&few, &ids).await;
    assert_eq!(open(&many).await, PAGE, "the flood goes on, and on");
    engine.stop().await;
}

/// The engine knows from its database alone whose the orders of before are.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_served_beside_anothers_flood_after_a_restart() {
    let mut slower = SLOW;
    slower[9] = "1500-1600";
    let engine = Engine::start_with(&slower, |trading| trading).await;
    let (many, few) = (
        Desk::of(&engine, "many").await,
        Desk::of(&engine, "few").await,
    );
    flood(&many, PAGE).await;
    let ids = place(&few, 4).await;
    let database = engine.stop().await;

    let engine = Engine::start_on(database, &SLOW, |trading| trading).await;
    let (many, few) = (
        Desk::of(&engine, "many").await,
        Desk::of(&engine, "few").await,
    );
    confirmed(&few, &ids).await;
    let left = open(&many).await;
    assert!(
        left >= PAGE / 2,
        "{left} of the flood were not served before"
    );
    engine.stop().await;
}
