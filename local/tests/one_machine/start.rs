//! What can be wrong at a start, and what the program says about it.

use std::net::TcpListener;

use crate::process::{DataDir, Process, run};

/// Runs it to its refusal, and answers what it said.
fn refusal(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(!output.status.success(), "it must not start");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let said = refusal(&[
        "--port",
        &port,
        "--database-url",
        "postgres://nobody@127.0.0.1:1/none",
    ]);
    assert!(
        said.contains(&format!("cannot listen on 127.0.0.1:{port}")) && said.contains("--port"),
        "{said}"
    );
}

#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    let said = refusal(&[
        "--port",
        "0",
        "--database-url",
        "postgres://trader:secret@127.0.0.1:1/orders",
    ]);
    assert!(
        said.contains("127.0.0.1:1/orders cannot be reached"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_greeting_tells_where_everything_is() {
    let data_dir = DataDir::new("greeting");
    let options = ["--data-dir", data_dir.text(), "--retain-days", "90"];
    let engine = Process::start(&options).await;
    let base = engine.base.clone();
    let (code, printed) = engine.stop("-TERM").await;
    assert_eq!(code, Some(0), "{printed}");
    for part in [
        &format!("ready at {base}"),
        &format!("{base}/api/docs"),
        &format!("{base}/metrics"),
        "/engine, in ",
        "deleted 90 days after their end",
        data_dir.text(),
    ] {
        assert!(printed.contains(part), "{part} is missing: {printed}");
    }
    let password = std::fs::read_to_string(format!("{}/password", data_dir.text()));
    let password = password.expect("the database's password");
    assert!(!printed.contains(password.trim()), "{printed}");
}

#[test]
fn a_bad_value_is_named_with_what_is_allowed() {
    for (variable, value, allowed) in [
        ("SIM_FAILURE_RATE", "1.5", "from 0 to 1"),
        ("SIM_QUOTE_DELAY_MS", "fast", "range"),
        ("VENUES", "binance", "solana"),
        ("PORT", "99999", "0 to 65535"),
        ("WORKER_CONCURRENCY", "0", "1 to 1000"),
        ("ALLOWED_ORIGINS", "desk.example/path", "origins"),
        ("LOG_LEVEL", "loud", "debug"),
        ("WATCH_EVERY_MS", "99", "from 100 to 60000"),
        ("RECHECK_MAX_S", "3601", "from 5 to 3600"),
        ("RETAIN_DAYS", "6", "from 7 to 3650"),
        ("SIM_VOLATILITY", "4.5", "from 0 to 4"),
    ] {
        let output = crate::process::program()
            .env(variable, value)
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(64), "{variable}");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(
            said.contains(variable) && said.contains(value) && said.contains(allowed),
            "{variable}: {said}"
        );
    }
}
