//! The commands at an engine that asks for keys: what they show, and from where they have it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use config::{ORDER_ENGINE_KEY, ORDER_ENGINE_KEY_FILE};
use embedded_postgres::testing::TestDatabase;

use crate::{
    process::{Process, free_port, program, run},
    support::eventually,
};

/// How a command ended, and what it said in all.
struct Ended {
    code: Option<i32>,
    said: String,
}

fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    Ended {
        code: output.status.code(),
        said: String::from_utf8(text).expect("text"),
    }
}

/// Starts a command with these variables.
fn begin(url: &str, set: &[(&str, &str)], arguments: &[&str]) -> Child {
    let mut command = program();
    command.env_remove(ORDER_ENGINE_KEY.name);
    command.env_remove(ORDER_ENGINE_KEY_FILE.name);
    command.args(&arguments[..1]).args(["--url", url]);
    command.args(&arguments[1..]).envs(set.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

async fn ask(url: &str, set: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let child = begin(url, set, arguments);
    let ran = tokio::task::spawn_blocking(move || ended(child));
    ran.await.expect("the command ran")
}

/// An engine that asks for keys, on a database that outlives it.
async fn engine(server: &TestDatabase, port: u16) -> Process {
    let arguments = ["--database-url", server.url(), "--auth", "keys"];
    Process::start_at(port, &arguments).await
}

/// A key of the account `desk`.
fn key(server: &TestDatabase, scopes: &str) -> String {
    let place = ["--database-url", server.url(), "--scopes", scopes];
    let output = run(&[&["keys", "create", "--account", "desk"], &place[..]].concat());
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    text.trim().to_owned()
}

fn variable(key: &str) -> [(&str, &str); 1] {
    [(ORDER_ENGINE_KEY.name, key)]
}

/// A file that is removed in the end.
struct KeyFile(PathBuf);

impl KeyFile {
    fn new(name: &str, text: &str, mode: u32) -> Self {
        let name = format!("order-engine-key-{name}-{}", std::process::id());
        let path = Path::new("/var/tmp").join(name);
        fs::write(&path, text).expect("a file");
        let file = Self(path);
        file.allow(mode);
        file
    }

    fn allow(&self, mode: u32) {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(&self.0, permissions).expect("a file of ours");
    }

    fn variable(&self) -> [(&str, &str); 1] {
        let path = self.0.to_str().expect("a path of ours");
        [(ORDER_ENGINE_KEY_FILE.name, path)]
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_key_every_command_works_as_without_where_none_is_asked_for() {
    let server = TestDatabase::create();
    let engine = engine(&server, free_port()).await;
    let key = key(&server, "orders:read,orders:write,stream");
    let file = KeyFile::new("works", &format!("{key}\n"), 0o600);
    for set in [variable(&key), file.variable()] {
        let ask = async |arguments: &[&str]| ask(&engine.base, &set, arguments).await;
        let order = ask(&["order", "SOL", "USDC", "1"]).await;
        assert_eq!(order.code, Some(0), "{}", order.said);
        assert!(order.said.contains("confirmed"), "{}", order.said);
        let orders = ask(&["orders", "--json"]).await;
        assert_eq!(orders.code, Some(0), "{}", orders.said);
        let (_, id) = order.said.split_once("order ").expect("its id");
        let (id, _) = id.split_once(':').expect("its id");
        assert!(orders.said.contains(id), "{}", orders.said);
        for (arguments, code) in [
            (&["watch", id][..], 0),
            (&["quote", "SOL", "USDC", "1"], 0),
            (&["launches"], 0),
            (&["cancel", id], 1), // it is confirmed
        ] {
            let ended = ask(arguments).await;
            assert_eq!(ended.code, Some(code), "{}", ended.said);
            assert!(!ended.said.contains("unauthorized"), "{}", ended.said);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_or_with_a_wrong_one_it_says_so_and_ends_as_refused() {
    let server = TestDatabase::create();
    let engine = engine(&server, free_port()).await;
    let reads = key(&server, "orders:read");
    let other = TestDatabase::create();
    let process = Process::start(&["--database-url", other.url()]).await;
    let unknown = key(&other, "orders:read,orders:write,stream");
    drop(process);
    let nobody = "01a217d1-ebfb-768e-8645-7d1031f0c98b";
    for (arguments, code) in [
        (&["order", "SOL", "USDC", "1"][..], 2),
        (
            &["snipe", "9BB6NFEcjBCtnNLFko2FqVQBq8HHM13kCyYcdQbgpump", "1"],
            2,
        ),
        (&["cancel", nobody], 1),
        (&["orders"], 2),
        (&["watch", nobody], 2),
        (&["quote", "SOL", "USDC", "1"], 2),
    ] {
        for set in [&[][..], &variable(&unknown)] {
            let ended = ask(&engine.base, set, arguments).await;
            assert_eq!(ended.code, Some(code), "{}", ended.said);
            for word in ["unauthorized", ORDER_ENGINE_KEY.name] {
                assert!(ended.said.contains(word), "{}", ended.said);
            }
            assert!(!ended.said.contains(secret(&unknown)), "{}", ended.said);
        }
    }
    for (arguments, code) in [
        (&["order", "SOL", "USDC", "1"][..], 2),
        (&["cancel", nobody], 1),
    ] {
        let ended = ask(&engine.base, &variable(&reads), arguments).await;
        assert_eq!(ended.code, Some(code), "{}", ended.said);
        for word in ["forbidden", "orders:write"] {
            assert!(ended.said.contains(word), "{}", ended.said);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_others_may_read_or_that_is_none_is_not_shown() {
    // Nobody is asked: no engine is there.
    let url = "http://127.0.0.1:1";
    let key = format!("oek_{}_{}_00000000", "0".repeat(16), "5".repeat(64));
    let file = KeyFile::new("open", &key, 0o644);
    let refused = async |set: &[(&str, &str)], says: &str| {
        for arguments in [
            &["orders"][..],
            &["order", "SOL", "USDC", "1"],
            &["cancel", "x"],
        ] {
            let ended = ask(url, set, arguments).await;
            assert_eq!(ended.code, Some(2), "{}", ended.said);
            assert!(
                ended.said.contains(says),
                "{says} is missing: {}",
                ended.said
            );
            assert!(!ended.said.contains(&"5".repeat(64)), "{}", ended.said);
        }
    };
    for mode in [0o644, 0o640, 0o604] {
        file.allow(mode);
        refused(&file.variable(), "chmod 600").await;
    }
    file.allow(0o600);
    refused(&file.variable(), "mistyped").await;
    refused(&variable(&key), "mistyped").await;
    refused(&variable("hidden"), "not shown here").await;
    refused(
        &[(ORDER_ENGINE_KEY_FILE.name, "/nowhere/key")],
        "/nowhere/key",
    )
    .await;
    let both = [variable(&key), file.variable()].concat();
    refused(&both, "set only one of them").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_followed_on_sockets_that_tickets_open_across_a_restart() {
    let server = TestDatabase::create();
    let port = free_port();
    let first = engine(&server, port).await;
    let url = first.base.clone();
    let reads = key(&server, "orders:read,orders:write");
    // It may not read the log, so whatever it says it has heard on a socket.
    let writes = key(&server, "orders:write,stream");
    let arguments = ["order", "SOL", "USDC", "1", "--limit", "5000", "--json"];
    let child = begin(&url, &variable(&writes), &arguments);
    let listing = async || {
        let orders = ask(&url, &variable(&reads), &["orders", "--open", "--json"]).await;
        let line = orders.said.lines().find(|line| line.contains("waiting"))?;
        let order: serde_json::Value = serde_json::from_str(line).ok()?;
        order["id"].as_str().map(str::to_owned)
    };
    let id = eventually("an order that waits", listing).await;
    first.kill();
    let second = engine(&server, port).await;
    // An address that is told by nobody has no ticket.
    let watches = key(&server, "orders:read,stream");
    let watcher = begin(&url, &variable(&watches), &["watch", &id]);
    eventually("a socket of each", async || {
        (second.metric("sockets_live").await >= 2.0).then_some(())
    })
    .await;
    let cancelled = ask(&url, &variable(&reads), &["cancel", &id]).await;
    assert_eq!(cancelled.code, Some(0), "{}", cancelled.said);
    for child in [child, watcher] {
        let told = tokio::task::spawn_blocking(move || ended(child));
        let told = told.await.expect("the command ran");
        assert_eq!(told.code, Some(1), "{}", told.said);
        assert!(told.said.contains("cancelled"), "{}", told.said);
    }
}

fn secret(key: &str) -> &str {
    key.split('_').nth(2).expect("a key has a secret")
}
