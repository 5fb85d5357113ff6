//! An engine that asks for keys: two accounts on it see nothing of each other, on no route and on
//! no socket, and a key that is revoked is worth nothing within a minute.

use std::collections::BTreeMap;

use auth::ApiKey;
use engine::{
    account::{AccountId, Scopes},
    ports::{KeyStore, NewKey},
};
use postgres::{Database, PostgresKeys};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;

use crate::{
    process::run,
    support::{Engine, QUICK, Subscriber, assert_complete, eventually, ten_sol},
};

/// An account's client.
pub(crate) struct Client<'a> {
    engine: &'a Engine,
    account: AccountId,
    key: String,
}

async fn guarded() -> Engine {
    let options = [&["--auth", "keys"], &QUICK[..]].concat();
    Engine::start_with(&options, |trading| trading).await
}

impl<'a> Client<'a> {
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
        };
        let database = Database::connect(engine.database_url(), 1).expect("a URL of ours");
        let made = PostgresKeys::new(database).create(&new).await;
        made.expect("PostgreSQL answers");
        let key = key.expose();
        Self {
            engine,
            account,
            key,
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
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

    async fn get(&self, path: &str) -> (StatusCode, String) {
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

    async fn ticket(&self) -> String {
        let answer = self.ask(Method::POST, "/api/tickets", None).await;
        let answer: Value = answer.json().await.expect("JSON");
        answer["ticket"].as_str().expect("a ticket").to_owned()
    }

    /// A socket that may follow all of the account's orders.
    async fn socket(&self) -> Subscriber {
        let query = format!("ticket={}", self.ticket().await);
        self.engine.watch(&query).await
    }
}

async fn at(address: &str) -> Subscriber {
    let (base, query) = address.split_once("/api/orders/ws?").expect("the path");
    Subscriber::open(&base.replacen("ws", "http", 1), query).await
}

/// The status that the opening of a socket is answered with.
async fn opened(address: &str) -> StatusCode {
    match connect_async(address).await {
        Ok(_) => StatusCode::SWITCHING_PROTOCOLS,
        Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => answer.status(),
        Err(error) => panic!("{error}"),
    }
}

/// How many connections the engine remembers who opened.
async fn remembered(engine: &Engine) -> i64 {
    let database = Database::connect(engine.database_url(), 1).expect("a URL of ours");
    let counted = database.run("SELECT count(*) FROM connections", &[]).await;
    counted.expect("PostgreSQL answers")[0].get(0)
}

/// What the socket says next, up to the answer to a ping.
async fn said(socket: &mut Subscriber) -> Vec<Value> {
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

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_placed_and_followed_with_a_key() {
    let engine = guarded().await;
    let desk = Client::of(&engine, "desk").await;
    assert_eq!(engine.post(&ten_sol()).await.status(), 401);
    assert_eq!(engine.json("/api/market").await["auth"], "keys");
    let (id, address) = desk.place(&ten_sol()).await;
    assert_complete(&at(&address).await.to_the_end().await);
    assert_eq!(
        desk.json(&format!("/api/orders/{id}")).await["status"],
        "confirmed"
    );
    assert_eq!(desk.json("/api/stats?window=1h").await["orders"], 1);
    eventually(
        "the end of what is remembered of the connection",
        async || (remembered(&engine).await == 0).then_some(()),
    )
    .await;
    let used = eventually("the key's last use", async || {
        let keys = desk.json("/api/keys").await;
        keys[0]["lastUsedAt"].as_str().map(str::to_owned)
    });
    used.await;
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_opens_with_a_ticket_and_shows_its_accounts_orders() {
    let engine = guarded().await;
    let (desk, other) = (
        Client::of(&engine, "desk").await,
        Client::of(&engine, "other").await,
    );
    let (id, address) = desk.place(&ten_sol()).await;
    let (bare, ticket) = address.split_once("&ticket=").expect("a ticket");
    let mut turned = ticket.to_owned();
    turned.replace_range(5..6, if &ticket[5..6] == "A" { "B" } else { "A" });
    for (address, expected) in [
        (bare.to_owned(), 401),
        (format!("{bare}&ticket="), 401),
        (format!("{bare}&ticket={turned}"), 401),
        (format!("{bare}&ticket={}", &desk.key), 401),
        (address.clone(), 101),
    ] {
        assert_eq!(opened(&address).await, expected, "{address}");
    }
    assert_complete(&at(&address).await.to_the_end().await);
    // A ticket of another account opens a socket, on which there is no such order.
    let mut foreign = at(&format!("{bare}&ticket={}", other.ticket().await)).await;
    let answer = foreign.next().await.expect("an answer");
    assert_eq!(answer["code"], "not_found", "{answer}");
    foreign
        .say(json!({ "action": "subscribe", "orderId": id }))
        .await;
    assert_eq!(said(&mut foreign).await[0]["code"], "not_found");

    // One for an order shows that order, and neither another nor all.
    let slow = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1, "limitPrice": "9999",
    });
    let (waiting, address) = desk.place(&slow).await;
    let mut of_one = at(&address).await;
    of_one.until("waiting").await;
    for (asked, code) in [
        (json!({ "action": "subscribe", "orderId": id }), "not_found"),
        (json!({ "action": "subscribe", "all": true }), "forbidden"),
    ] {
        of_one.say(asked).await;
        assert_eq!(said(&mut of_one).await[0]["code"], code);
    }

    // Who follows all follows the account's.
    let (mut of_desk, mut of_other) = (desk.socket().await, other.socket().await);
    for socket in [&mut of_desk, &mut of_other] {
        socket
            .say(json!({ "action": "subscribe", "all": true }))
            .await;
        assert_eq!(said(socket).await, Vec::<Value>::new());
    }
    let path = format!("/api/orders/{waiting}");
    let cancelled = other.ask(Method::DELETE, &path, None).await;
    assert_eq!(cancelled.status(), 404);
    let cancelled = desk.ask(Method::DELETE, &path, None).await;
    assert_eq!(cancelled.status(), 200);
    let (own, _) = other.place(&ten_sol()).await;
    let of_desk = of_desk.until("cancelled").await;
    assert!(
        of_desk
            .iter()
            .all(|event| event["orderId"] == waiting.as_str()),
        "{of_desk:?}"
    );
    let of_other = of_other.until("confirmed").await;
    assert!(
        of_other
            .iter()
            .all(|event| event["orderId"] == own.as_str()),
        "{of_other:?}"
    );
    engine.stop().await;
}

/// The key is believed for half a minute, and the sockets that were opened with it are looked
/// through every second.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_worth_nothing_and_its_sockets_are_closed() {
    let engine = guarded().await;
    let (desk, second) = (
        Client::of(&engine, "desk").await,
        Client::of(&engine, "desk").await,
    );
    let (mut socket, mut kept) = (desk.socket().await, second.socket().await);
    let id = desk.key.split('_').nth(1).expect("its second part");
    let revoked = second
        .ask(Method::DELETE, &format!("/api/keys/{id}"), None)
        .await;
    assert_eq!(revoked.status(), 200);
    assert!(socket.next().await.is_err(), "it is closed");
    let refused = eventually("the end of the key", async || {
        let (status, body) = desk.get("/api/orders").await;
        (status == 401).then_some(body)
    });
    assert!(refused.await.contains("unauthorized"));
    assert_eq!(second.get("/api/orders").await.0, 200);
    assert_eq!(
        said(&mut kept).await,
        Vec::<Value>::new(),
        "the other key's goes on"
    );
    engine.stop().await;
}

