//! What holds for every command: how the engine's address is written, how a command ends, what a
//! program reads, and what happens when nobody listens.

use std::{
    io::Read,
    process::{Output, Stdio},
};

use embedded_postgres::testing::TestDatabase;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::{JoinHandle, spawn_blocking},
};

use crate::{
    fault::{Fault, FaultServer},
    process::program,
    support::{Engine, ten_sol},
};

/// A command, the variables that it has, its exit status, and a word of what it prints and says.
struct Row {
    set: &'static [(&'static str, &'static str)],
    line: String,
    code: i32,
    prints: &'static str,
    says: &'static str,
}

fn row(line: impl Into<String>, code: i32, prints: &'static str, says: &'static str) -> Row {
    Row {
        set: &[],
        line: line.into(),
        code,
        prints,
        says,
    }
}

/// Runs a line of words.
async fn run(set: &'static [(&'static str, &'static str)], line: &str) -> Output {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let ran = spawn_blocking(move || {
        let mut program = program();
        program.envs(set.iter().copied()).args(words);
        program.output().expect("the program runs")
    });
    ran.await.expect("the command ran")
}

/// A server that answers each connection by the next of these texts, and the last one for ever; an
/// empty one closes it.
async fn answering(answers: Vec<String>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let mut answers = answers.into_iter().peekable();
    let serving = tokio::spawn(async move {
        let mut answer = String::new();
        while let Ok((mut client, _)) = listener.accept().await {
            answer = answers.next().unwrap_or(answer);
            let mut request = [0; 4_096];
            let _ = client.read(&mut request).await;
            let _ = client.write_all(answer.as_bytes()).await;
        }
    });
    (address, serving)
}

