//! What a client of the deployed stack lives through. One deployment for all of these: none of them
//! breaks anything.

use std::{sync::OnceLock, thread};

use e2e::{Answer, Stack, Subscriber, assert_whole_life, eventually, seqs, statuses};
use serde_json::{Value, json};

fn stack() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(|| Stack::deploy(&["SimExecutionDelayMs=400-600", "SimLaunchEverySeconds=4"]))
}

#[test]
fn subscribers_during_and_after_hear_the_whole_life_by_the_order_id_alone() {
    let stack = stack();
    let order = stack.place_order();
    let mut first = stack.watch(&order, 0);
    let mut heard = first.hear_until("building");
    let during = stack.watch(&order, 0);

    // Each socket is closed by the server once the final event was delivered.
    heard.extend(first.hear_all());
    assert_whole_life(&heard);
    assert_whole_life(&during.hear_all());
    assert_whole_life(&stack.watch(&order, 0).hear_all());
    let log = stack.get(&format!("/api/orders/{order}/events"));
    assert_whole_life(log.body.as_array().expect("a list of events"));
}

#[test]
fn who_comes_back_with_after_hears_only_what_was_missed() {
    let stack = stack();
    let order = stack.place_order();
    let mut first = stack.watch(&order, 0);
    let seen = seqs(&first.hear_until("routing"));
    drop(first); // the connection is lost without a word
    let last_seen = *seen.last().expect("something was heard");

    // What is being pushed at this moment may come once more; nothing after it may be missing.
    let mut missed = seqs(&stack.watch(&order, last_seen).hear_all());
    missed.retain(|seq| *seq > last_seen);
    assert_eq!(missed, ((last_seen + 1)..=5).collect::<Vec<_>>());

    // Once nothing is pushed any more, nothing comes twice.
    assert_eq!(seqs(&stack.watch(&order, 3).hear_all()), [4, 5]);
}

#[test]
fn one_socket_serves_many_orders_and_answers_mistakes() {
    let stack = stack();
    let first = stack.place_order();
    let mut socket = stack.watch(&first, 0);
    socket.say(&json!({"action": "ping"}));
    let pong = eventually("a pong comes", || {
        socket.hear().filter(|heard| heard["event"] == "pong")
    });
    assert_eq!(pong["event"], "pong");
    socket.say(&json!({"action": "dance"}));
    let error = eventually("an error comes", || {
        socket.hear().filter(|heard| heard["event"] == "error")
    });
    assert!(error["code"].is_string(), "{error}");

    let second = stack.place_order();
    socket.say(&json!({"action": "subscribe", "orderId": second}));
    let heard = socket.hear_all();

    let of = |order: &str| -> Vec<Value> {
        let mine = heard.iter().filter(|event| event["orderId"] == *order);
        mine.cloned().collect()
    };
    assert_whole_life(&of(&second));
    assert_eq!(statuses(&of(&first)).last(), Some(&"confirmed"));
}

#[test]
fn a_connection_that_is_gone_is_forgotten_and_harms_no_order() {
    let stack = stack();
    let order = stack.place_order();
    stack.database.leave_subscriber_behind("bm9ib2R5", &order);

    assert_whole_life(&stack.watch(&order, 0).hear_all());

    eventually("the gateway's 410 deletes the connection", || {
        (stack.database.subscribers(&order) == 0).then_some(())
    });
}