/// Whatever one account does, another one's answers are what they were.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_one_account_does_shows_in_another_ones_answers() {
    let engine = guarded().await;
    let (quiet, busy) = (
        Client::of(&engine, "quiet").await,
        Client::of(&engine, "busy").await,
    );
    let named = |name: &str| {
        let mut order = ten_sol();
        order["clientOrderId"] = json!(name);
        order
    };
    let (first, address) = quiet.place(&named("a")).await;
    assert_complete(&at(&address).await.to_the_end().await);
    let far = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 2, "limitPrice": "9999",
    });
    let (waiting, address) = quiet.place(&far).await;
    at(&address).await.until("waiting").await;

    let before = answers(&quiet, &first).await;
    let (mut orders, mut sockets) = (Vec::new(), Vec::new());
    // The first name is one that the other account has used, too.
    for name in ["a", "b", "c", "d", "e", "f"] {
        let (id, _) = busy.place(&named(name)).await;
        let (open, _) = busy.place(&far).await;
        sockets.push(busy.socket().await);
        for foreign in [&first, &waiting] {
            let path = format!("/api/orders/{foreign}");
            assert_eq!(busy.ask(Method::DELETE, &path, None).await.status(), 404);
            assert_eq!(busy.get(&path).await.0, 404);
        }
        orders.extend([id, open]);
    }
    let ids = json!({ "ids": [waiting, first] });
    let refused = busy
        .ask(Method::POST, "/api/orders/cancel", Some(&ids))
        .await;
    let refused: Value = refused.json().await.expect("JSON");
    assert_eq!(
        refused["refused"],
        json!({ first.clone(): "not_found", waiting.clone(): "not_found" })
    );
    let all = json!({ "all": true });
    let cancelled = busy
        .ask(Method::POST, "/api/orders/cancel", Some(&all))
        .await;
    assert_eq!(cancelled.status(), 200);
    for order in &orders {
        eventually("its end", async || {
            let order = busy.json(&format!("/api/orders/{order}")).await;
            ["confirmed", "cancelled"]
                .contains(&order["status"].as_str()?)
                .then_some(())
        })
        .await;
    }
    assert_eq!(answers(&quiet, &first).await, before);
    assert_eq!(
        busy.json("/api/orders?limit=200")
            .await
            .as_array()
            .expect("an array")
            .len(),
        12
    );
    assert_eq!(
        busy.json("/api/keys").await[0]["account"],
        busy.account.as_str()
    );
    engine.stop().await;
}

