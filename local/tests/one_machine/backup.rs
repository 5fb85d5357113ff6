//! The commands `backup` and `restore`.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use embedded_postgres::testing::TestDatabase;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::{
    database::sql,
    process::{DataDir, Process, run},
    support::{Engine, ten_sol},
};

/// A file that is not there yet; removed when dropped.
struct Dump(PathBuf);

impl Dump {
    fn new(name: &str) -> Self {
        let file = format!("order-engine-{name}-{}.dump", std::process::id());
        Self(std::env::temp_dir().join(file))
    }

    fn text(&self) -> &str {
        self.0.to_str().expect("a path of ours")
    }
}

impl Drop for Dump {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0); // the test may have failed before it was made
    }
}

/// Its exit status, and all that it said.
async fn command(words: &[&str]) -> (Option<i32>, String) {
    let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
    let ran = spawn_blocking(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        run(&words)
    });
    let output = ran.await.expect("the command ran");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).expect("text"))
}

const QUICK: [&str; 4] = [
    "--sim-quote-delay-ms",
    "0-20",
    "--sim-execution-delay-ms",
    "20-60",
];

async fn engine(data_dir: &DataDir) -> Process {
    Process::start(&[&QUICK[..], &["--data-dir", data_dir.text()]].concat()).await
}

async fn buy(engine: &Process) -> String {
    let placed: Value = engine.post(&ten_sol()).await.json().await.expect("JSON");
    let id = placed["orderId"].as_str().expect("an id").to_owned();
    crate::support::eventually("a confirmed order", async || {
        let order = engine.json(&format!("/api/orders/{id}")).await;
        (order["status"] == "confirmed").then_some(())
    })
    .await;
    id
}

/// Each order with all its events, and nothing that a running engine still writes.
async fn history(engine: &Process) -> Vec<Value> {
    let orders = engine.json("/api/orders?open=false&limit=200").await;
    let mut history = Vec::new();
    for order in orders.as_array().expect("a list") {
        let id = order["id"].as_str().expect("an id");
        history.push(engine.json(&format!("/api/orders/{id}")).await);
    }
    history
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_put_back_into_a_fresh_folder_and_the_engine_goes_on_from_there() {
    let (old, new, dump) = (
        DataDir::new("backup-old"),
        DataDir::new("backup-new"),
        Dump::new("orders"),
    );
    let first = engine(&old).await;
    buy(&first).await;
    buy(&first).await;
    let waits = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1, "limitPrice": "5000",
    });
    let waits: Value = first.post(&waits).await.json().await.expect("JSON");
    let waits = waits["orderId"].as_str().expect("an id").to_owned();
    let before = history(&first).await;
    let (code, said) = command(&["backup", dump.text(), "--data-dir", old.text()]).await;
    assert_eq!(code, Some(0), "{said}");
    let mode = fs::metadata(&dump.0).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it is its owner's alone");
    let (code, said) = command(&["backup", dump.text(), "--data-dir", old.text()]).await;
    assert_eq!(code, Some(2), "it is not written over: {said}");

    let later = buy(&first).await;
    let (code, said) = command(&["restore", dump.text(), "--data-dir", old.text()]).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("in use by another engine"), "{said}");
    first.kill();
    let (code, said) = command(&["restore", dump.text(), "--data-dir", old.text()]).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("is not empty"), "{said}");

    let place = ["restore", dump.text(), "--json", "--data-dir", new.text()];
    let (code, said) = command(&place).await;
    assert_eq!(code, Some(0), "{said}");
    let told: Value = serde_json::from_str(&said).expect("one document");
    assert_eq!((&told["open"], &told["cancelled"]), (&json!(1), &json!(0)));

    let second = engine(&new).await;
    assert_eq!(history(&second).await, before);
    let lost = second.json(&format!("/api/orders/{later}")).await;
    assert_eq!(lost["code"], "not_found");
    let order = second.json(&format!("/api/orders/{waits}")).await;
    assert_ne!(order["status"], "cancelled", "its market went back with it");
    buy(&second).await;
    let (code, printed) = second.stop("-TERM").await;
    assert_eq!(code, Some(0), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_backup_changes_nothing() {
    let (dump, damaged) = (Dump::new("whole"), Dump::new("damaged"));
    let engine = Engine::start().await;
    let id = engine.place(&ten_sol()).await;
    engine.story(&id).await;
    let database = engine.stop().await;
    let place = ["--database-url", database.url()];
    let (code, said) = command(&[&["backup", dump.text()], &place[..]].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    let whole = fs::read(&dump.0).expect("the backup");
    for bytes in [&b"SELECT 1;"[..], &whole[..whole.len() * 9 / 10]] {
        fs::write(&damaged.0, bytes).expect("a file");
        let words = ["restore", damaged.text(), "--replace"];
        let (code, said) = command(&[&words, &place[..]].concat()).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("nothing was changed"), "{said}");
    }
    let engine = Engine::start_on(database, &[], |trading| trading).await;
    assert_eq!(
        engine.json(&format!("/api/orders/{id}")).await["status"],
        "confirmed"
    );
    let (code, said) = command(&[
        "restore",
        dump.text(),
        "--replace",
        "--database-url",
        engine.database_url(),
    ])
    .await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("an engine runs on"), "{said}");
    engine.stop().await;
}

