//! What the real engine writes to its log, at its most talkative.

use std::{collections::HashSet, fmt, fs, path::Path, process::Stdio};

use reqwest::StatusCode;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, json, value::RawValue};

use crate::{
    process::{DataDir, Process, free_port, program},
    support::{Subscriber, eventually},
};

/// An object as it is written, keys that come twice included.
struct Written(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Written(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

fn assert_keys_are_unique(line: &str, object: &str) {
    let Written(members) = serde_json::from_str(object).unwrap_or_else(|e| panic!("{e}: {line}"));
    let mut keys = HashSet::new();
    for (key, value) in &members {
        assert!(keys.insert(key), "{key} comes twice in {line}");
        if value.get().starts_with('{') {
            assert_keys_are_unique(line, value.get());
        }
    }
}

/// What nobody may find in a log: a key, an amount (in bodies and in statements' parameters), what
/// clients wrote where, and what may be a secret in a query.
const KEY: &str = "key-7f3a91";
const AMOUNT: &str = "0.123454321";
const BODY: &str = "body-55e0c2";
const SOCKET: &str = "socket-90ab12";
const TICKET: &str = "ticket-c4d2e7";

/// Everything that clients do, and an outage.
async fn use_it(process: &Process, data_dir: &DataDir) {
    let post = async |body: Value| {
        let request = process
            .client
            .post(format!("{}/api/orders/execute", process.base));
        let request = request.header("Idempotency-Key", KEY).json(&body);
        request.send().await.expect("an answer")
    };
    let order = json!({ "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": AMOUNT });
    let answer: Value = post(order.clone()).await.json().await.expect("JSON");
    let id = answer["orderId"].as_str().expect("an id").to_owned();
    assert_eq!(post(order.clone()).await.status(), 202);
    assert_eq!(
        post(json!({ "type": "market", "tokenIn": BODY }))
            .await
            .status(),
        400
    );
    let mut other = order.clone();
    other["tokenOut"] = "USDT".into();
    assert!(post(other).await.status().is_client_error());
    let mut socket = Subscriber::open(&process.base, "").await;
    socket.say(SOCKET).await;
    socket.say(json!({ "action": SOCKET })).await;
    socket.next().await.expect("an error");
    Subscriber::open(&process.base, &format!("orderId={id}&ticket={TICKET}"))
        .await
        .to_the_end()
        .await;
    let get = async |path: &str| {
        let request = process.client.get(format!("{}{path}", process.base));
        request
            .header("X-Request-Id", "night-shift.42")
            .send()
            .await
            .expect("an answer")
    };
    get(&format!("/api/orders/{TICKET}?ticket={TICKET}")).await;
    get(&format!("/{TICKET}?ticket={TICKET}")).await;
    // Its PostgreSQL dies, and comes again.
    let pid = Path::new(data_dir.text()).join("cluster/postmaster.pid");
    let pid = fs::read_to_string(pid).expect("it runs");
    let pid = pid.lines().next().expect("a process id");
    let killed = std::process::Command::new("kill")
        .args(["-9", pid])
        .status();
    assert!(killed.expect("kill runs").success());
    eventually("an outage", async || {
        (post(order.clone()).await.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    eventually("its end", async || {
        (get("/health").await.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_is_json_with_each_key_once_and_nothing_that_clients_wrote() {
    let data_dir = DataDir::new("logs");
    let log = Path::new(data_dir.text()).with_extension("stderr");
    let port = free_port();
    let mut command = program();
    command
        .args(["--port", &port.to_string(), "--data-dir", data_dir.text()])
        .args(["--log-format", "json"])
        .env("LOG_LEVEL", "trace")
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log).expect("a file"));
    let process = Process::of(command, port).await;
    use_it(&process, &data_dir).await;
    process.signal("-TERM");
    assert_eq!(process.ended().await, Some(0));
    let written = fs::read_to_string(&log).expect("text");
    let _ = fs::remove_file(&log);
    for line in written.lines() {
        assert_keys_are_unique(line, line);
        for secret in [KEY, AMOUNT, BODY, SOCKET, TICKET] {
            assert!(!line.contains(secret), "{line}");
        }
        let entry: Value = serde_json::from_str(line).expect("JSON");
        assert!(entry["message"].is_string(), "{line}");
    }
    // At its most talkative it says how a message was served, and who was refused what.
    assert!(written.contains("message served"), "{written}");
    let lines = || {
        written
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
    };
    let refusals: Vec<Value> = lines()
        .filter(|line| line["message"] == "request refused")
        .collect();
    let told = |route: &str, status: u16, code: &str, id: Option<&str>| {
        refusals.iter().any(|line| {
            line["route"] == route
                && line["status"] == status
                && line["code"] == code
                && line["method"].is_string()
                && id.is_none_or(|id| line["span"]["request_id"] == id)
                && line["span"]["request_id"].is_string()
        })
    };
    assert!(
        told("/api/orders/execute", 400, "missing_field", None),
        "{refusals:#?}"
    );
    assert!(
        told("/api/orders/execute", 422, "idempotency_key_reused", None),
        "{refusals:#?}"
    );
    assert!(
        told(
            "/api/orders/{id}",
            400,
            "invalid_id",
            Some("night-shift.42")
        ),
        "{refusals:#?}"
    );
    assert!(
        told("none", 404, "not_found", Some("night-shift.42")),
        "{refusals:#?}"
    );
    // What was just sent when the database went may have been stored.
    let codes = ["unavailable", "outcome_unknown"];
    let told_at_the_outage = codes
        .iter()
        .any(|code| told("/api/orders/execute", 503, code, None));
    assert!(told_at_the_outage, "{refusals:#?}");
}
