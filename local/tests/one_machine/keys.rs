//! The command `keys`.

use std::{path::Path, process::Output};

use auth::ApiKey;
use embedded_postgres::{Server, testing::TestDatabase};
use engine::{
    account::{Scope, Scopes},
    ports::KeyStore,
};
use postgres::{Database, PostgresKeys};
use serde_json::Value;

use crate::process::{DataDir, Process, program, run};

/// The exit status, what was printed and what was said besides.
fn keys(arguments: &[&str], place: [&str; 2]) -> (Option<i32>, String, String) {
    let output: Output = run(&[&["keys"], arguments, &place].concat());
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn created(arguments: &[&str], place: [&str; 2]) -> ApiKey {
    let (code, printed, said) = keys(&[&["create"], arguments].concat(), place);
    assert_eq!(code, Some(0), "{said}");
    let key = printed.strip_suffix('\n').expect("a line");
    let key: ApiKey = key.parse().expect("the key alone");
    assert!(said.contains(key.id().as_str()), "{said}");
    assert!(!said.contains(&key.expose()), "the key is printed once");
    key
}

fn listed(account: &str, place: [&str; 2]) -> Vec<Value> {
    let (code, printed, said) = keys(&["list", "--account", account, "--json"], place);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let lines = printed.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn ids(keys: &[Value]) -> Vec<&str> {
    let ids = keys.iter().map(|key| key["id"].as_str().expect("an id"));
    ids.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_made_on_an_own_database_whether_its_engine_runs_or_not() {
    let data_dir = DataDir::new("keys");
    let place = ["--data-dir", data_dir.text()];
    let nothing_runs = || {
        let running = Server::url_of(Path::new(data_dir.text()));
        running.expect("the folder can be read").is_none()
    };
    let first = created(&["--account", "desk"], place);
    assert!(nothing_runs(), "what was started is stopped");

    let engine = Process::start(&place).await;
    let second = created(&["--account", "desk", "--label", "second"], place);
    let all = listed("desk", place);
    assert_eq!(ids(&all), [second.id().as_str(), first.id().as_str()]);
    let health = engine.json("/health").await;
    assert_eq!(health["status"], "ok", "its PostgreSQL goes on");
    let (code, printed) = engine.stop("-TERM").await;
    assert_eq!(code, Some(0), "{printed}");

    let id = first.id().as_str();
    let (code, printed, said) = keys(&["revoke", "--account", "desk", id], place);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        printed.contains(id) && printed.contains("revoked"),
        "{printed}"
    );
    assert!(listed("desk", place)[1]["revokedAt"].is_string());
    assert!(nothing_runs());
}

#[tokio::test]
async fn keys_are_made_on_a_database_that_is_named() {
    let server = TestDatabase::create();
    let place = ["--database-url", server.url()];
    let key = created(&["--account", "desk"], place);
    let narrow = created(
        &[
            "--account=desk",
            "--scopes=orders:read,stream",
            "--expires=30d",
            "--label=page of the desk",
        ],
        place,
    );
    let database = Database::connect(server.url(), 1).expect("a URL of ours");
    let store = PostgresKeys::new(database);
    let found = async |key: &ApiKey| {
        let found = store.find(key.id(), &key.hash()).await;
        found.expect("the store answers")
    };
    let valid = found(&key).await.expect("it is valid");
    assert_eq!(
        (valid.account.as_str(), valid.scopes, valid.expires_at),
        ("desk", Scopes::all(), None)
    );
    let valid = found(&narrow).await.expect("it is valid");
    let scopes = [Scope::OrdersRead, Scope::Stream].into_iter().collect();
    assert_eq!(valid.scopes, scopes);
    let all = listed("desk", place);
    assert_eq!(
        all[0]["scopes"],
        serde_json::json!(["orders:read", "stream"])
    );
    assert_eq!(all[0]["label"], "page of the desk");
    assert!(all[0]["expiresAt"].is_string() && all[0]["lastUsedAt"].is_string());
    let (_, table, _) = keys(&["list", "--account", "desk"], place);
    assert_eq!(table.lines().count(), 2, "{table}");
    for secret in [key.expose(), narrow.expose()] {
        let secret = secret.rsplit('_').nth(1).expect("a secret");
        assert!(!table.contains(secret) && !format!("{all:?}").contains(secret));
    }

    let id = key.id().as_str();
    let (code, _, said) = keys(&["revoke", "--account", "other", id], place);
    assert_eq!(code, Some(2), "{said}");
    assert!(found(&key).await.is_some(), "another's is not revoked");
    for _ in 0..2 {
        let (code, _, said) = keys(&["revoke", "--account", "desk", id], place);
        assert_eq!(code, Some(0), "{said}");
        assert!(found(&key).await.is_none());
    }
    assert_eq!(listed("other", place), Vec::<Value>::new());
}

#[test]
fn keys_are_made_on_a_database_whose_url_a_file_or_a_variable_has() {
    let server = TestDatabase::create();
    let file = std::env::temp_dir().join(format!("order-engine-url-{}", std::process::id()));
    std::fs::write(&file, server.url()).expect("a file");
    created(
        &["--account", "desk"],
        [
            "--database-url-file",
            file.to_str().expect("a path of ours"),
        ],
    );
    std::fs::remove_file(&file).expect("it is there");
    let ran = program()
        .env("DATABASE_URL", server.url())
        .args(["keys", "create", "--account", "desk"])
        .output();
    assert!(ran.expect("the program runs").status.success());
    let all = listed("desk", ["--database-url", server.url()]);
    assert_eq!(all.len(), 2);
}

#[test]
fn what_cannot_be_done_is_said_and_nothing_is_printed() {
    let server = TestDatabase::create();
    let place = ["--database-url", server.url()];
    let nowhere = [
        "--database-url",
        "postgres://engine:hidden@127.0.0.1:1/engine",
    ];
    let long = "x".repeat(101);
    for (arguments, place, code, says) in [
        (&["create"][..], place, 64, "--account"),
        (&["create", "--account", "Desk"], place, 64, "a-z, 0-9"),
        (
            &["create", "--account=a", "--scopes=all"],
            place,
            64,
            "orders:read",
        ),
        (
            &["create", "--account=a", "--expires=soon"],
            place,
            64,
            "30d",
        ),
        (
            &["create", "--account=a", "--expires=2020-01-01T00:00:00Z"],
            place,
            2,
            "has passed",
        ),
        (
            &["create", "--account=a", "--label", &long],
            place,
            2,
            "100",
        ),
        (&["revoke", "--account=a", "no-id"], place, 64, "16"),
        (
            &["revoke", "--account=a", "0123456789abcdef"],
            place,
            2,
            "no key 0123456789abcdef",
        ),
        (&["create", "--account=a"], nowhere, 2, "127.0.0.1:1"),
        (&["list", "--account=a"], nowhere, 2, "127.0.0.1:1"),
    ] {
        let (ended, printed, said) = keys(arguments, place);
        assert_eq!((ended, printed.as_str()), (Some(code), ""), "{said}");
        assert!(said.contains(says) && !said.contains("hidden"), "{said}");
    }
    assert_eq!(listed("a", place), Vec::<Value>::new());
}
