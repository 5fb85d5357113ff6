//! An engine of its own for each test, and the things that its users do.

use std::time::Duration;

use clap::Parser;
use embedded_postgres::testing::TestDatabase;
use futures::{SinkExt, StreamExt};
use local::{options::CommandLine, server::Server};
use postgres::Database;
use reqwest::{Client, Response};
use runtime::Trading;
use serde_json::{Value, json};
use simulation::{Landed, Ledger};
use testkit::migrated_database;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, protocol::frame::coding::CloseCode},
};
use uuid::Uuid;

/// Longer than anything here takes on a busy machine. A test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// Quick venues: what a test does not measure it should not wait for.
pub(crate) const QUICK: [&str; 4] = [
    "--sim-quote-delay-ms",
    "0-20",
    "--sim-execution-delay-ms",
    "20-60",
];

/// A running engine on a database of its own.
pub(crate) struct Engine {
    pub(crate) server: Server,
    pub(crate) client: Client,
    base: String,
    database: TestDatabase,
}

impl Engine {
    /// With quick venues.
    pub(crate) async fn start() -> Self {
        Self::start_with(&QUICK, |trading| trading).await
    }

    /// With these options, and with venues changed.
    pub(crate) async fn start_with(
        options: &[&str],
        change: impl FnOnce(Trading) -> Trading,
    ) -> Self {
        Self::start_on(migrated_database(), options, change).await
    }

    /// On a database that another engine may have had before.
    pub(crate) async fn start_on(
        database: TestDatabase,
        options: &[&str],
        change: impl FnOnce(Trading) -> Trading,
    ) -> Self {
        let server = serve(database.url(), options, change).await;
        let base = format!("http://{}", server.address());
        Self {
            server,
            client: Client::new(),
            base,
            database,
        }
    }

    /// Stops it. Its database stays for as long as the answer lives.
    pub(crate) async fn stop(self) -> TestDatabase {
        self.server.stop().await;
        self.database
    }

    /// Its database, for whoever looks, or damages, behind its back.
    pub(crate) fn database_url(&self) -> &str {
        self.database.url()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client
            .get(self.url(path))
            .send()
            .await
            .expect("the engine answers")
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        self.get(path)
            .await
            .json()
            .await
            .expect("the answer is JSON")
    }

    pub(crate) async fn post(&self, body: &Value) -> Response {
        let request = self.client.post(self.url("/api/orders/execute")).json(body);
        request.send().await.expect("the engine answers")
    }

    /// Places an order and answers its id.
    pub(crate) async fn place(&self, body: &Value) -> String {
        let answer = self.post(body).await;
        let status = answer.status();
        let answer: Value = answer.json().await.expect("the answer is JSON");
        assert_eq!(status, 202, "{answer}");
        answer["orderId"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn watch(&self, query: &str) -> Subscriber {
        Subscriber::open(&self.base, query).await
    }

    /// The whole story of an order, as a subscriber of now gets it.
    pub(crate) async fn story(&self, id: &str) -> Vec<Value> {
        self.watch(&format!("orderId={id}"))
            .await
            .to_the_end()
            .await
    }

    /// What the chain's own record says, whatever the engine thinks.
    pub(crate) async fn landed(&self) -> Vec<Landed> {
        landed(self.database.url()).await
    }

    pub(crate) async fn landed_for(&self, id: &str) -> usize {
        let id: Uuid = id.parse().expect("an id");
        self.landed()
            .await
            .iter()
            .filter(|landed| landed.order == id)
            .count()
    }
}

pub(crate) async fn serve(
    url: &str,
    options: &[&str],
    change: impl FnOnce(Trading) -> Trading,
) -> Server {
    let options = [&["--database-url", url], options].concat();
    start_server(&options, change).await
}

/// With all of its options.
pub(crate) async fn start_server(
    options: &[&str],
    change: impl FnOnce(Trading) -> Trading,
) -> Server {
    let fixed = ["order-engine", "--port", "0"];
    let line = CommandLine::try_parse_from(fixed.iter().chain(options)).expect("valid options");
    Server::start_with(&line.serve, change)
        .await
        .expect("the engine starts")
}

pub(crate) async fn landed(url: &str) -> Vec<Landed> {
    let database = Database::connect(url, 1).expect("a URL made by us");
    Ledger::new(&database)
        .landed(None)
        .await
        .expect("the ledger answers")
}

/// 10 SOL to USDC.
pub(crate) fn ten_sol() -> Value {
    json!({ "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 10 })
}

/// A client's socket.
pub(crate) struct Subscriber(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Subscriber {
    pub(crate) async fn open(base: &str, query: &str) -> Self {
        Self::try_open(base, query).await.expect("the socket opens")
    }

    /// `None` when nobody takes the connection, as while an engine is replaced.
    pub(crate) async fn try_open(base: &str, query: &str) -> Option<Self> {
        let url = format!("{}/api/orders/ws?{query}", base.replacen("http", "ws", 1));
        Some(Self(connect_async(url).await.ok()?.0))
    }

    pub(crate) async fn say(&mut self, text: impl ToString) {
        self.0
            .send(Message::text(text.to_string()))
            .await
            .expect("the socket takes it");
    }

    pub(crate) async fn send(
        &mut self,
        message: Message,
    ) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        self.0.send(message).await
    }

    /// The next message, or the code that the socket was closed with.
    pub(crate) async fn next(&mut self) -> Result<Value, CloseCode> {
        loop {
            match timeout(PATIENCE, self.0.next())
                .await
                .expect("something arrives")
            {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code),
                Some(Ok(Message::Close(None))) | None | Some(Err(_)) => {
                    return Err(CloseCode::Abnormal);
                }
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads until an event of that status has arrived.
    pub(crate) async fn until(&mut self, status: &str) -> Vec<Value> {
        let mut seen = Vec::new();
        loop {
            seen.push(self.next().await.expect("the socket stays open"));
            if seen.last().is_some_and(|event| event["status"] == status) {
                return seen;
            }
        }
    }

    /// Reads until the engine closes the socket, which it must do with 1000. An event may come
    /// twice; a client knows it by its number.
    #[expect(
        clippy::wrong_self_convention,
        reason = "the socket is closed at the end"
    )]
    pub(crate) async fn to_the_end(mut self) -> Vec<Value> {
        let mut seen: Vec<Value> = Vec::new();
        loop {
            match self.next().await {
                Ok(event) if seen.contains(&event) => {}
                Ok(event) => seen.push(event),
                Err(code) => {
                    assert_eq!(code, CloseCode::Normal, "after {seen:?}");
                    return seen;
                }
            }
        }
    }
}

pub(crate) fn statuses(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["status"].as_str().expect("a status"))
        .collect()
}

/// Asserts that a story is 1, 2, 3 … and has one end, which is its last event.
pub(crate) fn assert_complete(events: &[Value]) {
    let numbers: Vec<u64> = events
        .iter()
        .map(|event| event["seq"].as_u64().expect("a number"))
        .collect();
    assert_eq!(
        numbers,
        (1..=numbers.len() as u64).collect::<Vec<_>>(),
        "{events:#?}"
    );
    const ENDS: [&str; 4] = ["confirmed", "failed", "cancelled", "expired"];
    let statuses = statuses(events);
    let ends = statuses.iter().filter(|status| ENDS.contains(status));
    assert_eq!(ends.count(), 1, "{events:#?}");
    assert!(ENDS.contains(statuses.last().expect("events")));
}

/// Waits for an effect. Polls, because what is waited for cannot call.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, looking)
        .await
        .unwrap_or_else(|_| panic!("never seen: {what}"))
}
