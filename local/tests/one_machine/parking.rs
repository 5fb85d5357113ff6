//! An order whose transaction is on its way takes no worker's slot.

use serde_json::Value;

use crate::support::{Engine, QUICK, eventually, serve, ten_sol};

#[tokio::test(flavor = "multi_thread")]
async fn one_slot_sends_many_orders_before_the_first_of_them_lands() {
    let engine = Engine::start_with(
        &[
            "--worker-concurrency",
            "1",
            "--worker-batch-size",
            "1",
            "--sim-quote-delay-ms",
            "0",
            "--sim-execution-delay-ms",
            "4000",
        ],
        |trading| trading,
    )
    .await;
    let mut placed = Vec::new();
    for _ in 0..4 {
        placed.push(engine.place(&ten_sol()).await);
    }
    let mut stories = Vec::new();
    for id in &placed {
        stories.push(engine.story(id).await);
    }
    let at = |story: &[Value], status: &str| {
        let event = story.iter().find(|event| event["status"] == status);
        let at = &event.expect("every order is confirmed")["at"];
        at.as_str().expect("a time").to_owned()
    };
    let last_sent = stories.iter().map(|story| at(story, "submitted")).max();
    let first_landed = stories.iter().map(|story| at(story, "confirmed")).min();
    assert!(last_sent < first_landed, "{stories:#?}");
}

/// The queue dies with the process. What waited in it must not wait for the relay's grace on top.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_its_landing_waits_in_the_queue_of_the_next_process() {
    let long = [
        "--sim-quote-delay-ms",
        "0",
        "--sim-execution-delay-ms",
        "600000",
    ];
    let engine = Engine::start_with(&long, |trading| trading).await;
    engine.place(&ten_sol()).await;
    eventually("the order is parked", async || {
        (engine.server.queue().expect("its own").depth().delayed == 1).then_some(())
    })
    .await;
    let database = engine.stop().await;
    let next = serve(database.url(), &QUICK, |trading| trading).await;
    eventually("the order is parked again", async || {
        (next.queue().expect("its own").depth().delayed == 1).then_some(())
    })
    .await;
    next.stop().await;
}