#[test]
fn every_order_has_an_address_that_answers_and_lists_page_by_link() {
    let stack = stack();
    let body = json!({"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1});
    let accepted = stack.post("/api/orders/execute", &body);
    let rest = stack.address("RestUrl").to_owned();
    let stage = &rest[rest.rfind('/').expect("the stage ends the URL")..];
    let own = |address: &str| {
        let path = address.strip_prefix(stage);
        path.unwrap_or_else(|| panic!("{address} is not below {stage}"))
            .to_owned()
    };
    let order = stack.get(&own(&accepted.headers["location"]));
    assert_eq!(order.body["id"], accepted.body["orderId"]);

    stack.place_order();
    let page = stack.get("/api/orders?limit=1");
    let link = &page.headers["link"];
    let next = link
        .strip_prefix('<')
        .and_then(|rest| rest.split_once('>'))
        .unwrap_or_else(|| panic!("no address in {link}"));
    let second = stack.get(&own(next.0));
    assert_eq!(second.status, 200, "{second:?}");
    assert_ne!(second.body[0]["id"], page.body[0]["id"]);
    stack.order_once(order.body["id"].as_str().expect("a text"), "confirmed");
}

#[test]
fn the_gateway_leads_every_request_to_an_answer_of_ours() {
    let stack = stack();
    assert_eq!(stack.get("/health").body["status"], "ok");
    assert!(
        stack
            .get("/api/tokens")
            .body
            .as_array()
            .is_some_and(|tokens| tokens.len() > 1)
    );
    let quote = stack.get("/api/quote?tokenIn=SOL&tokenOut=USDC&amount=1");
    assert_eq!(quote.status, 200, "{quote:?}");

    let wrong_method = stack.get("/api/orders/execute");
    let unknown = stack.get("/api/orders/a/b/c");
    let bad_field = stack.post("/api/orders/execute", &json!({"id": 1}));
    for (answer, status, code) in [
        (&wrong_method, 405, "method_not_allowed"),
        (&unknown, 404, "not_found"),
        (&bad_field, 400, "unknown_field"),
    ] {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.body["code"], code, "{answer:?}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    assert!(
        wrong_method.headers.contains_key("allow"),
        "{wrong_method:?}"
    );
}

#[test]
fn events_that_differ_from_the_emulators_are_understood() {
    let stack = stack();
    let submit = |event: Value| {
        let answer = stack.aws.invoke(&Stack::function("submit"), &event);
        assert_eq!(answer.failure, None, "{answer:?}");
        answer.payload
    };
    // AWS encodes binary-looking bodies, and sends the stage in the context's path only.
    let order = r#"{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":0.5}"#;
    let encoded = base64(order);
    let placed = submit(json!({
        "resource": "/api/orders/execute", "path": "/api/orders/execute", "httpMethod": "POST",
        "headers": null,
        "multiValueHeaders": {
            "Content-Type": ["application/json"], "Accept": ["*/*", "text/html"],
            "Authorization": [format!("Bearer {}", stack.address("FirstKey"))],
        },
        "queryStringParameters": null, "multiValueQueryStringParameters": null, "pathParameters": null,
        "stageVariables": null,
        "requestContext": {"stage": "v1", "path": "/v1/api/orders/execute", "httpMethod": "POST", "identity": {}},
        "body": encoded, "isBase64Encoded": true,
    }));
    assert_eq!(placed["statusCode"], 202, "{placed}");
    // The test button of API Gateway's console: no headers at all, and a stage that does not exist.
    let tested = submit(json!({
        "resource": "/health", "path": "/health", "httpMethod": "GET",
        "headers": null, "multiValueHeaders": null,
        "queryStringParameters": null, "multiValueQueryStringParameters": null, "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "resourcePath": "/health", "path": "/health", "httpMethod": "GET", "stage": "test-invoke-stage",
            "identity": {"sourceIp": "test-invoke-source-ip", "userAgent": "aws-internal/3"},
        },
        "body": null, "isBase64Encoded": false,
    }));
    assert_eq!(tested["statusCode"], 200, "{tested}");
}

fn base64(text: &str) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(text)
}

/// An order that is accepted.
fn place(stack: &Stack, body: &Value) -> String {
    let accepted = eventually("the order is accepted", || {
        let told = stack.post("/api/orders/execute", body);
        (told.status != 503).then_some(told)
    });
    assert_eq!(accepted.status, 202, "{accepted:?}");
    accepted.body["orderId"].as_str().expect("an id").to_owned()
}

/// An order of one SOL that is executed at this price or better.
fn place_limit(stack: &Stack, price: &str, more: &Value) -> String {
    let mut body = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1, "limitPrice": price,
    });
    for (field, value) in more.as_object().expect("fields") {
        body[field] = value.clone();
    }
    place(stack, &body)
}

#[test]
fn a_limit_order_is_executed_at_its_limit_or_better_or_waits_and_is_cancelled() {
    let stack = stack();
    let order = place_limit(stack, "10", &json!({}));
    assert_whole_life(&stack.watch(&order, 0).hear_all());
    let order = place_limit(stack, "5000", &json!({}));
    let mut socket = stack.watch(&order, 0);
    socket.hear_until("waiting");
    stack.monitor();
    assert_eq!(
        stack.order(&order)["status"],
        "waiting",
        "far away is left alone"
    );
    let cancelled = stack.delete(&format!("/api/orders/{order}"));
    assert_eq!(
        (cancelled.status, &cancelled.body["status"]),
        (200, &json!("cancelled"))
    );
    let rest = socket.hear_all();
    assert_eq!(
        statuses(&rest),
        ["cancelled"],
        "the watcher hears it from submit"
    );
    let open = json!({ "all": true, "type": "limit", "tokenIn": "JUP" });
    let none = stack.post("/api/orders/cancel", &open);
    assert_eq!((none.status, &none.body["cancelled"]), (200, &json!([])));
}

