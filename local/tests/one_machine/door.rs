//! One rule at the door for every route: the engine is called by its own name, and pages of others
//! change nothing.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Engine, PATIENCE, QUICK, ten_sol};

const ROUTES: [&str; 7] = [
    "/",
    "/health",
    "/metrics",
    "/api/orders",
    "/api/orders/ws",
    "/config.json",
    "/nothing",
];

/// Sends a request as it is written, `{port}` being the engine's. Answers status and body.
async fn raw(address: SocketAddr, request: &str) -> (u16, String) {
    let request = request.replace("{port}", &address.port().to_string());
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    read.expect("no hang").expect("no reset");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    (status.unwrap_or_default(), body.to_owned())
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n")
}

async fn assert_wrong_host(address: SocketAddr, request: &str) {
    let (status, body) = raw(address, request).await;
    assert_eq!(status, 421, "{request}\n{body}");
    let problem: Value = serde_json::from_str(&body).expect("a problem");
    assert_eq!(problem["code"], "wrong_host", "{request}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_is_served_under_a_name_that_is_not_ours() {
    let engine = Engine::start().await;
    let address = engine.server.address();
    for route in ROUTES {
        assert_wrong_host(address, &get(route, "Host: evil.example:{port}\r\n")).await;
    }
    for headers in [
        "",
        "Host: 127.0.0.1.evil.example:{port}\r\n",
        "Host: localhost.evil.example:{port}\r\n",
        "Host: localhost.:{port}\r\n",
        "Host: localhost\r\n",
        "Host: localhost:1\r\n",
        "Host: 0.0.0.0:{port}\r\n",
        "Host: [::ffff:192.0.2.1]:{port}\r\n",
        "Host: ::1:{port}\r\n",
        "Host: me@localhost:{port}\r\n",
        "Host: localhost:{port}\r\nHost: localhost:{port}\r\n",
        "Host: localhost:{port}\r\nHost: evil.example\r\n",
        "Host: evil.example:{port}\r\nX-Forwarded-Host: localhost:{port}\r\n",
    ] {
        assert_wrong_host(address, &get("/api/orders", headers)).await;
    }
    let own = "Host: localhost:{port}\r\n";
    assert_wrong_host(address, &get("http://evil.example/api/orders", own)).await;
    assert_wrong_host(address, &get("http://me@localhost:{port}/health", own)).await;
    let old = "GET /health HTTP/1.0\r\n\r\n";
    assert_wrong_host(address, old).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_served_under_our_own_names() {
    let options = [
        &QUICK[..],
        &["--allowed-hosts", "desk.example,Other.example:8443"],
    ]
    .concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let address = engine.server.address();
    for headers in [
        "Host: localhost:{port}\r\n",
        "Host: LOCALHOST:{port}\r\n",
        "Host: 127.0.0.1:{port}\r\n",
        "Host: 127.9.8.7:{port}\r\n",
        "Host: [::1]:{port}\r\n",
        "Host: desk.example:{port}\r\n",
        "Host: OTHER.example:8443\r\n",
    ] {
        for route in ["/", "/health", "/metrics", "/api/orders", "/config.json"] {
            let (status, body) = raw(address, &get(route, headers)).await;
            assert_eq!(status, 200, "{route} {headers}\n{body}");
        }
    }
    let absolute = get(
        "http://localhost:{port}/api/orders",
        "Host: localhost:{port}\r\n",
    );
    assert_eq!(raw(address, &absolute).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_changes_nothing_and_the_own_one_works() {
    let options = [&QUICK[..], &["--allowed-origins", "https://desk.example"]].concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let port = engine.server.address().port();
    let origins = [
        (None, true),
        (Some(format!("http://127.0.0.1:{port}")), true),
        (Some(format!("http://localhost:{port}")), true),
        (Some(format!("http://[::1]:{port}")), true),
        (Some("https://desk.example".into()), true),
        (Some("null".into()), false),
        (Some("https://evil.example".into()), false),
        (Some(format!("http://evil.example:{port}")), false),
        (Some(format!("https://localhost:{port}")), false),
        (Some("http://localhost:1".into()), false),
        (Some("http://localhost".into()), false),
        (Some(format!("http://127.0.0.1.evil.example:{port}")), false),
        (Some(format!("http://desk.example:{port}")), false),
        (Some(String::new()), false),
    ];
    let mut taken = 0;
    for (origin, allowed) in origins {
        let mut request = engine.client.post(engine.url("/api/orders/execute"));
        if let Some(origin) = &origin {
            request = request.header("origin", origin);
        }
        let answer = request.json(&ten_sol()).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.expect("JSON");
        if allowed {
            assert_eq!(status, 202, "{origin:?} {body}");
            taken += 1;
        } else {
            assert_eq!(
                (status, &body["code"]),
                (403, &json!("forbidden")),
                "{origin:?}"
            );
        }
    }
    let stored = engine.json("/api/orders").await;
    assert_eq!(stored.as_array().map(Vec::len), Some(taken));
}

async fn socket_address(engine: &Engine, headers: &[(&str, &str)]) -> (u16, String) {
    let mut request = engine.client.post(engine.url("/api/orders/execute"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.json(&ten_sol()).send().await.expect("an answer");
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.expect("JSON");
    let address = body["ws"].as_str().unwrap_or_default();
    let (base, _) = address.split_once("/api/orders/ws?").unwrap_or_default();
    (status, base.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_named_proxy_says_how_the_client_called() {
    let said = [
        ("x-forwarded-host", "desk.example"),
        ("x-forwarded-proto", "https"),
    ];
    let engine = Engine::start().await;
    let own = format!("ws://{}", engine.server.address());
    assert_eq!(socket_address(&engine, &said).await, (202, own));

    let names = [
        "--allowed-hosts",
        "desk.example",
        "--auth",
        "open",
        "--trusted-proxies",
    ];
    let options = [&QUICK[..], &names, &["10.0.0.0/8,loopback"]].concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let secure = (202, "wss://desk.example".to_owned());
    assert_eq!(socket_address(&engine, &said).await, secure);
    let standard = [(
        "forwarded",
        r#"for=1.2.3.4, for=x;Host="desk.example";proto=https"#,
    )];
    assert_eq!(socket_address(&engine, &standard).await, secure);
    let page = [said[0], said[1], ("origin", "https://desk.example")];
    assert_eq!(socket_address(&engine, &page).await, secure);
    let page = [said[0], said[1], ("origin", "http://desk.example")];
    assert_eq!(socket_address(&engine, &page).await.0, 403);
    let foreign = [("x-forwarded-host", "evil.example")];
    assert_eq!(socket_address(&engine, &foreign).await.0, 421);
    // A client's own word beside the proxy's: neither is believed.
    let forged = [said[0], said[1], ("forwarded", "host=localhost;proto=http")];
    let direct = (202, format!("ws://{}", engine.server.address()));
    assert_eq!(socket_address(&engine, &forged).await, direct);

    let options = [&QUICK[..], &names, &["10.0.0.0/8"]].concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let own = format!("ws://{}", engine.server.address());
    assert_eq!(socket_address(&engine, &said).await, (202, own));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_believed_proxy_brings_is_of_this_machine_only_if_it_says_so() {
    let options = [&QUICK[..], &["--trusted-proxies", "loopback"]].concat();
    let engine = Engine::start_with(&options, |trading| trading).await;
    let host = engine.server.address().to_string();
    for own in [
        &[][..],
        &[("x-forwarded-for", "127.0.0.1")],
        &[("forwarded", r#"for="[::1]:4711""#)],
        &[
            ("forwarded", "for=127.0.0.1"),
            ("x-forwarded-for", "127.0.0.1"),
        ],
    ] {
        assert_eq!(socket_address(&engine, own).await.0, 202, "{own:?}");
    }
    for other in [
        &[("x-forwarded-for", "203.0.113.9")][..],
        &[("x-forwarded-for", "unknown")],
        &[("x-forwarded-for", "fe80::1%eth0")],
        &[("x-forwarded-for", "127.0.0.1, ")],
        &[("x-forwarded-host", &host)],
        &[("x-forwarded-proto", "http")],
        &[("forwarded", "for=unknown")],
        &[("forwarded", "for=_hidden")],
        &[("forwarded", "proto=http")],
        &[("forwarded", r#"for="203.0.113.9:_p""#)],
        &[
            ("forwarded", "for=127.0.0.1"),
            ("x-forwarded-for", "203.0.113.9"),
        ],
        &[
            ("forwarded", "for=203.0.113.9"),
            ("x-forwarded-for", "127.0.0.1"),
        ],
        &[
            ("forwarded", "proto=http"),
            ("x-forwarded-for", "203.0.113.9"),
        ],
    ] {
        assert_eq!(socket_address(&engine, other).await.0, 401, "{other:?}");
    }
}