/// The release that made a backup knows more than this one.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_needs_a_newer_program_changes_nothing() {
    let dump = Dump::new("newer");
    let newer = Engine::start().await.stop().await;
    let needs = "UPDATE schema_compatibility SET oldest_program = 990";
    sql(newer.url(), needs).await;
    let take = ["backup", dump.text(), "--database-url", newer.url()];
    let (code, said) = command(&take).await;
    assert_eq!(code, Some(0), "{said}");

    let engine = Engine::start().await;
    let id = engine.place(&ten_sol()).await;
    engine.story(&id).await;
    let database = engine.stop().await;
    let put_back = [
        "restore",
        dump.text(),
        "--replace",
        "--database-url",
        database.url(),
    ];
    let (code, said) = command(&put_back).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    assert!(
        said.contains("needs a program that knows schema version 990"),
        "{said}"
    );
    let engine = Engine::start_on(database, &[], |trading| trading).await;
    let kept = engine.json(&format!("/api/orders/{id}")).await;
    assert_eq!(kept["status"], "confirmed");
    engine.stop().await;
}

/// The chain has gone on: what is open in the backup may have been executed since, and the marker
/// that would prevent a second time may have been emptied.
#[tokio::test(flavor = "multi_thread")]
async fn orders_of_a_chain_outside_are_cancelled_before_an_engine_may_start() {
    let dump = Dump::new("chain");
    let engine = Engine::start().await;
    let waits = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1, "limitPrice": "5000",
    });
    let waits = engine.place(&waits).await;
    engine
        .watch(&format!("orderId={waits}"))
        .await
        .until("waiting")
        .await;
    let database = engine.stop().await;
    let sql = postgres::Database::connect(database.url(), 1).expect("a URL of ours");
    let set = async |chain: &str| {
        let set = "UPDATE chain_identity SET chain = $1";
        sql.run(set, &[&chain]).await.expect("the database answers");
    };
    set("a-genesis-hash").await;
    let place = ["--database-url", database.url()];
    let (code, said) = command(&[&["backup", dump.text()], &place[..]].concat()).await;
    assert_eq!(code, Some(0), "{said}");

    let fresh = TestDatabase::create();
    let (code, said) = command(&[
        "restore",
        dump.text(),
        "--json",
        "--database-url",
        fresh.url(),
    ])
    .await;
    assert_eq!(code, Some(0), "{said}");
    let told: Value = serde_json::from_str(&said).expect("one document");
    assert_eq!((&told["open"], &told["cancelled"]), (&json!(0), &json!(1)));
    let restored = postgres::Database::connect(fresh.url(), 1).expect("a URL of ours");
    let chain = "SELECT chain FROM chain_identity";
    let rows = restored
        .run(chain, &[])
        .await
        .expect("the database answers");
    assert_eq!(
        rows[0].get::<_, &str>("chain"),
        "a-genesis-hash",
        "engines may start on it"
    );

    // One that was interrupted before that.
    set("restored:a-genesis-hash").await;
    let (code, said) = command(&[&["--port", "0"], &place[..]].concat()).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("a restore that was not finished"), "{said}");
}
