//! How much an account and a key may do, and the record of what was done: through the command, the
//! API and the real database.

use futures::future::join_all;
use reqwest::{Method, StatusCode, header::RETRY_AFTER};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, guarded},
    process::run,
    support::{Engine, ten_sol},
};

/// A limit order far from the market: it stays open.
fn waiting() -> Value {
    json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1, "limitPrice": "9999",
    })
}

/// The operator's command; what it printed.
fn limits(engine: &Engine, arguments: &[&str]) -> Value {
    let place = ["--database-url", engine.database_url()];
    let output = run(&[&["limits"], arguments, &place].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

impl Desk<'_> {
    /// The status, the code of a problem, and after how many seconds to come again.
    async fn try_to_place(&self, order: &Value) -> (StatusCode, String, Option<u64>) {
        let path = "/api/orders/execute";
        let answer = self.ask(Method::POST, path, Some(order)).await;
        let status = answer.status();
        let pause = answer.headers().get(RETRY_AFTER);
        let pause = pause.map(|pause| pause.to_str().expect("text").parse().expect("seconds"));
        let answer: Value = answer.json().await.expect("JSON");
        let code = answer["code"].as_str().unwrap_or_default().to_owned();
        (status, code, pause)
    }

    async fn audit(&self) -> Vec<Value> {
        let audit = self.json("/api/audit?limit=200").await;
        audit.as_array().expect("entries").clone()
    }

    /// A key of the account with these limits; the desk that shows it.
    async fn with_limits(&self, limits: Value) -> Self {
        let wanted = json!({"scopes": ["orders:read", "orders:write"], "limits": limits});
        let answer = self.ask(Method::POST, "/api/keys", Some(&wanted)).await;
        assert_eq!(answer.status(), 201);
        let answer: Value = answer.json().await.expect("JSON");
        Self {
            engine: self.engine,
            account: self.account.clone(),
            key: answer["key"].as_str().expect("a key").to_owned(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_posts_at_once_at_a_limit_of_ten_open_orders() {
    let engine = guarded().await;
    let (desk, other) = (
        Desk::of(&engine, "desk").await,
        Desk::of(&engine, "other").await,
    );
    let set = limits(
        &engine,
        &["set", "--account", "desk", "--max-open-orders", "10"],
    );
    assert_eq!(set["maxOpenOrders"], 10);
    assert_eq!(desk.json("/api/limits").await["account"], set);
    assert_eq!(
        other.json("/api/limits").await["account"]["maxOpenOrders"],
        Value::Null
    );

    let order = waiting();
    let answers = join_all((0..20).map(|_| desk.try_to_place(&order))).await;
    let count = |status, code: &str| {
        let same =
            |answer: &&(StatusCode, String, Option<u64>)| answer.0 == status && answer.1 == code;
        answers.iter().filter(same).count()
    };
    assert_eq!(count(StatusCode::ACCEPTED, ""), 10, "{answers:?}");
    let refused = count(StatusCode::TOO_MANY_REQUESTS, "too_many_open_orders");
    assert_eq!(refused, 10, "{answers:?}");
    let open = desk.json("/api/orders?open=true&limit=200").await;
    assert_eq!(open.as_array().map(Vec::len), Some(10));
    assert_eq!(
        other.try_to_place(&order).await.0,
        202,
        "another account's room is its own"
    );

    // A cancelled order makes room for one, and only for one.
    let id = open[0]["id"].as_str().expect("an id");
    let cancelled = desk
        .ask(Method::DELETE, &format!("/api/orders/{id}"), None)
        .await;
    assert_eq!(cancelled.status(), 200);
    let answers = join_all((0..4).map(|_| desk.try_to_place(&order))).await;
    let accepted = answers
        .iter()
        .filter(|answer| answer.0 == StatusCode::ACCEPTED);
    assert_eq!(accepted.count(), 1, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_pairs_and_orders_a_minute_are_answered_429() {
    let engine = guarded().await;
    let desk = Desk::of(&engine, "desk").await;
    let sol = |amount: &str| json!({"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": amount});
    let set = |more: &[&str]| limits(&engine, &[&["set", "--account", "desk"], more].concat());
    let refused = |answer: (StatusCode, String, Option<u64>)| {
        assert_eq!(
            (answer.0, &*answer.1),
            (StatusCode::TOO_MANY_REQUESTS, "limit_exceeded")
        );
        answer.2
    };

    set(&[
        "--max-per-order",
        "SOL=2.5",
        "--max-per-day",
        "SOL=4,USDC=1",
    ]);
    assert_eq!(refused(desk.try_to_place(&sol("2.500000001")).await), None);
    assert_eq!(desk.try_to_place(&sol("2.5")).await.0, 202);
    let pause = refused(desk.try_to_place(&sol("2.5")).await).expect("tomorrow it may");
    assert!((1..=86_400).contains(&pause), "{pause}");
    assert_eq!(
        desk.try_to_place(&sol("1.5")).await.0,
        202,
        "up to the limit"
    );

    set(&["--pairs", "USDC/RAY"]);
    assert_eq!(refused(desk.try_to_place(&sol("1")).await), None);
    set(&["--max-orders-per-minute", "0"]);
    assert!(refused(desk.try_to_place(&sol("1")).await).is_some());
    assert_eq!(set(&[])["maxOrdersPerMinute"], Value::Null);
    assert_eq!(
        desk.try_to_place(&sol("1000")).await.0,
        202,
        "nothing is limited any more"
    );

    // A key within the account's limits; a quote, a read and a repeat are not limited.
    let narrow = desk
        .with_limits(json!({"maxOpenOrders": 1, "maxAmountPerOrder": {"SOL": "1"}}))
        .await;
    refused(narrow.try_to_place(&sol("1.1")).await);
    let (id, _) = narrow.place(&waiting()).await;
    assert_eq!(
        narrow.try_to_place(&waiting()).await.1,
        "too_many_open_orders"
    );
    assert_eq!(
        desk.try_to_place(&waiting()).await.0,
        202,
        "another key of the account"
    );
    assert_eq!(narrow.get(&format!("/api/orders/{id}")).await.0, 200);
    let own = narrow.json("/api/limits").await;
    assert_eq!(own["key"]["maxOpenOrders"], 1);
    assert_eq!(own["account"]["maxOpenOrders"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_cannot_escape_its_limits_and_limits_are_numbers() {
    let engine = guarded().await;
    let desk = Desk::of(&engine, "desk").await;
    let asked = async |body: Value| {
        let answer = desk.ask(Method::POST, "/api/keys", Some(&body)).await;
        let status = answer.status();
        let answer: Value = answer.json().await.expect("JSON");
        (
            status.as_u16(),
            answer["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let invalid = (400, "invalid_key_limits".to_owned());
    let escape = json!({"scopes": ["orders:write", "keys"], "limits": {"maxOpenOrders": 1}});
    assert_eq!(asked(escape).await, invalid);
    for limits in [
        json!({"maxOpenOrders": -1}),
        json!({"maxOpenOrders": 1.5}),
        json!({"maxOpenOrders": 10_001}),
        json!({"maxOrders": 1}),
        json!({"pairs": ["SOL"]}),
        json!({"pairs": "SOL/USDC"}),
        json!({"maxAmountPerDay": {"SOL": 1.5}}),
        json!({"maxAmountPerDay": {"SOL": "NaN"}}),
        json!({"maxAmountPerDay": {"": "1"}}),
        json!([]),
        json!("10"),
    ] {
        let body = json!({"scopes": ["orders:write"], "limits": limits});
        assert_eq!(asked(body.clone()).await, invalid, "{body}");
    }
    let place = ["--database-url", engine.database_url()];
    for wrong in [
        &["--max-open-orders", "10001"][..],
        &["--max-per-day", "SOL=-1"],
        &["--pairs", "SOL/SOL"],
    ] {
        let output = run(&[&["limits", "set", "--account", "desk"], wrong, &place].concat());
        assert!(!output.status.success(), "{wrong:?}");
    }
    assert_eq!(
        limits(&engine, &["show", "--account", "desk"])["maxOpenOrders"],
        Value::Null
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_is_in_the_accounts_audit_trail_for_good() {
    let engine = guarded().await;
    let (desk, other) = (
        Desk::of(&engine, "desk").await,
        Desk::of(&engine, "other").await,
    );
    let key_id = |desk: &Desk<'_>| desk.key.split('_').nth(1).expect("an id").to_owned();
    limits(
        &engine,
        &["set", "--account", "desk", "--max-open-orders", "2"],
    );
    let (id, _) = desk.place(&waiting()).await;
    let (second, _) = desk.place(&waiting()).await;
    assert_eq!(desk.try_to_place(&waiting()).await.0, 429);
    let missing = json!({"type": "market", "tokenIn": "SOL", "tokenOut": "USDC"});
    assert_eq!(desk.try_to_place(&missing).await.0, 400);
    for _ in 0..2 {
        let path = format!("/api/orders/{id}");
        assert_eq!(desk.ask(Method::DELETE, &path, None).await.status(), 200);
    }
    let foreign = other
        .ask(Method::DELETE, &format!("/api/orders/{second}"), None)
        .await;
    assert_eq!(foreign.status(), 404);
    let spare = desk.with_limits(json!({"maxOpenOrders": 5})).await;
    let revoked = desk
        .ask(
            Method::DELETE,
            &format!("/api/keys/{}", key_id(&spare)),
            None,
        )
        .await;
    assert_eq!(revoked.status(), 200);

    let audit = desk.audit().await;
    let told: Vec<[&str; 4]> = audit
        .iter()
        .map(|entry| {
            ["action", "subject", "outcome", "source"]
                .map(|name| entry[name].as_str().unwrap_or("-"))
        })
        .collect();
    let (own, spare) = (key_id(&desk), key_id(&spare));
    let expected = [
        ["key.revoke", &spare, "revoked", "127.0.0.1"],
        ["key.create", &spare, "created", "127.0.0.1"],
        ["order.cancel", &id, "cancelled", "127.0.0.1"],
        ["order.place", &second, "accepted", "127.0.0.1"],
        ["order.place", &id, "accepted", "127.0.0.1"],
        ["limits.set", "desk", "set", "-"],
        ["key.create", &own, "created", "-"],
    ];
    assert_eq!(told, expected);
    let with: Vec<&Value> = audit.iter().map(|entry| &entry["keyId"]).collect();
    assert_eq!(with[..5], [&json!(own); 5]);
    assert_eq!(with[5..], [&Value::Null; 2], "the operator shows no key");
    assert!(!format!("{audit:?}").contains("oek_"), "no secret");
    let others = other.audit().await;
    assert_eq!(others.len(), 1, "only its own key: {others:?}");

    // Page by page it is the same, and a key without the scope reads nothing.
    let mut pages = Vec::new();
    let mut next = Some("/api/audit?limit=3".to_owned());
    while let Some(path) = next {
        let answer = desk.ask(Method::GET, &path, None).await;
        let link = answer
            .headers()
            .get("link")
            .map(|link| link.to_str().expect("text").to_owned());
        next = link.map(|link| link[1..link.find('>').expect("an address")].to_owned());
        let page: Vec<Value> = answer.json().await.expect("JSON");
        pages.extend(page);
    }
    assert_eq!(pages, audit);

    let database = postgres::Database::connect(engine.database_url(), 1).expect("a URL of ours");
    for tampering in [
        "UPDATE audit_trail SET outcome = 'accepted'",
        "DELETE FROM audit_trail",
        "TRUNCATE audit_trail",
    ] {
        let refused = database.run(tampering, &[]).await;
        let refused = refused.expect_err(tampering).to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
    assert_eq!(desk.audit().await, audit);
    assert_eq!(
        desk.try_to_place(&ten_sol()).await.0,
        202,
        "the engine lives"
    );
}
