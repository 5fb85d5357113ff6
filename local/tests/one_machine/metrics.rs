//! What `/metrics` tells an operator: every figure under one prefix and with its meaning.

use std::collections::HashSet;

use reqwest::Method;

use crate::support::{Engine, ten_sol};

/// An engine that has seen a little of everything, and its metrics.
async fn used(engine: &Engine) -> String {
    let id = engine.place(&ten_sol()).await;
    engine.story(&id).await;
    for n in 0..40 {
        engine.get(&format!("/api/orders/none-{n}")).await;
        engine.get(&format!("/nowhere/{n}?ticket={n}")).await;
        let odd = Method::from_bytes(format!("BREW{n}").as_bytes()).expect("a method");
        let request = engine.client.request(odd, engine.url("/api/tokens"));
        request.send().await.expect("the engine answers");
    }
    engine.get("/").await;
    engine.get("/metrics").await.text().await.expect("text")
}

/// The value of a metric with these labels.
fn value(metrics: &str, name: &str) -> Option<f64> {
    let line = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
    metrics.lines().find_map(line)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_has_the_prefix_and_says_what_it_means() {
    let engine = Engine::start().await;
    let metrics = used(&engine).await;
    let names = |kind: &str| -> HashSet<&str> {
        let begin = format!("# {kind} ");
        let named = metrics.lines().filter_map(|line| line.strip_prefix(&begin));
        named.filter_map(|line| line.split(' ').next()).collect()
    };
    let (types, helps) = (names("TYPE"), names("HELP"));
    assert!(types.len() > 25, "{metrics}");
    for name in types {
        assert!(name.starts_with("order_engine_"), "{name}");
        assert!(helps.contains(name), "{name} has no HELP");
    }
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_what_routes_there_are_and_not_by_what_clients_invent() {
    let engine = Engine::start().await;
    let metrics = used(&engine).await;
    let count = |labels: &str| {
        value(
            &metrics,
            &format!("order_engine_http_requests_total{{{labels}}}"),
        )
    };
    // Other tests of this process count in the same place.
    for (labels, at_least) in [
        (
            r#"route="/api/orders/execute",method="POST",status="2xx""#,
            1.0,
        ),
        (
            r#"route="/api/orders/{id}",method="GET",status="4xx""#,
            40.0,
        ),
        (r#"route="/api/orders/ws",method="GET",status="1xx""#, 1.0),
        (r#"route="none",method="GET",status="4xx""#, 40.0),
        (r#"route="/api/tokens",method="OTHER",status="4xx""#, 40.0),
    ] {
        assert!(count(labels) >= Some(at_least), "{labels}:\n{metrics}");
    }
    assert!(
        !metrics.contains("BREW") && !metrics.contains("nowhere"),
        "{metrics}"
    );
    let timed = r#"order_engine_http_request_seconds_count{route="/api/orders/{id}"}"#;
    assert!(value(&metrics, timed) >= Some(40.0), "{metrics}");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_and_its_pool_are_measured() {
    let engine = Engine::start().await;
    let metrics = used(&engine).await;
    for (name, at_least) in [
        ("process_start_time_seconds", 1.7e9),
        ("process_uptime_seconds", 0.001),
        ("process_resident_memory_bytes", 1e6),
        ("process_open_fds", 3.0),
        ("database_connections", 1.0),
        ("database_connections_limit", 2.0),
        ("database_connections_in_use", 0.0),
        ("database_waiting", 0.0),
    ] {
        let found = value(&metrics, &format!("order_engine_{name}"));
        assert!(found >= Some(at_least), "{name}: {found:?}");
    }
    assert!(
        metrics.contains("order_engine_build_info{version=\""),
        "{metrics}"
    );
    engine.stop().await;
}

/// A proxy that is believed says for whom it asks.
#[tokio::test(flavor = "multi_thread")]
async fn other_machines_need_the_token() {
    const TOKEN: &str = "0123456789abcdef";
    let behind = ["--auth", "open", "--trusted-proxies", "loopback"];
    let with_token = [&behind[..], &["--metrics-token", TOKEN]].concat();
    for (options, opens) in [(&behind[..], false), (&with_token, true)] {
        let engine = Engine::start_with(options, |trading| trading).await;
        assert_eq!(engine.get("/metrics").await.status(), 200, "this machine");
        for (shown, expected) in [
            (None, false),
            (Some(""), false),
            (Some("0123456789abcdeF"), false),
            (Some(TOKEN), opens),
        ] {
            let mut request = engine.client.get(engine.url("/metrics"));
            request = request.header("X-Forwarded-For", "198.51.100.7");
            if let Some(shown) = shown {
                request = request.bearer_auth(shown);
            }
            let status = request.send().await.expect("the engine answers").status();
            assert_eq!(status, if expected { 200 } else { 401 }, "{shown:?}");
        }
        engine.stop().await;
    }
}
