//! The program as Lambda starts it.

#![cfg(feature = "lambda")]

use std::process::Command;

#[test]
fn a_start_without_its_variables_names_all_of_them() {
    let start = Command::new(env!("CARGO_BIN_EXE_monitor"))
        .env_clear()
        .output()
        .expect("the program can be started");
    assert!(!start.status.success());
    let said = String::from_utf8_lossy(&start.stderr);
    for name in ["DATABASE_URL", "QUEUE_URL"] {
        assert!(said.contains(name), "{name} is not named in: {said}");
    }
}