#[test]
fn the_monitor_wakes_an_order_whose_time_has_ended() {
    let stack = stack();
    let expires = (jiff::Timestamp::now() + std::time::Duration::from_secs(12)).to_string();
    let order = place_limit(stack, "5000", &json!({ "expiresAt": expires }));
    stack.watch(&order, 0).hear_until("waiting");
    let ended = eventually("the order expires", || {
        stack.monitor();
        let order = stack.order(&order);
        (order["status"] == "expired").then_some(order)
    });
    assert_eq!(ended["failureCode"], "deadline_exceeded");
}

#[test]
fn a_sniper_order_waits_for_its_pool_and_buys_it_when_the_monitor_has_read_of_it() {
    let stack = stack();
    let launches = stack.get("/api/launches").body;
    let next = &launches.as_array().expect("a list")[0];
    assert_eq!(next["announced"], true, "{launches:#}");
    let order = place(
        stack,
        &json!({
            "type": "sniper", "tokenIn": "SOL", "tokenOut": next["mint"], "amount": "0.5",
            "maxAgeSlots": 3_000,
        }),
    );
    let mut socket = stack.watch(&order, 0);
    socket.hear_until("waiting");
    eventually("its pool is there and open, and the order goes on", || {
        stack.monitor();
        (stack.order(&order)["status"] != "waiting").then_some(())
    });
    let rest = socket.hear_all();
    assert_eq!(
        statuses(&rest),
        ["routing", "building", "submitted", "confirmed"]
    );
    let bought = stack.order(&order);
    assert_eq!(bought["trigger"]["pool"], next["pool"], "{bought:#}");
    assert_eq!(bought["tokenOut"], next["mint"]);
}

#[test]
fn an_operator_makes_lists_and_revokes_keys() {
    let stack = stack();
    let desk = |action: &str| json!({"action": action, "account": "desk"});
    let created = stack.keys(&desk("create"));
    assert!(created["key"].is_string());
    let listed = stack.keys(&desk("list"));
    assert_eq!(listed["keys"][0]["id"], created["id"], "{listed}");
    let mut revoke = desk("revoke");
    revoke["id"] = created["id"].clone();
    assert!(stack.keys(&revoke)["revokedAt"].is_string());

    let function = Stack::function("keys");
    let refused = stack.aws.invoke(&function, &desk("borrow"));
    assert!(refused.failure.is_some(), "{refused:?}");
    assert!(
        refused.payload.to_string().contains("borrow"),
        "{refused:?}"
    );
}

/// An account that another key is of: nothing of the first one's, at neither gateway.
#[test]
fn both_gateways_ask_who_comes() {
    let stack = stack();
    let order = stack.place_order();
    let path = format!("/api/orders/{order}");
    let made = stack.keys(&json!({"action": "create", "account": "stranger"}));
    let stranger = made["key"].as_str().expect("a key");
    for (key, status) in [("", 401), ("oek_", 401), (stranger, 404)] {
        assert_eq!(stack.get_with(key, &path).status, status, "{key}");
    }
    let seen = stack.get_with(stranger, "/api/orders");
    assert_eq!((seen.status, &seen.body), (200, &json!([])));
    assert_eq!(stack.get_with("", "/api/market").body["auth"], "keys");

    let socket = stack.address("WebSocketUrl");
    for ticket in ["", "&ticket=", "&ticket=e30.AAAA"] {
        let refused = Subscriber::try_open(&format!("{socket}?orderId={order}{ticket}"));
        assert!(refused.is_none(), "{ticket}");
    }
    let ticket = stack.ticket_of(stranger);
    let mut foreign = Subscriber::open(&format!("{socket}?orderId={order}&ticket={ticket}"));
    let answer = foreign.hear().expect("an answer");
    assert_eq!(answer["code"], "not_found", "{answer}");

    // Its key is revoked, and the relay closes what was opened with it.
    let revoke = json!({"action": "revoke", "account": "stranger", "id": made["id"]});
    assert!(stack.keys(&revoke)["revokedAt"].is_string());
    stack.relay();
    assert_eq!(foreign.hear(), None, "it is closed");
    assert_whole_life(&stack.watch(&order, 0).hear_all());
}

