//! An engine that asks for keys: two accounts on it see nothing of each other, on no route and on
//! no socket, and a key that is revoked is worth nothing within a minute.

use std::{collections::BTreeMap, time::Duration};

use postgres::Database;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::{
    desk::{Desk, guarded, said},
    process::run,
    support::{Engine, PATIENCE, Subscriber, assert_complete, eventually, ten_sol},
};

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

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_placed_and_followed_with_a_key() {
    let engine = guarded().await;
    let desk = Desk::of(&engine, "desk").await;
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
        Desk::of(&engine, "desk").await,
        Desk::of(&engine, "other").await,
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
        Desk::of(&engine, "desk").await,
        Desk::of(&engine, "desk").await,
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

/// What outlasts a key is not done with one that was revoked, however lately: no other key, no
/// socket; and a client that goes on talking keeps none.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_leaves_nothing_behind() {
    let engine = guarded().await;
    let (desk, second) = (
        Desk::of(&engine, "desk").await,
        Desk::of(&engine, "desk").await,
    );
    let wanted = json!({"scopes": ["orders:read", "stream"]});
    let made = desk.ask(Method::POST, "/api/keys", Some(&wanted)).await;
    assert_eq!(made.status(), 201);
    let ticket = desk.ticket().await;
    let (mut greedy, mut chatty) = (desk.socket().await, desk.socket().await);
    let id = desk.key.split('_').nth(1).expect("its second part");
    let path = format!("/api/keys/{id}");

    // Every few milliseconds, so that a request is on its way whenever the close comes.
    let talk = async |socket: &mut Subscriber, message: Value| {
        let message = Message::text(message.to_string());
        while socket.send(message.clone()).await.is_ok() {
            let heard = timeout(Duration::from_millis(4), socket.next()).await;
            if heard.is_ok_and(|heard| heard.is_err()) {
                return;
            }
        }
    };
    let revoke = async {
        let answer = second.ask(Method::DELETE, &path, None).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(desk.get("/api/orders").await.0, 200, "it is still believed");
        let made = desk.ask(Method::POST, "/api/keys", Some(&wanted)).await;
        assert_eq!(made.status(), 401, "no other key");
        let listed = desk.ask(Method::GET, "/api/keys", None).await;
        assert_eq!(listed.status(), 401);
        let address = engine.url("/api/orders/ws").replacen("http", "ws", 1);
        let status = opened(&format!("{address}?ticket={ticket}")).await;
        assert_eq!(status, 401, "no socket by a ticket of before");
    };
    let all = json!({"action": "subscribe", "all": true});
    let ping = json!({"action": "ping"});
    let closed = async { tokio::join!(revoke, talk(&mut greedy, all), talk(&mut chatty, ping)) };
    timeout(PATIENCE, closed).await.expect("both are closed");
    eventually("nobody of that key is remembered", async || {
        (remembered(&engine).await == 0).then_some(())
    })
    .await;
    engine.stop().await;
}

/// Whatever one account does, another one's answers are what they were.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_one_account_does_shows_in_another_ones_answers() {
    let engine = guarded().await;
    let (quiet, busy) = (
        Desk::of(&engine, "quiet").await,
        Desk::of(&engine, "busy").await,
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
async fn answers(client: &Desk<'_>, order: &str) -> BTreeMap<String, String> {
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
