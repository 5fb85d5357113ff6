//! Those who trade on an engine that asks for keys.

use auth::ApiKey;
use engine::{
    account::{AccountId, Actor, Limits, Scopes},
    ports::{KeyStore, NewKey},
};
use postgres::{Database, PostgresKeys};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{Engine, QUICK, Subscriber};

/// A desk: an account, and a key of it that allows everything.
pub(crate) struct Desk<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) account: AccountId,
    pub(crate) key: String,
}

/// An engine that asks for keys. Its statements are prepared, as on a database of its own: the
/// server itself finds out what each parameter is.
pub(crate) async fn guarded() -> Engine {
    let keys = ["--auth", "keys", "--database-statements", "prepared"];
    let options = [&keys[..], &QUICK[..]].concat();
    Engine::start_with(&options, |trading| trading).await
}

impl<'a> Desk<'a> {
    /// With a key that allows everything.
    pub(crate) async fn of(engine: &'a Engine, account: &str) -> Self {
        let account: AccountId = account.parse().expect("a name");
        let key = ApiKey::draw().expect("the system has randomness");
        let new = NewKey {
            id: key.id().clone(),
            account: account.clone(),
            secret_hash: key.hash(),
            scopes: Scopes::all(),
            label: String::new(),
            expires_at: None,
            limits: Limits::default(),
        };
        let database = Database::connect(engine.database_url(), 1).expect("a URL of ours");
        let made = PostgresKeys::new(database)
            .create(&new, &Actor::of(account.clone()))
            .await;
        made.expect("PostgreSQL answers");
        let key = key.expose();
        Self {
            engine,
            account,
            key,
        }
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let mut request = self
            .engine
            .client
            .request(method, self.engine.url(path))
            .bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.expect("the engine answers")
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = self.ask(Method::GET, path, None).await;
        let status = answer.status();
        (status, answer.text().await.expect("text"))
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).await.1).expect("JSON")
    }

    /// Answers the order's id and its socket's address.
    pub(crate) async fn place(&self, body: &Value) -> (String, String) {
        let path = "/api/orders/execute";
        let answer = self.ask(Method::POST, path, Some(body)).await;
        let status = answer.status();
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(status, 202, "{answer}");
        let text = |name: &str| answer[name].as_str().expect("a text").to_owned();
        (text("orderId"), text("ws"))
    }

    pub(crate) async fn ticket(&self) -> String {
        let answer = self.ask(Method::POST, "/api/tickets", None).await;
        let answer: Value = answer.json().await.expect("JSON");
        answer["ticket"].as_str().expect("a ticket").to_owned()
    }

    /// A socket that may follow all of the account's orders.
    pub(crate) async fn socket(&self) -> Subscriber {
        let query = format!("ticket={}", self.ticket().await);
        self.engine.watch(&query).await
    }
}

/// What the socket says next, up to the answer to a ping.
pub(crate) async fn said(socket: &mut Subscriber) -> Vec<Value> {
    socket.say(json!({ "action": "ping" })).await;
    let mut before = Vec::new();
    loop {
        let message = socket.next().await.expect("the socket stays open");
        if message == json!({ "event": "pong" }) {
            return before;
        }
        before.push(message);
    }
}
