//! Sockets as RFC 6455 has them, byte by byte where a polite client would not go.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{
        Message,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use crate::support::{Engine, PATIENCE, eventually, ten_sol};

/// A client that sends what it likes.
struct Raw(TcpStream);

impl Raw {
    async fn open(engine: &Engine) -> Self {
        let address = engine.server.address();
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let request = format!(
            "GET /api/orders/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("an answer"));
        }
        assert!(answer.starts_with(b"HTTP/1.1 101"), "{answer:?}");
        Self(stream)
    }

    /// Everything that comes until the end, which must be an end and no reset.
    async fn read_to_end(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await;
        read.expect("it ends").expect("without a reset");
        bytes
    }
}

/// A frame with this first byte, masked with zeros, which is a mask as good as any.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..126 => bytes.push(0x80 | u8::try_from(short).expect("short")),
        length @ 126..65_536 => {
            bytes.push(0x80 | 126);
            bytes.extend(u16::try_from(length).expect("16 bits").to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

const TEXT: u8 = 0x81;

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_the_protocol_is_told_with_the_right_code_and_no_reset() {
    let engine = Engine::start().await;
    let mut unmasked = vec![TEXT, 2];
    unmasked.extend(b"{}");
    let cases: [(&str, Vec<u8>, u16); 12] = [
        ("bad UTF-8", frame(TEXT, &[b'{', 0xff, 0xfe]), 1007),
        ("an overlong form", frame(TEXT, &[0xc0, 0xaf]), 1007),
        ("a ping of 126 bytes", frame(0x89, &[7; 126]), 1002),
        ("a ping in pieces", frame(0x09, b"x"), 1002),
        ("a reserved bit", frame(0xc1, b"{}"), 1002),
        ("a reserved kind", frame(0x83, b"{}"), 1002),
        ("no mask", unmasked, 1002),
        ("a continuation of nothing", frame(0x80, b"{}"), 1002),
        (
            "16 KiB and one byte",
            frame(TEXT, &[b' '; 16 * 1024 + 1]),
            1009,
        ),
        ("more than 64 KiB", frame(TEXT, &[b' '; 70_000]), 1009),
        ("a mebibyte", frame(TEXT, &vec![b' '; 1 << 20]), 1009),
        (
            "16 KiB and more in pieces",
            [frame(0x01, &[b' '; 10_000]), frame(0x80, &[b' '; 10_000])].concat(),
            1009,
        ),
    ];
    for (what, bytes, code) in cases {
        let mut client = Raw::open(&engine).await;
        client
            .0
            .write_all(&bytes)
            .await
            .expect("all of it is taken");
        let said = client.read_to_end().await;
        let [first, second] = code.to_be_bytes();
        assert_eq!(said, [0x88, 2, first, second], "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clients_close_is_answered_with_its_code() {
    let engine = Engine::start().await;
    for code in [1000_u16, 1001, 3000, 4999] {
        let mut client = Raw::open(&engine).await;
        let [first, second] = code.to_be_bytes();
        let close = frame(0x88, &[first, second]);
        client.0.write_all(&close).await.expect("sent");
        assert_eq!(client.read_to_end().await, [0x88, 2, first, second]);
    }
    // Without a code, too.
    let mut client = Raw::open(&engine).await;
    client.0.write_all(&frame(0x88, b"")).await.expect("sent");
    assert_eq!(client.read_to_end().await, [0x88, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_sees_its_close_answered() {
    let engine = Engine::start().await;
    let url = format!("ws://{}/api/orders/ws", engine.server.address());
    let (mut socket, _) = connect_async(url).await.expect("it opens");
    let goodbye = CloseFrame {
        code: CloseCode::Away,
        reason: "closing the tab".into(),
    };
    socket.close(Some(goodbye.clone())).await.expect("sent");
    let answer = timeout(PATIENCE, socket.next()).await.expect("an answer");
    assert_eq!(
        answer.expect("a message").expect("no error"),
        Message::Close(Some(goodbye))
    );
    eventually("the socket forgotten", async || {
        let metrics = engine.get("/metrics").await.text().await.ok()?;
        metrics.contains("sockets_live 0").then_some(())
    })
    .await;
}

/// Places orders and waits until each is final.
async fn final_orders(engine: &Engine, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(engine.place(&ten_sol()).await);
    }
    for id in &ids {
        engine.story(id).await;
    }
    ids
}

fn subscribe(id: &str) -> Message {
    Message::text(json!({ "action": "subscribe", "orderId": id }).to_string())
}

/// Reads to the end; answers the orders that were told as final, and the code at the end.
async fn told(
    socket: &mut tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<TcpStream>>,
) -> (Vec<String>, CloseCode) {
    let mut finals = Vec::new();
    loop {
        let message = timeout(PATIENCE, socket.next()).await.expect("no hang");
        match message.expect("a close comes first").expect("no error") {
            Message::Text(text) => {
                let event: Value = serde_json::from_str(&text).expect("JSON");
                if event["status"] == "confirmed" {
                    finals.push(event["orderId"].as_str().expect("an id").to_owned());
                }
            }
            Message::Close(frame) => return (finals, frame.expect("a code").code),
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_subscribed_in_one_write_are_all_told_before_the_close() {
    let engine = Engine::start().await;
    let ids = final_orders(&engine, 7).await;
    let url = format!("ws://{}/api/orders/ws", engine.server.address());
    let (mut socket, _) = connect_async(url).await.expect("it opens");
    for id in &ids {
        socket.feed(subscribe(id)).await.expect("taken");
    }
    socket.flush().await.expect("sent");
    assert_eq!(told(&mut socket).await, (ids, CloseCode::Normal));
}

/// The order of the handshake is final at once; the rest of the list follows in writes of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_subscribed_again_loses_none() {
    let engine = Engine::start().await;
    let ids = final_orders(&engine, 5).await;
    let live = engine.place(&ten_sol()).await;
    let url = format!(
        "ws://{}/api/orders/ws?orderId={}",
        engine.server.address(),
        ids[0]
    );
    let (mut socket, _) = connect_async(url).await.expect("it opens");
    for id in ids[1..].iter().chain([&live]) {
        socket.send(subscribe(id)).await.expect("sent");
    }
    let (mut finals, code) = told(&mut socket).await;
    assert_eq!(code, CloseCode::Normal);
    let mut all: Vec<String> = ids.into_iter().chain([live]).collect();
    all.sort();
    finals.sort();
    finals.dedup();
    assert_eq!(finals, all);
}

/// More than that are followed with `"all": true`.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_follows_a_thousand_orders_and_no_more() {
    let endless = [
        "--sim-quote-delay-ms",
        "1",
        "--max-wait-s",
        "300",
        "--sim-execution-delay-ms",
        "600000",
    ];
    let engine = Engine::start_with(&endless, |trading| trading).await;
    let url = format!("ws://{}/api/orders/ws", engine.server.address());
    let (mut socket, _) = connect_async(url).await.expect("it opens");
    for n in 1..=1_001 {
        let id = engine.place(&ten_sol()).await;
        socket.send(subscribe(&id)).await.expect("sent");
        let about = loop {
            let message = timeout(PATIENCE, socket.next()).await.expect("no hang");
            let message = message.expect("it is open").expect("no error");
            let Message::Text(text) = message else {
                continue;
            };
            let told: Value = serde_json::from_str(&text).expect("JSON");
            if told["event"] == "error" || told["orderId"] == *id {
                break told;
            }
        };
        if n <= 1_000 {
            assert_eq!(about["orderId"], *id, "{n}: {about}");
        } else {
            assert_eq!(about["code"], "too_many_subscriptions", "{n}: {about}");
        }
    }
    engine.stop().await;
}

/// What one door refuses, the other refuses as well.
#[tokio::test(flavor = "multi_thread")]
async fn ids_and_event_numbers_are_read_as_the_rest_api_reads_them() {
    let engine = Engine::start().await;
    let id = engine.place(&ten_sol()).await;
    engine.story(&id).await;
    let ids = [
        id.clone(),
        id.to_uppercase(),
        format!("urn:uuid:{id}"),
        format!("{{{id}}}"),
        id.replace('-', ""),
        format!("%20{id}"),
    ];
    let afters = [
        "0",
        "1",
        "007",
        "%2B1",
        "-1",
        "1.0",
        "%201",
        "9223372036854775808",
        "9e0",
        "",
    ];
    let of_ids = ids.iter().map(|id| (id.clone(), "0".to_owned()));
    let of_afters = afters.iter().map(|after| (id.clone(), (*after).to_owned()));
    for (id, after) in of_ids.chain(of_afters) {
        let answer = engine
            .json(&format!("/api/orders/{id}/events?after={after}"))
            .await;
        let by_rest = answer["code"].clone();
        let mut socket = engine.watch(&format!("orderId={id}&after={after}")).await;
        let by_query = socket.next().await.expect("a message")["code"].clone();
        assert_eq!(by_query, by_rest, "{id} after {after}");
    }
    let written = [
        "3",
        "-3",
        "3.0",
        "3e0",
        "9223372036854775807",
        "9223372036854775808",
    ];
    for after in written {
        let by_rest = engine
            .json(&format!("/api/orders/{id}/events?after={after}"))
            .await;
        let mut socket = engine.watch("").await;
        socket
            .say(format!(
                r#"{{"action":"subscribe","orderId":"{id}","after":{after}}}"#
            ))
            .await;
        let refused = socket
            .next()
            .await
            .is_ok_and(|said| said["event"] == "error");
        assert_eq!(refused, by_rest["code"].is_string(), "{after}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_opens_nothing_is_refused_with_a_problem() {
    let engine = Engine::start().await;
    let key = ("sec-websocket-key", "AAECAwQFBgcICQoLDA0ODw==");
    let upgrade = [("connection", "upgrade"), ("upgrade", "websocket")];
    type Headers = Vec<(&'static str, &'static str)>;
    let cases: [(&str, Headers, u16, &str); 4] = [
        ("a plain GET", vec![], 426, "upgrade_required"),
        (
            "another version",
            [&upgrade[..], &[key, ("sec-websocket-version", "8")]].concat(),
            426,
            "upgrade_required",
        ),
        (
            "no key",
            [&upgrade[..], &[("sec-websocket-version", "13")]].concat(),
            426,
            "upgrade_required",
        ),
        (
            "a foreign page",
            [
                &upgrade[..],
                &[key, ("sec-websocket-version", "13"), ("origin", "null")],
            ]
            .concat(),
            403,
            "forbidden",
        ),
    ];
    for (what, headers, status, code) in cases {
        let mut request = engine.client.get(engine.url("/api/orders/ws"));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{what}");
        assert_eq!(
            answer.headers()["content-type"],
            "application/problem+json",
            "{what}"
        );
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["code"], code, "{what}");
    }
    let other = engine.client.post(engine.url("/api/orders/ws"));
    let other = other.send().await.expect("an answer");
    assert_eq!(other.status(), 405);
    assert_eq!(other.headers()["content-type"], "application/problem+json");
}
