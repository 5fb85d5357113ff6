//! A function that is deployed without a variable says which one, and ends at once.

use std::process::Command;

use e2e::program;

/// The function's words and whether it was content, started with these variables and no others.
fn start(function: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let output = Command::new(program(function))
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .expect("the program was just built");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), said)
}

#[test]
fn every_missing_variable_is_named_at_once() {
    for (function, needed) in [
        ("submit", &["QUEUE_URL", "WS_MANAGEMENT_ENDPOINT"][..]),
        ("worker", &["QUEUE_URL", "WS_MANAGEMENT_ENDPOINT"]),
        ("relay", &["QUEUE_URL", "WS_MANAGEMENT_ENDPOINT"]),
        ("monitor", &["QUEUE_URL"]),
        ("websocket", &["REPLAY_QUEUE_URL", "WS_MANAGEMENT_ENDPOINT"]),
        ("migrate", &[]),
        ("keys", &[]),
    ] {
        let (content, said) = start(function, &[]);
        assert!(!content, "{function} started on nothing");
        for name in ["DATABASE_URL", "DATABASE_SECRET_ARN"].iter().chain(needed) {
            assert!(
                said.contains(name),
                "{function} does not name {name}: {said}"
            );
        }
    }
}

#[test]
fn a_bad_value_is_shown_with_what_is_allowed() {
    let variables = [
        ("DATABASE_URL", "postgres://a:b@127.0.0.1:1/c"),
        ("QUEUE_URL", "https://sqs.example/queue"),
        ("WS_MANAGEMENT_ENDPOINT", "none"),
        ("SIM_QUOTE_DELAY_MS", "soon"),
    ];
    let (content, said) = start("worker", &variables);
    assert!(!content);
    for part in ["SIM_QUOTE_DELAY_MS", "soon"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains("a:b@"), "a password in {said}");
}
