//! The program as Lambda starts it.

#![cfg(feature = "lambda")]

use std::process::Command;

#[test]
fn a_start_without_its_variables_names_all_of_them() {
    let start = Command::new(env!("CARGO_BIN_EXE_worker"))
        .env_clear()
        .output()
        .expect("the program can be started");
    assert!(!start.status.success());
    let said = String::from_utf8_lossy(&start.stderr);
    for name in ["DATABASE_URL", "QUEUE_URL", "WS_MANAGEMENT_ENDPOINT"] {
        assert!(said.contains(name), "{name} is not named in: {said}");
    }
}

/// Whatever it was built together with: what it links is not what it was asked to be.
#[cfg(not(feature = "solana"))]
#[test]
fn what_was_built_without_solana_says_what_to_build() {
    let start = Command::new(env!("CARGO_BIN_EXE_worker"))
        .env_clear()
        .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
        .env("QUEUE_URL", "http://127.0.0.1:1/123456789012/orders")
        .env("WS_MANAGEMENT_ENDPOINT", "none")
        .env("AWS_REGION", "eu-central-1")
        .env("VENUES", "solana")
        .env("SOLANA_RPC_URLS", "http://127.0.0.1:1")
        .env("SOLANA_MARKETS", "/var/task/markets.toml")
        .env("SOLANA_SIGNER", "kms:alias/wallet")
        .output()
        .expect("the program can be started");
    assert!(!start.status.success());
    let said = String::from_utf8_lossy(&start.stderr);
    assert!(
        said.contains("cargo build --features solana"),
        "what is needed is not said in: {said}"
    );
}
