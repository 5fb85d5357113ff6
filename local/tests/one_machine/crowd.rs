//! Crowds that say nothing, or not enough: the next client is served all the same.

use std::time::Duration;

use futures::SinkExt;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{client_async, tungstenite::Message};

use crate::{
    all_orders::{follow_all, stories},
    support::{Engine, PATIENCE, QUICK, assert_complete, eventually, ten_sol},
};

/// How long a client of a crowded engine waits for its order to be taken. The aim is a tenth of a
/// second; a machine that runs other tests as well is given more.
const PROMPT: Duration = Duration::from_secs(10);
const HALF_A_HEAD: &[u8] = b"POST /api/orders/execute HTTP/1.1\r\nHost: 127.0";

/// Both ends of every connection are in this process.
fn raise_file_limit() -> usize {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, raised).expect("the soft limit goes up to the hard one");
    maximum.map_or(usize::MAX, |files| {
        usize::try_from(files).unwrap_or(usize::MAX)
    })
}

async fn crowd(engine: &Engine, count: usize, said: &[u8]) -> Vec<TcpStream> {
    let mut crowd = Vec::with_capacity(count);
    for _ in 0..count {
        let connecting = TcpStream::connect(engine.server.address());
        let mut stream = timeout(PATIENCE, connecting)
            .await
            .expect("no hang")
            .expect("it listens");
        let _ = stream.write_all(said).await; // it may have had to make room already
        crowd.push(stream);
    }
    crowd
}

async fn an_order_is_taken(engine: &Engine) {
    let placed = timeout(PROMPT, engine.place(&ten_sol())).await;
    let id = placed.expect("an order is taken promptly");
    engine.story(&id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_silent_connections_keep_nobody_out() {
    let files = raise_file_limit();
    let engine = Engine::start().await;
    let silent = 5_000.min(files.saturating_sub(1_000) / 2);
    let _crowd = crowd(&engine, silent, b"").await;
    an_order_is_taken(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_sent_heads_keep_nobody_out() {
    raise_file_limit();
    let options = [&QUICK[..], &["--max-connections", "300"]].concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let _crowd = crowd(&engine, 1_100, HALF_A_HEAD).await;
    an_order_is_taken(&engine).await;
    let metrics = engine.get("/metrics").await.text().await.expect("text");
    assert!(
        metrics.contains("connections_ended_total{bound=\"made_room\"}"),
        "{metrics}"
    );
}

/// The head is whole, the body does not come: neither a seat nor a place among the requests in
/// work is lost to it.
#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_keep_nobody_out() {
    raise_file_limit();
    let engine = Engine::start().await;
    let head = format!(
        "POST /api/orders/execute HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
         Content-Length: 80\r\n\r\n{{",
        engine.server.address()
    );
    let _crowd = crowd(&engine, 1_200, head.as_bytes()).await;
    an_order_is_taken(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_make_room_for_new_ones() {
    raise_file_limit();
    let options = [&QUICK[..], &["--max-connections", "50"]].concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let host = engine.server.address();
    let head = format!("GET /api/tokens HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let mut crowd = crowd(&engine, 50, head.as_bytes()).await;
    for stream in &mut crowd {
        let mut answer = [0; 12];
        let read = timeout(PATIENCE, stream.read_exact(&mut answer)).await;
        read.expect("no hang").expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
    an_order_is_taken(&engine).await;
}

/// One that sends its head byte by byte is hung up on, whoever else is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_is_not_waited_for() {
    let engine = Engine::start().await;
    let mut stream = crowd(&engine, 1, HALF_A_HEAD).await.remove(0);
    let mut rest = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    let _ = ended.expect("it is hung up on"); // or reset: it has ended
}

/// Sockets that watch nothing and say nothing stay, as long as they answer pings. They get three
/// quarters of the seats, and whoever sends a request gets one of the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_sockets_keeps_no_request_out() {
    raise_file_limit();
    let options = [&QUICK[..], &["--max-connections", "20"]].concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let host = engine.server.address();
    let handshake = format!(
        "GET /api/orders/ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n\r\n"
    );
    let (mut open, mut refused) = (Vec::new(), 0);
    for _ in 0..70 {
        let mut stream = crowd(&engine, 1, handshake.as_bytes()).await.remove(0);
        let mut answer = [0; 12];
        let read = timeout(PATIENCE, stream.read_exact(&mut answer)).await;
        read.expect("no hang").expect("an answer");
        match &answer {
            b"HTTP/1.1 101" => open.push(stream),
            b"HTTP/1.1 429" => refused += 1,
            other => panic!("{}", String::from_utf8_lossy(other)),
        }
    }
    assert_eq!((open.len(), refused), (15, 55));
    let placed = timeout(PROMPT, engine.place(&ten_sol())).await;
    placed.expect("an order is taken promptly");
}

/// Asks for more and more and reads nothing: it is cut off when it has taken nothing for half a
/// minute. Who reads is told everything meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_is_never_read_is_closed_and_delays_nobody() {
    let engine = Engine::start().await;
    let address = engine.server.address();
    let small = TcpSocket::new_v4().expect("a socket");
    small.set_recv_buffer_size(4_096).expect("a small buffer");
    let stream = small.connect(address).await.expect("it listens");
    let url = format!("ws://{address}/api/orders/ws");
    let (mut unread, _) = client_async(url, stream).await.expect("it opens");
    let mut reading = follow_all(&format!("http://{address}")).await;
    let first = engine.place(&ten_sol()).await;
    engine.story(&first).await;
    let asking = tokio::spawn(async move {
        let all = json!({ "action": "subscribe", "all": true }).to_string();
        let again = json!({ "action": "subscribe", "orderId": first }).to_string();
        let mut next = all;
        while unread.send(Message::text(next)).await.is_ok() {
            next = again.clone();
        }
    });

    let orders = [
        engine.place(&ten_sol()).await,
        engine.place(&ten_sol()).await,
    ];
    for story in stories(&mut reading, &orders).await.values() {
        assert_complete(story);
    }
    eventually("it is cut off", async || {
        let metrics = engine.get("/metrics").await.text().await.expect("text");
        let counted = r#"order_engine_connections_ended_total{bound="unread"} 1"#;
        metrics.contains(counted).then_some(())
    })
    .await;
    let ended = timeout(PATIENCE, asking).await;
    ended.expect("its connection is closed").expect("no panic");
    let last = engine.place(&ten_sol()).await;
    let told = stories(&mut reading, std::slice::from_ref(&last)).await;
    assert_complete(&told[&last]);
}
