//! Cancelling orders that are being executed at the same time.

use futures::{StreamExt, stream};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Engine, eventually, statuses, ten_sol};

async fn cancel(engine: &Engine, id: &str) -> (StatusCode, Value) {
    let url = engine.url(&format!("/api/orders/{id}"));
    let answer = engine.client.delete(url).send().await.expect("an answer");
    let status = answer.status();
    (status, answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_order_is_cancelled_and_its_watchers_see_it() {
    let engine = Engine::start().await;
    let body = json!({
        "type": "limit", "tokenIn": "USDC", "tokenOut": "SOL", "amount": "100", "limitPrice": "1",
    });
    let id = engine.place(&body).await;
    let mut subscriber = engine.watch(&format!("orderId={id}")).await;
    subscriber.until("waiting").await;
    let (status, order) = cancel(&engine, &id).await;
    assert_eq!(
        (status, &order["status"]),
        (StatusCode::OK, &json!("cancelled"))
    );
    let rest = subscriber.to_the_end().await;
    assert_eq!(statuses(&rest), ["cancelled"]);
    assert_eq!(engine.json("/api/orders?open=true").await, json!([]));
    let cancelled = engine.json("/api/orders?status=cancelled").await;
    assert_eq!(cancelled[0]["id"], json!(id));
    let (status, _) = cancel(&engine, &id).await;
    assert_eq!(status, StatusCode::OK, "twice is the same as once");
}

/// At every moment of their lives. Whatever is answered is what the chain's own record says.
#[tokio::test(flavor = "multi_thread")]
async fn of_cancels_that_race_fills_each_is_what_its_answer_says() {
    const ORDERS: u64 = 1_000;
    let engine = Engine::start().await;
    let answers: Vec<(String, StatusCode)> = stream::iter(0..ORDERS)
        .map(|n| {
            let engine = &engine;
            async move {
                let id = engine.place(&ten_sol()).await;
                // How far it is by then is the machine's to say; the range is an order's life.
                tokio::time::sleep(std::time::Duration::from_millis(n * 7 % 140)).await;
                let (status, _) = cancel(engine, &id).await;
                (id, status)
            }
        })
        .buffer_unordered(20)
        .collect()
        .await;
    eventually("every order final", async || {
        let open = engine.json("/api/orders?open=true").await;
        open.as_array().is_some_and(Vec::is_empty).then_some(())
    })
    .await;
    let landed = engine.landed().await;
    let mut seen = [0, 0, 0];
    for (id, answer) in answers {
        let order = engine.json(&format!("/api/orders/{id}")).await;
        let status = order["status"].as_str().expect("a status").to_owned();
        let swaps = landed
            .iter()
            .filter(|swap| swap.order.to_string() == id)
            .count();
        match answer.as_u16() {
            200 => {
                seen[0] += 1;
                assert_eq!((status.as_str(), swaps), ("cancelled", 0), "{order:#}");
            }
            202 => {
                seen[1] += 1;
                let ended = ["cancelled", "confirmed"].contains(&status.as_str());
                assert!(ended, "never tried again: {order:#}");
                assert_eq!(order["attempt"], 1, "{order:#}");
            }
            409 => {
                seen[2] += 1;
                assert_eq!(status, "confirmed", "{order:#}");
            }
            other => panic!("{other}: {order:#}"),
        }
        assert_eq!(swaps, usize::from(status == "confirmed"), "{order:#}");
        let events = order["events"].as_array().expect("events");
        assert_eq!(events.last().expect("an event")["status"], status);
    }
    assert!(
        seen.iter().all(|&count| count > 0),
        "each of the cases: {seen:?}"
    );
}
