//! Anything at all, thrown at the engine over real HTTP and real sockets. The table of errors
//! itself is tested at the API (`functions/submit/tests`); here the whole engine has to stand.

use std::time::Duration;

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Engine, PATIENCE};

/// So many of each kind; a deeper search belongs to the property tests of the API.
const CASES: usize = 150;

fn samples<T>(strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::new(Config::default());
    (0..CASES)
        .map(|_| strategy.new_tree(&mut runner).expect("a sample").current())
        .collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(
                "type|tokenIn|tokenOut|amount|slippageBps|id|.{0,8}",
                inner,
                0..6
            )
            .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

/// Neither a hang nor a 5xx, and the engine stores nothing.
async fn nothing_was_stored(engine: &Engine) {
    assert_eq!(engine.json("/api/orders").await, json!([]));
    assert_eq!(engine.get("/health").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn arbitrary_bodies_are_refused() {
    let engine = Engine::start().await;
    let texts = samples(any_json().prop_map(|json| json.to_string().into_bytes()));
    for body in texts
        .into_iter()
        .chain(samples(prop::collection::vec(any::<u8>(), 0..300)))
    {
        let request = engine
            .client
            .post(engine.url("/api/orders/execute"))
            .header("content-type", "application/json");
        let answer = timeout(PATIENCE, request.body(body.clone()).send())
            .await
            .expect("no hang")
            .expect("an answer");
        assert_eq!(answer.status(), 400, "{}", String::from_utf8_lossy(&body));
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    nothing_was_stored(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arbitrary_requests_are_answered_below_500() {
    let engine = Engine::start().await;
    const METHODS: [&str; 8] = [
        "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW",
    ];
    let requests = (
        prop::sample::select(&METHODS[..]),
        "(/api|/orders|/health|/metrics|/assets)?(/[a-z%0-9.?&=+-]{0,12}){0,4}",
    );
    for (method, path) in samples(requests) {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let Ok(url) = reqwest::Url::parse(&engine.url(&format!("/{path}"))) else {
            continue;
        };
        let request = engine
            .client
            .request(method, url.clone())
            .header("idempotency-key", &path);
        let answer = timeout(PATIENCE, request.send())
            .await
            .expect("no hang")
            .expect("an answer");
        assert!(answer.status().as_u16() < 500, "{url}: {}", answer.status());
    }
    nothing_was_stored(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_http_do_not_harm_the_next_client() {
    let engine = Engine::start().await;
    let address = engine.server.address();
    for bytes in samples(prop::collection::vec(any::<u8>(), 1..200)) {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let _ = stream.write_all(&bytes).await; // it may hang up first
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut answer))
            .await
            .expect("no hang");
        assert!(
            !answer.starts_with(b"HTTP/1.1 5"),
            "{:?}",
            String::from_utf8_lossy(&answer)
        );
    }
    nothing_was_stored(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arbitrary_frames_leave_the_socket_open_and_the_engine_well() {
    let engine = Engine::start().await;
    let mut socket = engine.watch("").await;
    let frames = samples(prop_oneof![
        any_json().prop_map(|json| Message::text(json.to_string())),
        ".{0,200}".prop_map(Message::text),
        prop::collection::vec(any::<u8>(), 0..200).prop_map(Message::binary),
        ("subscribe|unsubscribe|ping|.{0,5}", ".{0,40}").prop_map(|(action, id)| Message::text(
            json!({ "action": action, "orderId": id }).to_string()
        )),
    ]);
    for frame in frames {
        socket.send(frame.clone()).await.expect("it stays open");
        let answer = socket
            .next()
            .await
            .unwrap_or_else(|code| panic!("closed with {code:?} after {frame:?}"));
        assert!(
            answer["event"] == "error" || answer["event"] == "pong",
            "{frame:?}: {answer}"
        );
    }
    for query in samples("(orderId|after)=.{0,30}(&(orderId|after)=.{0,30})?") {
        let query: String = reqwest::Url::parse(&format!("ws://host/?{query}"))
            .expect("a URL")
            .query()
            .unwrap_or("")
            .into();
        drop(engine.watch(&query).await);
    }
    nothing_was_stored(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_slow_to_ask_does_not_stop_the_others() {
    let engine = Engine::start().await;
    let mut idle = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(engine.server.address())
            .await
            .expect("it listens");
        stream
            .write_all(b"POST /api/orders/execute HTTP/1.1\r\ncontent-length: 100\r\n")
            .await
            .expect("it reads");
        idle.push(stream);
    }
    let answer = timeout(Duration::from_secs(10), engine.get("/api/tokens"))
        .await
        .expect("others are served");
    assert_eq!(answer.status(), 200);
    nothing_was_stored(&engine).await;
}
