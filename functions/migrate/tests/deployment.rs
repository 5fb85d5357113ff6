//! The program as a deployment invokes it, on the real database.

use serde_json::{Value, json};
use testkit::{TestDatabase, invoke};

#[tokio::test]
async fn a_deployment_migrates_once() {
    let database = TestDatabase::create();
    let first = migrate(database.url()).await;
    assert!(first["applied"].as_u64() > Some(0), "{first}");
    assert!(first["version"].as_u64() > Some(0), "{first}");
    let second = migrate(database.url()).await;
    assert_eq!(second, json!({ "applied": 0, "version": first["version"] }));
}

#[tokio::test]
async fn a_database_that_is_down_fails_the_deployment() {
    let answer = migrate("postgres://nobody:hunter2@127.0.0.1:1/none?sslmode=disable").await;
    let message = answer["errorMessage"]
        .as_str()
        .expect("an error, as Lambda reports it");
    assert!(message.contains("127.0.0.1:1"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

async fn migrate(database_url: &str) -> Value {
    let program = env!("CARGO_BIN_EXE_migrate");
    invoke(program, &[("DATABASE_URL", database_url)], &json!({}))
        .await
        .answer
}
