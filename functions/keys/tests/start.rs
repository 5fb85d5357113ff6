//! The program as Lambda starts it.

use std::process::Command;

use testkit::migrated_database;

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

/// Before anything is wished: each deployment starts this function, which then stands for all that
/// log in as it does.
#[test]
fn a_login_without_the_rights_to_serve_is_told_at_the_start() {
    let database = migrated_database();
    let role = format!("powerless_{}", database.name());
    database.fill(&format!("CREATE ROLE {role} LOGIN PASSWORD 'hunter2'"));
    let (_, address) = database.url().split_once('@').expect("a login");
    let start = Command::new(env!("CARGO_BIN_EXE_keys"))
        .env_clear()
        .env("AWS_REGION", "eu-central-1")
        .env(
            "DATABASE_URL",
            format!("postgres://{role}:hunter2@{address}"),
        )
        .output()
        .expect("the program can be started");
    assert!(!start.status.success());
    let said = String::from_utf8_lossy(&start.stderr);
    assert!(said.contains("SELECT ON TABLE orders"), "{said}");
    assert!(said.contains("DATABASE_SERVING_ROLE"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    database.fill(&format!("DROP ROLE {role}"));
}