fn answer(status: u16, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} -\r\n{more}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// The engine's address in each of its forms.
fn addresses(port: u16) -> Vec<String> {
    let ends = ["", "/", "/api", "/api/"];
    let hosts = [
        format!("http://127.0.0.1:{port}"),
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!(":{port}"),
    ];
    let each = hosts
        .iter()
        .flat_map(|host| ends.map(|end| format!("{host}{end}")));
    each.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_end_has_a_status_of_its_own() {
    /// Through this nothing can be reached.
    const PROXY: &[(&str, &str)] = &[
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("http_proxy", "http://127.0.0.1:1"),
        ("ALL_PROXY", "http://127.0.0.1:1"),
    ];
    const NONE: &str = "01a20305-68cd-7544-8cc0-378a293e86b9";
    let engine = Engine::start().await;
    let at = engine.server.address();
    let lost = FaultServer::before(at, &[Fault::Lose]).await;
    let (mute, _mute) = answering(vec![String::new()]).await;
    let (url, lost) = (engine.url(""), lost.url());
    let database = "--account desk --database-url postgres://engine:word@127.0.0.1:1/none";
    let key = "0123456789abcdef";
    let mut rows = vec![
        row("--help", 0, "Exit status, of every command", ""),
        row("help order", 0, "Exit status", ""),
        row("--version", 0, "order-engine", ""),
        row("--no-such-option", 64, "", "--no-such-option"),
        row("keys", 64, "", "Usage"),
        row("order SOL USDC", 64, "", "<AMOUNT>"),
        row("orders --url ftp://127.0.0.1", 64, "", "https://"),
        Row {
            set: &[("ENGINE_URL", "ftp://127.0.0.1")],
            ..row("orders", 64, "", "ftp://127.0.0.1")
        },
        row("completions bash", 0, "complete -F", ""),
        row("completions zsh", 0, "#compdef order-engine", ""),
        row("completions fish", 0, "complete -c order-engine", ""),
        row("completions tea", 64, "", "tea"),
        row(format!("order SOL USDC 10 --url {url}"), 0, "confirmed", ""),
        Row {
            set: PROXY,
            ..row(format!("order SOL USDC 1 --url {url}"), 0, "confirmed", "")
        },
        // More than the pools hold.
        row(
            format!("order USDC SOL 18446744073709 --url {url}"),
            1,
            "no_liquidity",
            "",
        ),
        row(
            format!("order SOL DOGE 1 --url {url}"),
            2,
            "",
            "nothing was placed",
        ),
        row(
            "order SOL USDC 1 --url :1",
            2,
            "",
            "no engine answers at http://127.0.0.1:1:",
        ),
        row(
            format!("order SOL USDC 1 --timeout 1 --url {lost}"),
            3,
            "",
            "--idempotency-key",
        ),
        row(format!("cancel {NONE} --url {url}"), 1, "", "not_found"),
        row(
            format!("cancel {NONE} --url :1"),
            2,
            "",
            "no engine answers",
        ),
        row(
            format!("cancel {NONE} --url {mute}"),
            3,
            "",
            "no engine answers",
        ),
        row(
            format!("orders --status lost --url {url}"),
            2,
            "",
            "invalid_status",
        ),
        row("orders --url :1", 2, "", "no engine answers"),
        row(
            format!("quote USDC SOL 18446744073709 --url {url}"),
            1,
            "no liquidity",
            "",
        ),
        row(
            format!("quote SOL DOGE 1 --url {url}"),
            2,
            "",
            "unknown_token",
        ),
        row("launches --url :1", 2, "", "no engine answers"),
        row(format!("watch {NONE} --url {url}"), 2, "", "not_found"),
        row(format!("watch {NONE} --url :1"), 4, "", "no engine answers"),
        row(
            format!("keys revoke {key} {database}"),
            2,
            "",
            "127.0.0.1:1/none cannot be reached",
        ),
        row(format!("keys list {database}"), 2, "", "cannot be reached"),
        row(
            format!("limits show {database}"),
            2,
            "",
            "cannot be reached",
        ),
    ];
    for address in addresses(at.port()) {
        rows.push(Row {
            set: PROXY,
            ..row(format!("orders --url {address}"), 0, "confirmed", "")
        });
    }
    for Row {
        set,
        line,
        code,
        prints,
        says,
    } in rows
    {
        let output = run(set, &line).await;
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let (printed, said) = (text(output.stdout), text(output.stderr));
        let all = format!("{line}\nprinted: {printed}\nsaid: {said}");
        assert_eq!(output.status.code(), Some(code), "{all}");
        assert!(printed.contains(prints) && said.contains(says), "{all}");
        assert!(
            !said.contains("word@") && !said.contains("panicked"),
            "{all}"
        );
    }
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_for_programs_is_json_and_nothing_else() {
    let engine = Engine::start().await;
    let server = TestDatabase::create();
    let bought = engine.place(&ten_sol()).await;
    engine.story(&bought).await;
    let url = engine.url("");
    let there = format!("--account desk --json --database-url {}", server.url());
    let made = run(&[], &format!("keys create {there}")).await;
    let made: Value = serde_json::from_slice(&made.stdout).expect("one document");
    let key = made["key"].as_str().expect("the key");
    assert!(key.contains(made["id"].as_str().expect("an id")), "{made}");
    let id = made["id"].as_str().expect("an id");
    for line in [
        format!("order SOL USDC 1 --json --url {url}"),
        format!("order SOL DOGE 1 --json --url {url}"),
        format!("orders --json --url {url}"),
        format!("watch {bought} --json --url {url}"),
        format!("cancel {bought} --json --url {url}"),
        format!("quote SOL USDC 1 --json --url {url}"),
        format!("launches --json --url {url}"),
        format!("limits show {there}"),
        format!("limits set --max-open-orders 7 {there}"),
        format!("keys list {there}"),
        format!("keys revoke {id} {there}"),
    ] {
        let output = run(&[], &line).await;
        let printed = String::from_utf8(output.stdout).expect("text");
        assert!(!printed.is_empty(), "{line}");
        for printed in printed.lines() {
            let read: Result<Value, _> = serde_json::from_str(printed);
            assert!(
                read.is_ok_and(|value| value.is_object()),
                "{line}: {printed}"
            );
        }
    }
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_used_again_makes_no_second_order() {
    let engine = Engine::start().await;
    let line = format!(
        "order SOL USDC 1 --idempotency-key twice --url {}",
        engine.url("")
    );
    for _ in 0..2 {
        assert_eq!(run(&[], &line).await.status.code(), Some(0));
    }
    let orders = engine.json("/api/orders").await;
    assert_eq!(orders.as_array().map(Vec::len), Some(1), "{orders}");
    engine.stop().await;
}

#[tokio::test]
async fn an_engine_that_says_when_is_asked_again_then() {
    let problem = json!({"title": "-", "status": 503, "detail": "wait", "code": "unavailable"});
    let later = answer(503, "retry-after: 1\r\n", &problem.to_string());
    let (url, _serving) = answering(vec![later.clone(), answer(200, "", "[]")]).await;
    let output = run(&[], &format!("orders --url {url}")).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("asking again in 1s"), "{said}");
    // Longer than anybody waits for a list.
    let much_later = later.replace("retry-after: 1\r\n", "retry-after: 3600\r\n");
    let (url, _serving) = answering(vec![much_later]).await;
    let output = run(&[], &format!("orders --url {url}")).await;
    assert_eq!(output.status.code(), Some(2));
}

/// `| head -1`
#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_to_read_to_the_end() {
    let engine = Engine::start().await;
    let url = engine.url("");
    for line in [
        "--help".to_owned(),
        "completions bash".to_owned(),
        format!("orders --url {url}"),
        format!("launches --url {url}"),
    ] {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let (code, said) = spawn_blocking(move || {
            let mut child = program()
                .args(words)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program starts");
            drop(child.stdout.take());
            let mut said = String::new();
            let mut stderr = child.stderr.take().expect("it is piped");
            stderr.read_to_string(&mut said).expect("text");
            (child.wait().expect("it ends").code(), said)
        })
        .await
        .expect("the command ran");
        assert_eq!((code, said.as_str()), (Some(0), ""), "{line}");
    }
    engine.stop().await;
}

/// It takes connections and says nothing, as one that was stopped (SIGSTOP) does.
#[tokio::test]
async fn a_database_that_says_nothing_is_given_up() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let place = format!("--account desk --database-url postgres://engine@127.0.0.1:{port}/none");
    let output = run(&[], &format!("keys revoke 0123456789abcdef {place}")).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no connection within"), "{said}");
}