/// What an account's client is answered on every route that tells of orders or keys, but for the
/// time of the answer and the checks of what waits.
async fn answers(client: &Client<'_>, order: &str) -> BTreeMap<String, String> {
    const TIMES: [&str; 6] = [
        "since",
        "until",
        "buckets",
        "lastUsedAt",
        "checks",
        "checkedAt",
    ];
    let paths = [
        "/api/orders".to_owned(),
        "/api/orders?open=true".into(),
        "/api/orders?status=confirmed".into(),
        "/api/orders?status=cancelled".into(),
        "/api/orders?type=limit".into(),
        "/api/orders?limit=1".into(),
        "/api/orders?clientOrderId=a".into(),
        format!("/api/orders/{order}"),
        format!("/api/orders/{order}/events"),
        "/api/orders.csv?open=false".into(),
        "/api/stats?window=24h".into(),
        "/api/keys".into(),
    ];
    let mut answers = BTreeMap::new();
    for path in paths {
        let (status, body) = client.get(&path).await;
        assert_eq!(status, 200, "{path}: {body}");
        let timeless = serde_json::from_str(&body).map_or(body, |mut value: Value| {
            without(&mut value, &TIMES);
            value.to_string()
        });
        answers.insert(path, timeless);
    }
    answers
}

fn without(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !names.contains(&name.as_str()));
            fields.values_mut().for_each(|value| without(value, names));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| without(value, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn an_engine_that_others_reach_says_that_it_needs_keys() {
    let database = ["--database-url", "postgres://nobody@127.0.0.1:1/none"];
    for host in ["0.0.0.0", "::", "10.255.255.1"] {
        let options = [&["--port", "0", "--host", host], &database[..]].concat();
        let output = run(&options);
        assert!(!output.status.success(), "it must not start");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(said.contains("AUTH=keys") && said.contains(host), "{said}");
    }
}
