//! What is taken when more comes than can be executed, and whose turn it is.

use std::{net::IpAddr, time::Duration};

use futures::{StreamExt, stream};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::support::{Engine, eventually, ten_sol};

/// One order at a time, of which each takes a while; what would wait longer than 20 s is refused.
const SLOW: [&str; 10] = [
    "--worker-concurrency",
    "1",
    "--worker-batch-size",
    "1",
    "--max-wait-s",
    "20",
    "--sim-quote-delay-ms",
    "300-320",
    "--sim-execution-delay-ms",
    "20-60",
];

/// Somebody with an address of its own.
struct From<'a> {
    engine: &'a Engine,
    client: Client,
}

impl<'a> From<'a> {
    fn address(engine: &'a Engine, address: [u8; 4]) -> Self {
        let client = Client::builder().local_address(IpAddr::from(address));
        let client = client.build().expect("a client");
        Self { engine, client }
    }

    async fn post(&self, key: Option<&str>, body: &Value) -> Response {
        let url = self.engine.url("/api/orders/execute");
        let mut request = self.client.post(url).json(body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        request.send().await.expect("the engine answers")
    }

    /// Posts so many at once. Answers the ids of those taken, and the pauses of those refused.
    async fn flood(&self, count: usize) -> (Vec<String>, Vec<u64>) {
        let answers = stream::iter(0..count).map(|_| async { self.post(None, &ten_sol()).await });
        let answers: Vec<Response> = answers.buffer_unordered(20).collect().await;
        let (mut ids, mut pauses) = (Vec::new(), Vec::new());
        for answer in answers {
            match answer.status().as_u16() {
                202 => ids.push(id(answer).await),
                _ => pauses.push(pause(answer).await),
            }
        }
        (ids, pauses)
    }
}

async fn id(answer: Response) -> String {
    assert_eq!(answer.status(), 202);
    let answer: Value = answer.json().await.expect("JSON");
    answer["orderId"].as_str().expect("an id").to_owned()
}

/// The pause that a complete refusal asks for.
async fn pause(answer: Response) -> u64 {
    assert_eq!(answer.status(), 429);
    let pause = answer.headers()["retry-after"].to_str().expect("text");
    let pause = pause.parse().expect("seconds");
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["code"], "busy", "{problem}");
    assert!(pause >= 1, "{pause}");
    pause
}

/// When each has ended, which it has to by a swap.
async fn ends(engine: &Engine, ids: &[String]) -> Vec<String> {
    let mut ends = Vec::new();
    for id in ids {
        let order = eventually("the order's end", async || {
            let order = engine.json(&format!("/api/orders/{id}")).await;
            let open = ["pending", "routing", "building", "submitted"];
            (!open.contains(&order["status"].as_str()?)).then_some(order)
        })
        .await;
        assert_eq!(order["status"], "confirmed", "{order:#}");
        ends.push(order["updatedAt"].as_str().expect("a time").to_owned());
    }
    ends
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_executed_in_time_is_not_taken_and_what_is_taken_is_executed() {
    let engine = Engine::start_with(&SLOW, |trading| trading).await;
    let flooder = From::address(&engine, [127, 0, 0, 2]);
    let keyed = id(flooder.post(Some("the first"), &ten_sol()).await).await;
    let (mut taken, pauses) = flooder.flood(120).await;
    assert!(taken.len() >= 10, "{} taken", taken.len());
    assert!(pauses.len() >= 20, "{} refused", pauses.len());

    // A repeat is no new order: it gets its answer, busy or not.
    let again = flooder.post(Some("the first"), &ten_sol()).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(id(again).await, keyed);
    let mut other = ten_sol();
    other["amount"] = json!(11);
    let reused = flooder.post(Some("the first"), &other).await;
    assert_eq!(reused.status(), 422);

    // Who waits as it is told to has its order taken before long.
    let mut left = 5;
    let late = loop {
        let answer = flooder.post(Some("late"), &ten_sol()).await;
        if answer.status() == 202 {
            break id(answer).await;
        }
        assert!(left > 0, "refused again and again");
        left -= 1;
        tokio::time::sleep(Duration::from_secs(pause(answer).await)).await;
    };
    taken.extend([keyed, late]);
    ends(&engine, &taken).await;
    assert_eq!(engine.landed().await.len(), taken.len(), "what was refused");

    let metrics = engine.get("/metrics").await.text().await.expect("text");
    for name in ["orders_refused_busy_total", "expected_wait_seconds"] {
        assert!(
            metrics.contains(&format!("\norder_engine_{name} ")),
            "{name}"
        );
    }
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_the_whole_of_anothers_flood() {
    let engine = Engine::start_with(&SLOW, |trading| trading).await;
    let flooder = From::address(&engine, [127, 0, 0, 2]);
    let (taken, refused) = flooder.flood(60).await;
    assert!(!refused.is_empty(), "the flood was not refused");
    let mut others = Vec::new();
    for address in [[127, 0, 0, 3], [127, 0, 0, 4]] {
        let other = From::address(&engine, address);
        for _ in 0..2 {
            others.push(id(other.post(None, &ten_sol()).await).await);
        }
    }
    let of_others = ends(&engine, &others).await;
    let of_flood = ends(&engine, &taken).await;
    let last = of_others.iter().max().expect("some");
    let after = of_flood.iter().filter(|end| *end > last).count();
    assert!(after >= 5, "{after} of {} came after", taken.len());
    engine.stop().await;
}

/// Who is behind a proxy that is believed is told apart by what the proxy says, and by nothing that
/// comes from further away.
#[tokio::test(flavor = "multi_thread")]
async fn clients_behind_a_named_proxy_have_turns_of_their_own() {
    let options = [
        &SLOW[..],
        &[
            "--trusted-proxies",
            "loopback, 10.0.0.0/8",
            "--auth",
            "open",
        ],
    ]
    .concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let said = async |name: &str, value: &str| {
        let url = engine.url("/api/orders/execute");
        let request = engine.client.post(url).json(&ten_sol());
        let answer = request.header(name, value).send().await;
        answer.expect("the engine answers").status().as_u16()
    };
    let taken_until_refused = async |name: &str, value: &str| {
        let mut taken = 0;
        while said(name, value).await == 202 {
            taken += 1;
        }
        taken
    };
    // As much as there is time for.
    assert!(taken_until_refused("X-Forwarded-For", "198.51.100.7").await >= 5);
    for (name, value) in [
        ("X-Forwarded-For", "203.0.113.10, 198.51.100.7"),
        ("X-Forwarded-For", "198.51.100.7, 10.1.2.3"),
        ("X-Forwarded-For", "::ffff:198.51.100.7"),
        ("Forwarded", "for=198.51.100.7;proto=http"),
        ("Forwarded", r#"for="198.51.100.7:4711""#),
    ] {
        // No more than what has been executed meanwhile.
        let taken = taken_until_refused(name, value).await;
        assert!(taken < 5, "{name}: {value}: {taken} more");
    }
    for (name, value) in [
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-For", "198.51.100.7:4711, 203.0.113.11"),
        ("X-Forwarded-For", "198.51.100.7, unknown"),
        (
            "Forwarded",
            r#"for=198.51.100.7, for="[2001:db8::1]:80";by=x"#,
        ),
    ] {
        assert_eq!(said(name, value).await, 202, "{name}: {value}");
    }
    engine.stop().await;
}
