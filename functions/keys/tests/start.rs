//! The program as Lambda starts it.

use std::process::Command;

#[test]
fn a_start_without_its_variable_names_it() {
    let start = Command::new(env!("CARGO_BIN_EXE_keys"))
        .env_clear()
        .output()
        .expect("the program can be started");
    assert!(!start.status.success());
    let said = String::from_utf8_lossy(&start.stderr);
    assert!(said.contains("DATABASE_URL"), "not named in: {said}");
}
