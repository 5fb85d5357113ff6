//! An order from the request to the last push, for whoever watches and whenever.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Engine, assert_complete, statuses, ten_sol};

const SMOOTH: [&str; 5] = ["pending", "routing", "building", "submitted", "confirmed"];

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_confirmed_and_every_step_of_it_is_streamed() {
    let engine = Engine::start().await;
    let answer = engine.post(&ten_sol()).await;
    assert_eq!(answer.status(), 202);
    let location = answer.headers()["location"]
        .to_str()
        .expect("text")
        .to_owned();
    let accepted: Value = answer.json().await.expect("JSON");
    let id = accepted["orderId"].as_str().expect("an id");
    assert_eq!(location, format!("/api/orders/{id}"));
    assert_eq!(accepted["status"], "pending");
    let address = engine.url("").replacen("http", "ws", 1);
    assert_eq!(
        accepted["ws"],
        format!("{address}/api/orders/ws?orderId={id}")
    );

    let story = engine.story(id).await;
    assert_complete(&story);
    assert_eq!(statuses(&story), SMOOTH);
    let [_, _, building, submitted, confirmed] = &story[..] else {
        panic!("{story:?}")
    };
    assert_eq!(
        building["payload"]["quotes"].as_array().map(Vec::len),
        Some(2)
    );
    let chosen = &building["payload"]["chosenDex"];
    assert!(["Raydium", "Meteora"].contains(&chosen.as_str().expect("a venue")));
    let hash = &submitted["payload"]["txHash"];
    assert_eq!(&confirmed["payload"]["txHash"], hash);

    let order = engine.json(&location).await;
    assert_eq!(order["status"], "confirmed");
    assert_eq!(&order["txHash"], hash);
    assert_eq!(&order["chosenDex"], chosen);
    assert_eq!(order["amountOut"], confirmed["payload"]["amountOut"]);
    assert_eq!(order["events"], Value::from(story.clone()));

    let landed = engine.landed().await;
    assert_eq!(landed.len(), 1);
    assert_eq!(landed[0].signature, hash.as_str().expect("a hash"));
    // USDC has six decimals; the ledger counts in millionths, the answer in whole tokens.
    let shown: String = confirmed["payload"]["amountOut"]
        .as_str()
        .expect("text")
        .to_owned();
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    assert_eq!(
        format!("{whole}{fraction:0<6}"),
        landed[0].amount_out.to_string()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_before_during_and_after_gets_the_same_complete_story() {
    let engine = Engine::start_with(
        &[
            "--sim-quote-delay-ms",
            "150",
            "--sim-execution-delay-ms",
            "400",
        ],
        |trading| trading,
    )
    .await;
    // Before: the socket is open before there is any order; it subscribes as soon as it knows the
    // id.
    let mut before = engine.watch("").await;
    let id = engine.place(&ten_sol()).await;
    before
        .say(json!({ "action": "subscribe", "orderId": id }))
        .await;
    // During: it connects when the venues are being asked, and when the swap is on its way.
    let mut first = engine.watch(&format!("orderId={id}")).await;
    let seen_first = first.until("building").await;
    let during = engine.watch(&format!("orderId={id}")).await;
    let mut rest = first.to_the_end().await;
    let during = during.to_the_end().await;
    let before = before.to_the_end().await;
    let after = engine.story(&id).await;

    let mut whole = seen_first;
    whole.append(&mut rest);
    assert_eq!(statuses(&whole), SMOOTH);
    assert_complete(&whole);
    assert_eq!(during, whole);
    assert_eq!(before, whole);
    assert_eq!(after, whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reconnect_with_after_continues_where_it_was() {
    let engine = Engine::start().await;
    let id = engine.place(&ten_sol()).await;
    let whole = engine.story(&id).await;
    for after in 0..=whole.len() {
        let rest = engine
            .watch(&format!("orderId={id}&after={after}"))
            .await
            .to_the_end()
            .await;
        // Who has seen everything gets the last event again: it proves that the connection is open.
        let expected = &whole[after.min(whole.len() - 1)..];
        assert_eq!(rest, expected, "after {after}");
        let log = engine
            .json(&format!("/api/orders/{id}/events?after={after}"))
            .await;
        assert_eq!(log, Value::from(whole[after..].to_vec()), "after {after}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_subscribers_who_come_at_any_moment_see_the_same_in_order() {
    let engine = Engine::start_with(
        &[
            "--sim-quote-delay-ms",
            "60",
            "--sim-execution-delay-ms",
            "150",
        ],
        |trading| trading,
    )
    .await;
    let id = engine.place(&ten_sol()).await;
    let query = format!("orderId={id}");
    let subscribers = (0..50).map(async |n| {
        // Spreads them over the order's life.
        tokio::time::sleep(std::time::Duration::from_millis(n * 6)).await;
        engine.watch(&query).await.to_the_end().await
    });
    for story in join_all(subscribers).await {
        assert_complete(&story);
        assert_eq!(statuses(&story), SMOOTH);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_socket_can_watch_many_orders_and_stop_watching_one() {
    let engine = Engine::start_with(
        &[
            "--sim-quote-delay-ms",
            "0",
            "--sim-execution-delay-ms",
            "1500",
        ],
        |trading| trading,
    )
    .await;
    let (a, b) = (
        engine.place(&ten_sol()).await,
        engine.place(&ten_sol()).await,
    );
    for id in [&a, &b] {
        engine
            .watch(&format!("orderId={id}"))
            .await
            .until("submitted")
            .await;
    }
    let mut socket = engine.watch("").await;
    for id in [&a, &b] {
        socket
            .say(json!({ "action": "subscribe", "orderId": id, "after": 3 }))
            .await;
    }
    // Both are on the chain, each with what comes after its third event.
    let seen = [
        socket.next().await.expect("an event"),
        socket.next().await.expect("an event"),
    ];
    assert!(seen.iter().all(|event| event["seq"] == 4), "{seen:?}");
    socket
        .say(json!({ "action": "unsubscribe", "orderId": a }))
        .await;
    socket.say(json!({ "action": "ping" })).await;
    assert_eq!(socket.next().await, Ok(json!({ "event": "pong" })));
    // The end of b closes the socket: it was the only subscription left.
    let rest = socket.to_the_end().await;
    assert_eq!(
        rest.iter()
            .map(|event| &event["orderId"])
            .collect::<Vec<_>>(),
        [&json!(b)]
    );
    assert_eq!(statuses(&rest), ["confirmed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_paged_from_the_newest_and_filtered_by_status() {
    let engine = Engine::start().await;
    let mut placed = Vec::new();
    for _ in 0..7 {
        placed.push(engine.place(&ten_sol()).await);
    }
    for id in &placed {
        engine.story(id).await;
    }
    placed.reverse();
    let mut listed = Vec::new();
    let mut next = Some("/api/orders?limit=3&status=confirmed".to_owned());
    while let Some(path) = next {
        let page = engine.get(&path).await;
        next = page.headers().get("link").map(|link| {
            let link = link.to_str().expect("text");
            assert!(link.ends_with(r#"; rel="next""#), "{link}");
            link[1..link.find('>').expect("an address")].to_owned()
        });
        let page: Vec<Value> = page.json().await.expect("an array");
        listed.extend(
            page.into_iter()
                .map(|order| order["id"].as_str().expect("an id").to_owned()),
        );
    }
    assert_eq!(listed, placed);
    assert_eq!(engine.json("/api/orders?status=failed").await, json!([]));
    assert_eq!(engine.json("/api/orders?status=pending").await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_listed_pair_can_be_traded_both_ways() {
    let engine = Engine::start().await;
    let pairs = [
        ("SOL", "USDC"),
        ("USDC", "USDT"),
        ("SOL", "JUP"),
        ("SOL", "USDT"),
        ("JUP", "USDC"),
    ];
    let mut orders = Vec::new();
    for (a, b) in pairs {
        for (token_in, token_out) in [(a, b), (b, a)] {
            let body = json!({ "type": "market", "tokenIn": token_in, "tokenOut": token_out, "amount": "2.5" });
            orders.push((token_in, token_out, engine.place(&body).await));
        }
    }
    for (token_in, token_out, id) in orders {
        let story = engine.story(&id).await;
        assert_eq!(
            statuses(&story),
            SMOOTH,
            "{token_in} to {token_out}: {story:#?}"
        );
    }
}
