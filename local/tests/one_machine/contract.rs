//! What the contract promises beside the journey: idempotency, exact decimals, metrics, health,
//! sockets' refusals.

use std::collections::HashSet;

use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::frame::coding::CloseCode},
};

use crate::support::{Engine, ten_sol};

async fn keyed(engine: &Engine, key: &str, body: &Value) -> (StatusCode, bool, Value) {
    let request = engine
        .client
        .post(engine.url("/api/orders/execute"))
        .header("Idempotency-Key", key)
        .json(body);
    let answer = request.send().await.expect("the engine answers");
    let replayed = answer
        .headers()
        .get("idempotency-replayed")
        .is_some_and(|value| value == "true");
    (
        answer.status(),
        replayed,
        answer.json().await.expect("JSON"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_posts_at_once_with_one_key_make_one_order() {
    let engine = Engine::start().await;
    let body = ten_sol();
    let answers = join_all((0..20).map(|_| keyed(&engine, "one intent", &body))).await;
    assert!(
        answers.iter().all(|(status, _, _)| *status == 202),
        "{answers:?}"
    );
    assert_eq!(
        answers.iter().filter(|(_, replayed, _)| !replayed).count(),
        1
    );
    let bodies: HashSet<String> = answers
        .iter()
        .map(|(_, _, body)| body.to_string())
        .collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(
        engine.json("/api/orders").await.as_array().map(Vec::len),
        Some(1)
    );

    // The same meaning in other words is the same request; another amount is not.
    let same = json!({ "amount": "10.0", "tokenOut": "USDC", "tokenIn": "SOL", "type": "market", "slippageBps": 50 });
    let (status, replayed, again) = keyed(&engine, "one intent", &same).await;
    assert_eq!(
        (status.as_u16(), replayed, &again),
        (202, true, &answers[0].2)
    );
    let other = json!({ "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 11 });
    let (status, _, problem) = keyed(&engine, "one intent", &other).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (422, &json!("idempotency_key_reused"))
    );

    let id = answers[0].2["orderId"].as_str().expect("an id");
    engine.story(id).await;
    assert_eq!(engine.landed().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_keeps_all_its_digits() {
    let engine = Engine::start().await;
    let post = async |amount: &str| {
        let body =
            format!(r#"{{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":{amount}}}"#);
        let request = engine.client.post(engine.url("/api/orders/execute"));
        let answer = request
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await;
        let answer = answer.expect("the engine answers");
        (
            answer.status().as_u16(),
            answer.json::<Value>().await.expect("JSON"),
        )
    };
    // A float would make this …45679 or lose the fraction.
    let (status, problem) = post("123456789012.12345678").await;
    assert_eq!(
        (status, &problem["code"], &problem["field"]),
        (400, &json!("invalid_amount"), &json!("amount"))
    );
    let detail = problem["detail"].as_str().expect("text");
    assert!(detail.contains("123456789012.12345678"), "{detail}");

    for (written, kept) in [
        ("0.123456789", "0.123456789"),
        ("1e-9", "0.000000001"),
        ("16777217.000000001", "16777217.000000001"),
    ] {
        let (status, answer) = post(written).await;
        assert_eq!(status, 202, "{answer}");
        let order = engine
            .json(&format!(
                "/api/orders/{}",
                answer["orderId"].as_str().expect("an id")
            ))
            .await;
        assert_eq!(order["amount"], kept);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_shows_both_venues_and_stores_nothing() {
    let engine = Engine::start().await;
    let quote = engine
        .json("/api/quote?tokenIn=SOL&tokenOut=USDC&amount=10")
        .await;
    let quotes = quote["quotes"].as_array().expect("quotes");
    assert_eq!(quotes.len(), 2);
    let chosen: Vec<&Value> = quotes
        .iter()
        .filter(|quote| quote["chosen"] == true)
        .map(|quote| &quote["dex"])
        .collect();
    assert_eq!(chosen, [&quote["chosenDex"]]);
    assert_eq!(engine.json("/api/orders").await, json!([]));
    let market = engine.json("/api/market").await;
    let venues = market["venues"].as_array().expect("venues").iter();
    let asked = quotes.iter().map(|quote| &quote["dex"]);
    assert!(venues.map(|venue| &venue["id"]).eq(asked), "{market}");
    let pairs = market["pairs"].as_array().expect("pairs");
    assert!(pairs.contains(&json!(["SOL", "USDC"])), "{market}");
    assert_eq!(
        (&market["kind"], &market["auth"]),
        (&json!("simulated"), &json!("loopback"))
    );
    assert_eq!(market.get("explorer"), None, "nothing to look at");
    let tokens = engine.json("/api/tokens").await;
    assert!(
        tokens
            .as_array()
            .expect("tokens")
            .iter()
            .any(|token| token["symbol"] == "SOL" && token["decimals"] == 9)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_and_health_tell_how_it_goes() {
    let engine = Engine::start().await;
    let id = engine.place(&ten_sol()).await;
    engine.story(&id).await;
    let watching = engine.watch("").await;
    let text = engine.get("/metrics").await.text().await.expect("text");
    for name in [
        r#"order_engine_orders_final_total{status="confirmed",code="none"}"#,
        "order_engine_order_attempts_total",
        "order_engine_order_seconds_to_final_bucket",
        "queue_ready",
        "queue_oldest_seconds",
        "outbox_unsent",
        "sockets_live",
    ] {
        assert!(text.contains(name), "{name} is missing in:\n{text}");
    }
    drop(watching);
    let health = engine.get("/health").await;
    assert_eq!(health.status(), 200);
    assert_eq!(health.json::<Value>().await.expect("JSON")["status"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_survives_everything_it_does_not_understand() {
    let engine = Engine::start().await;
    let unknown = "0198a0a0-0000-7000-8000-000000000000";
    let mut socket = engine.watch(&format!("orderId={unknown}")).await;
    let code = |answer: Result<Value, CloseCode>| answer.expect("it stays open")["code"].clone();
    assert_eq!(code(socket.next().await), "not_found");
    for (said, expected) in [
        ("{", "malformed_body"),
        ("[]", "malformed_body"),
        (r#"{"action":"fly"}"#, "unknown_action"),
        (r#"{"action":"subscribe"}"#, "missing_field"),
        (r#"{"action":"subscribe","orderId":"7"}"#, "invalid_id"),
    ] {
        socket.say(said).await;
        assert_eq!(code(socket.next().await), expected, "{said}");
    }
    socket.say(r#"{"action":"ping"}"#).await;
    assert_eq!(socket.next().await, Ok(json!({ "event": "pong" })));

    let mut with_bad_id = engine.watch("orderId=not-an-id").await;
    assert_eq!(code(with_bad_id.next().await), "invalid_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_above_16_kib_closes_the_socket_with_1009() {
    let engine = Engine::start().await;
    let mut socket = engine.watch("").await;
    // The engine may close while it is being sent.
    let _ = socket.send(Message::text("x".repeat(16 * 1024 + 1))).await;
    assert_eq!(socket.next().await, Err(CloseCode::Size));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_allowed_pages_open_sockets_and_read_answers() {
    let options = [
        &crate::support::QUICK[..],
        &["--allowed-origins", "https://desk.example"],
    ]
    .concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let own = engine.url("");
    for (origin, opens) in [
        ("https://desk.example", true),
        (own.as_str(), true),
        ("https://evil.example", false),
        ("null", false),
    ] {
        let url = format!("{}/api/orders/ws", own.replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("a request");
        request
            .headers_mut()
            .insert("origin", origin.parse().expect("a header"));
        match connect_async(request).await {
            Ok(_) => assert!(opens, "{origin} must not open a socket"),
            Err(Error::Http(refused)) => {
                assert!(!opens, "{origin} may open a socket");
                assert_eq!(refused.status(), 403);
            }
            Err(problem) => panic!("{origin}: {problem}"),
        }
        let answer = engine
            .client
            .get(engine.url("/api/tokens"))
            .header("origin", origin)
            .send()
            .await
            .expect("an answer");
        let allowed = answer
            .headers()
            .get("access-control-allow-origin")
            .is_some();
        assert_eq!(allowed, origin == "https://desk.example", "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_is_served_from_the_binary_under_a_strict_policy() {
    let engine = Engine::start().await;
    for path in [
        "/",
        "/orders",
        "/charts",
        "/orders/0198a0a0-0000-7000-8000-000000000000",
    ] {
        let page = engine.get(path).await;
        assert_eq!(page.status(), 200);
        let policy = page.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(
            page.text()
                .await
                .expect("text")
                .contains("<script type=\"module\"")
        );
    }
    assert_eq!(
        engine.json("/config.json").await,
        json!({ "apiUrl": "", "wsUrl": "" })
    );
    assert_eq!(engine.get("/assets/none.js").await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_sees_the_page_where_nothing_is_and_a_program_the_problem() {
    let engine = Engine::start().await;
    let ask = async |path: &str, accept: &'static str| {
        let request = reqwest::Client::new().get(engine.url(path));
        let answer = request
            .header("accept", accept)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 404, "{path}");
        answer
    };
    for path in ["/nowhere", "/orders/a/b", "/assets/none.js"] {
        let page = ask(path, "text/html,application/xhtml+xml").await;
        assert!(page.headers().contains_key("content-security-policy"));
        let text = page.text().await.expect("text");
        assert!(text.contains("<script type=\"module\""), "{path}: {text}");
    }
    for (path, accept) in [("/nowhere", "*/*"), ("/api/nowhere", "text/html")] {
        let problem: Value = ask(path, accept).await.json().await.expect("a problem");
        assert_eq!(problem["code"], "not_found", "{path}");
    }
}
