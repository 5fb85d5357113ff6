//! `{"action":"subscribe","all":true}`: every later event of every order, whichever engine executes
//! it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::migrated_database;
use tokio::time::timeout;

use crate::{
    engines::{base, place},
    support::{Engine, PATIENCE, QUICK, Subscriber, assert_complete, serve, ten_sol},
};

/// The next message. Pings keep a socket alive that nobody tells anything.
async fn next(socket: &mut Subscriber) -> Value {
    let message = timeout(PATIENCE, socket.next()).await;
    message.expect("a message").expect("the socket stays open")
}

/// Everything that was said before the answer to a ping: what was asked before is done then.
async fn until_pong(socket: &mut Subscriber) -> Vec<Value> {
    socket.say(json!({ "action": "ping" })).await;
    let mut before = Vec::new();
    loop {
        let message = next(socket).await;
        if message == json!({ "event": "pong" }) {
            return before;
        }
        before.push(message);
    }
}

pub(crate) async fn follow_all(base: &str) -> Subscriber {
    let mut socket = Subscriber::open(base, "").await;
    socket
        .say(json!({ "action": "subscribe", "all": true }))
        .await;
    assert_eq!(
        until_pong(&mut socket).await,
        Vec::<Value>::new(),
        "no replay"
    );
    socket
}

/// Reads until each of `orders` has ended. Answers their stories, each in the order of arrival and
/// without what came twice.
pub(crate) async fn stories(
    socket: &mut Subscriber,
    orders: &[String],
) -> BTreeMap<String, Vec<Value>> {
    let mut stories: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let is_over = |story: Option<&Vec<Value>>| {
        story
            .and_then(|story| story.last())
            .is_some_and(|event| event["status"] == "confirmed" || event["status"] == "failed")
    };
    while !orders.iter().all(|order| is_over(stories.get(order))) {
        let event = next(socket).await;
        let order = event["orderId"]
            .as_str()
            .unwrap_or_else(|| panic!("an event: {event}"));
        let story = stories.entry(order.to_owned()).or_default();
        if !story.contains(&event) {
            story.push(event);
        }
    }
    stories
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_all_sees_every_order_of_every_engine_and_stays_connected() {
    let database = migrated_database();
    let there = serve(database.url(), &QUICK, |trading| trading).await;
    let here = serve(database.url(), &QUICK, |trading| trading).await;
    let mut before = Subscriber::open(
        &base(&there),
        &format!("orderId={}", place(&base(&there)).await),
    )
    .await;
    before.until("confirmed").await;
    let mut socket = follow_all(&base(&here)).await;
    let mut orders = Vec::new();
    for engine in [&there, &here, &there, &there, &here] {
        orders.push(place(&base(engine)).await);
    }
    let seen = stories(&mut socket, &orders).await;
    assert_eq!(seen.len(), orders.len(), "none of before: {seen:#?}");
    for story in seen.values() {
        assert_complete(story);
    }
    socket
        .say(json!({ "action": "unsubscribe", "all": true }))
        .await;
    until_pong(&mut socket).await;
    let unseen = place(&base(&there)).await;
    Subscriber::open(&base(&there), &format!("orderId={unseen}"))
        .await
        .to_the_end()
        .await;
    assert_eq!(
        until_pong(&mut socket).await,
        Vec::<Value>::new(),
        "it follows nothing"
    );
    here.stop().await;
    there.stop().await;
}

/// The order that it also follows by name comes with its history, in its order, and its end closes
/// nothing.
#[tokio::test(flavor = "multi_thread")]
async fn one_order_and_all_orders_go_together() {
    let database = migrated_database();
    let slow = [
        "--sim-quote-delay-ms",
        "30-60",
        "--sim-execution-delay-ms",
        "300-600",
    ];
    let there = serve(database.url(), &slow, |trading| trading).await;
    let here = serve(database.url(), &slow, |trading| trading).await;
    for engine in [&here, &there] {
        let mut socket = follow_all(&base(&here)).await;
        let named = place(&base(engine)).await;
        socket
            .say(json!({ "action": "subscribe", "orderId": named }))
            .await;
        let other = place(&base(engine)).await;
        let orders = [named, other];
        let seen = stories(&mut socket, &orders).await;
        for order in &orders {
            assert_complete(&seen[order]);
        }
        // Nor does it when all are followed no longer.
        socket
            .say(json!({ "action": "unsubscribe", "all": true }))
            .await;
        until_pong(&mut socket).await;
    }
    here.stop().await;
    there.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_is_to_one_order_or_to_all() {
    let engine = Engine::start().await;
    let id = engine.place(&ten_sol()).await;
    let mut socket = engine.watch("").await;
    for (said, code) in [
        (json!({ "action": "subscribe" }), "missing_field"),
        (json!({ "action": "unsubscribe" }), "missing_field"),
        (
            json!({ "action": "subscribe", "all": false }),
            "malformed_body",
        ),
        (
            json!({ "action": "subscribe", "all": "true" }),
            "malformed_body",
        ),
        (
            json!({ "action": "subscribe", "all": true, "orderId": id }),
            "malformed_body",
        ),
        (
            json!({ "action": "subscribe", "all": true, "after": 1 }),
            "malformed_body",
        ),
        (json!({ "action": "ping", "all": true }), "unknown_field"),
    ] {
        socket.say(&said).await;
        let error = next(&mut socket).await;
        assert_eq!(
            (&error["event"], &error["code"]),
            (&json!("error"), &json!(code)),
            "{said}"
        );
    }
    engine.stop().await;
}
