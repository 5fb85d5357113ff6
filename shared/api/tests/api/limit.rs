//! Limit orders, minimums and the client's own names, as they come in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::http::StatusCode;
use engine::ports::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::test_api::{ORDER, TestApi};

const LIMIT: &str =
    r#"{"type":"limit","tokenIn":"SOL","tokenOut":"USDC","amount":"10","limitPrice":"82.50"}"#;

/// The body with another field.
fn and(body: &str, field: &str) -> String {
    format!("{},{field}}}", body.trim_end_matches('}'))
}

async fn stored(api: &TestApi, body: &str) -> Value {
    let answer = api.post(body.to_owned()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    let id = answer.json()["orderId"].as_str().expect("an id").to_owned();
    api.get(&format!("/api/orders/{id}")).await.json()
}

#[tokio::test]
async fn a_limit_order_is_stored_with_its_terms() {
    let api = TestApi::new();
    let order = stored(&api, LIMIT).await;
    assert_eq!(
        (&order["type"], &order["limitPrice"], &order["timeInForce"]),
        (&json!("limit"), &json!("82.5"), &json!("GTD"))
    );
    let expires: jiff::Timestamp = order["expiresAt"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("RFC 3339");
    let hours = expires.duration_since(jiff::Timestamp::now()).as_hours();
    assert!((167..=168).contains(&hours), "{hours}");
    let at = (jiff::Timestamp::now() + std::time::Duration::from_secs(60)).to_string();
    let terms = format!(r#""timeInForce":"IOC","expiresAt":"{at}","clientOrderId":"grid:1.2_3-x""#);
    let order = stored(&api, &and(LIMIT, &terms)).await;
    assert_eq!(order["timeInForce"], "IOC");
    assert_eq!(order["clientOrderId"], "grid:1.2_3-x");
    assert_eq!(order["expiresAt"].as_str().map(str::len), Some(24));
    let order = stored(&api, &and(ORDER, r#""minAmountOut":"783.9""#)).await;
    assert_eq!(
        (&order["minAmountOut"], &order["expiresAt"]),
        (&json!("783.9"), &Value::Null)
    );
}

#[tokio::test]
async fn terms_that_are_none_are_refused_by_name() {
    let api = TestApi::new();
    let in_seconds = |seconds: i64| {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        format!(r#""expiresAt":"{at}""#)
    };
    let without_price = r#"{"type":"limit","tokenIn":"SOL","tokenOut":"USDC","amount":"10"}"#;
    let priced = |price: &str| and(without_price, &format!(r#""limitPrice":{price}"#));
    for (body, code, field) in [
        (without_price.to_owned(), "missing_field", "limitPrice"),
        (priced("0"), "invalid_limit_price", "limitPrice"),
        (priced("-1"), "invalid_limit_price", "limitPrice"),
        (priced("\"NaN\""), "invalid_limit_price", "limitPrice"),
        (priced("\"\""), "invalid_limit_price", "limitPrice"),
        (priced("1e-13"), "invalid_limit_price", "limitPrice"),
        (priced("1e17"), "invalid_limit_price", "limitPrice"),
        (priced("1e400"), "invalid_limit_price", "limitPrice"),
        (priced("true"), "malformed_body", "limitPrice"),
        (
            and(LIMIT, r#""minAmountOut":"1""#),
            "unknown_field",
            "minAmountOut",
        ),
        (
            and(ORDER, r#""limitPrice":"1""#),
            "unknown_field",
            "limitPrice",
        ),
        (
            and(ORDER, r#""expiresAt":"x""#),
            "unknown_field",
            "expiresAt",
        ),
        (
            and(LIMIT, r#""timeInForce":"FOK""#),
            "invalid_time_in_force",
            "timeInForce",
        ),
        (
            and(LIMIT, r#""timeInForce":"gtd""#),
            "invalid_time_in_force",
            "timeInForce",
        ),
        (
            and(LIMIT, r#""expiresAt":"tomorrow""#),
            "invalid_expiry",
            "expiresAt",
        ),
        (and(LIMIT, &in_seconds(5)), "invalid_expiry", "expiresAt"),
        (and(LIMIT, &in_seconds(-60)), "invalid_expiry", "expiresAt"),
        (
            and(LIMIT, &in_seconds(31 * 86_400)),
            "invalid_expiry",
            "expiresAt",
        ),
        (
            and(LIMIT, r#""clientOrderId":"a b""#),
            "invalid_client_order_id",
            "clientOrderId",
        ),
        (
            and(ORDER, r#""clientOrderId":"""#),
            "invalid_client_order_id",
            "clientOrderId",
        ),
        (
            and(ORDER, r#""minAmountOut":0"#),
            "invalid_min_amount_out",
            "minAmountOut",
        ),
        (
            and(ORDER, r#""minAmountOut":"0.0000001""#),
            "invalid_min_amount_out",
            "minAmountOut",
        ),
    ] {
        let answer = api.post(body.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{body}: {}",
            answer.body
        );
        assert_eq!(
            answer.problem(),
            (code.to_owned(), Some(field.to_owned())),
            "{body}"
        );
    }
    assert_eq!(api.orders.len(), 0);
}

#[tokio::test]
async fn another_term_under_the_same_key_is_another_request() {
    let api = TestApi::new();
    let first = api.post_with_key("k", LIMIT).await;
    let again = api
        .post_with_key("k", &LIMIT.replace("82.50", "82.5"))
        .await;
    assert_eq!(first.json()["orderId"], again.json()["orderId"]);
    for other in [
        LIMIT.replace("82.50", "82.51"),
        and(LIMIT, r#""timeInForce":"IOC""#),
        and(LIMIT, r#""clientOrderId":"x""#),
        ORDER.to_owned(),
        and(ORDER, r#""minAmountOut":"1""#),
    ] {
        let answer = api.post_with_key("k", &other).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{other}");
    }
    assert_eq!(api.orders.len(), 1);
}

/// A time that a test moves.
#[derive(Default)]
struct MovedClock(AtomicU64);

#[async_trait]
impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::now() + Duration::from_secs(self.0.load(Ordering::Relaxed))
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

/// The answer was lost, and the client asks again when its order is about to expire, or has.
#[tokio::test]
async fn a_repeat_gets_its_answer_however_late_it_comes() {
    let clock = Arc::new(MovedClock::default());
    let api = TestApi::with(|api| api.submit.clock = clock.clone());
    let at = Timestamp::now() + Duration::from_secs(30);
    let body = and(LIMIT, &format!(r#""expiresAt":"{at}""#));
    let first = api.post_with_key("k", &body).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.body);
    for later in [25, 3_600] {
        clock.0.store(later, Ordering::Relaxed);
        let again = api.post_with_key("k", &body).await;
        assert_eq!(again.status, StatusCode::ACCEPTED, "{}", again.body);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(first.json()["orderId"], again.json()["orderId"]);
        for refused in [
            api.post_with_key("another", &body).await,
            api.post(body.clone()).await,
        ] {
            assert_eq!(refused.problem().0, "invalid_expiry");
        }
        let other = body.replace("82.50", "83");
        let other = api.post_with_key("k", &other).await;
        assert_eq!(other.problem().0, "idempotency_key_reused");
    }
    assert_eq!(api.orders.len(), 1);
}

#[tokio::test]
async fn a_clients_name_is_one_orders_for_ever() {
    let api = TestApi::new();
    let named = and(ORDER, r#""clientOrderId":"grid-17""#);
    let first = api.post(named.clone()).await.json();
    let second = api.post(named).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    let problem = second.json();
    assert_eq!(problem["code"], "duplicate_client_order_id");
    assert_eq!(problem["orderId"], first["orderId"]);
    let found = api.get("/api/orders?clientOrderId=grid-17").await.json();
    assert_eq!(found[0]["id"], first["orderId"]);
    assert_eq!(api.orders.len(), 1);
}

#[tokio::test]
async fn filters_combine() {
    let api = TestApi::new();
    api.post(ORDER).await;
    api.post(LIMIT).await;
    let found = async |query: &str| {
        let page = api.get(&format!("/api/orders?{query}")).await.json();
        let page = page.as_array().expect("a page").clone();
        page.iter()
            .map(|order| order["type"].as_str().expect("a type").to_owned())
            .collect()
    };
    let none: [String; 0] = [];
    let found: [Vec<String>; 6] = [
        found("type=limit").await,
        found("open=true").await,
        found("open=false").await,
        found("type=market&tokenIn=SOL&status=pending").await,
        found("tokenOut=SOL").await,
        found("since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z").await,
    ];
    assert_eq!(found[0], ["limit"]);
    assert_eq!(found[1], ["limit", "market"]);
    assert_eq!(found[2], none);
    assert_eq!(found[3], ["market"]);
    assert_eq!(found[4], none);
    assert_eq!(found[5], none);
    for (query, code, field) in [
        ("type=stop", "invalid_filter", "type"),
        ("open=1", "invalid_filter", "open"),
        ("since=yesterday", "invalid_filter", "since"),
        ("until=1", "invalid_filter", "until"),
        (
            "clientOrderId=a%20b",
            "invalid_client_order_id",
            "clientOrderId",
        ),
    ] {
        let answer = api.get(&format!("/api/orders?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.problem(), (code.to_owned(), Some(field.to_owned())));
    }
}