/// Through the gateway, where each request is an invocation of its own.
#[test]
fn orders_that_come_at_once_do_not_pass_a_limit() {
    let stack = stack();
    let limits = json!({"maxOpenOrders": 10});
    let set = json!({"action": "setLimits", "account": "narrow", "limits": limits});
    assert_eq!(stack.keys(&set)["maxOpenOrders"], 10);
    let made = stack.keys(&json!({"action": "create", "account": "narrow"}));
    let key = made["key"].as_str().expect("a key");
    let order = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1, "limitPrice": "9999",
    });
    let answers: Vec<Answer> = thread::scope(|scope| {
        let place = || loop {
            let placed = stack.post_with(key, "/api/orders/execute", &order);
            if placed.status != 503 {
                return placed;
            }
        };
        let placing: Vec<_> = (0..20).map(|_| scope.spawn(place)).collect();
        let placed = placing.into_iter();
        placed
            .map(|placed| placed.join().expect("an answer"))
            .collect()
    });
    let count = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((count(202), count(429)), (10, 10), "{answers:?}");
    let refused = answers.iter().filter(|answer| answer.status == 429);
    for answer in refused {
        assert_eq!(answer.body["code"], "too_many_open_orders");
    }
    assert_eq!(
        stack.get_with(key, "/api/limits").body["account"]["maxOpenOrders"],
        10
    );

    let audit = stack.get_with(key, "/api/audit?limit=200").body;
    let entries = audit.as_array().expect("entries");
    let placed = entries
        .iter()
        .filter(|entry| entry["action"] == "order.place");
    for entry in placed.clone() {
        assert_eq!(entry["keyId"], made["id"]);
        assert!(
            entry["source"].is_string(),
            "who called the gateway: {entry}"
        );
    }
    assert_eq!(placed.count(), 10, "{audit}");
    let cancelled = stack.post_with(key, "/api/orders/cancel", &json!({"all": true}));
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
}

/// Every route of the description that needs a key, at the gateway, with every key that must not
/// open it.
#[test]
fn every_route_behind_the_gateway_refuses_the_wrong_key() {
    const DESCRIPTION: &str = include_str!("../../../docs/api/openapi.json");
    let stack = stack();
    let make = |wanted: &Value| stack.keys(wanted);
    let text = |made: &Value, name: &str| made[name].as_str().expect("a text").to_owned();
    let create =
        |scopes: &[&str]| make(&json!({"action": "create", "account": "matrix", "scopes": scopes}));
    let revoked = create(&["orders:read", "orders:write", "stream", "keys"]);
    make(&json!({"action": "revoke", "account": "matrix", "id": revoked["id"]}));
    let (revoked, id) = (text(&revoked, "key"), text(&revoked, "id"));
    let mistyped = revoked.replace(&id, "0123456789abcdef");
    let (streams, reads) = (create(&["stream"]), create(&["orders:read"]));

    let description: Value = serde_json::from_str(DESCRIPTION).expect("JSON");
    let (mut asked, order) = (0, "00000000-0000-7000-8000-000000000000");
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, route) in methods.as_object().expect("methods") {
            let open = ["market", "operation"].contains(&route["tags"][0].as_str().expect("a tag"));
            if open && path != "/api/quote" {
                continue;
            }
            let narrow = if path == "/api/tickets" {
                &reads
            } else {
                &streams
            };
            let narrow = text(narrow, "key");
            let path = path.replace("{id}", order);
            let method = method.to_uppercase();
            let body = (method == "POST").then(|| json!({}));
            for (key, status) in [
                (None, 401),
                (Some(""), 401),
                (Some("oek_"), 401),
                (Some(&*mistyped), 401),
                (Some(&*revoked), 401),
                (Some(&*narrow), 403),
            ] {
                let answer = stack.ask(&method, &path, key, body.as_ref());
                assert_eq!(answer.status, status, "{method} {path} {key:?}: {answer:?}");
            }
            asked += 1;
        }
    }
    assert_eq!(asked, 15, "routes that ask for a key");
}
