//! Who may log in changes, and what is wrong with a login is said.

use std::fs;

use testkit::migrated_database;

use super::{Site, assert_landed_once, sql};
use crate::process::run;

/// The password is rotated while the engine runs. The file that holds the URL is read again.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_rotated_is_read_again() {
    let database = migrated_database();
    let role = format!("rotated_{}", database.name());
    let create = format!("CREATE ROLE {role} LOGIN SUPERUSER PASSWORD 'first / secret'");
    sql(database.url(), &create).await;
    let (_, address) = database.url().split_once('@').expect("a login");
    let folder = std::env::temp_dir().join(format!("rotation-{}", database.name()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("url");
    let write = |password: &str| {
        fs::write(&file, format!("postgres://{role}:{password}@{address}\n")).expect("written");
    };
    write("first%20%2F%20secret");
    let line = ["--database-url-file", file.to_str().expect("UTF-8")];
    let site = {
        let options = [&crate::support::QUICK[..], &line].concat();
        let server = crate::support::start_server(&options, |trading| trading).await;
        Site {
            base: format!("http://{}", server.address()),
            client: reqwest::Client::new(),
            server,
        }
    };
    let mut ids = vec![site.place().await];
    for password in ["second", "third"] {
        let rotate = format!(
            "ALTER ROLE {role} PASSWORD '{password}'; \
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'"
        );
        write(password);
        sql(database.url(), &rotate).await;
        ids.push(site.place().await);
    }
    site.confirmed(&ids).await;
    assert_landed_once(database.url(), &ids).await;
    site.server.stop().await;
    fs::remove_dir_all(&folder).expect("removed");
    sql(database.url(), &format!("DROP ROLE {role}")).await;
}

/// What the server says is what the operator reads, and never the password.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_says_what_the_server_said() {
    let database = migrated_database();
    let (_, address) = database.url().split_once('@').expect("a login");
    let (authority, _) = address.split_once('/').expect("a name");
    let role = format!("reader_{}", database.name());
    let create = format!("CREATE ROLE {role} LOGIN PASSWORD 'hunter2'");
    sql(database.url(), &create).await;
    let wrong = format!("postgres://{role}:hunter3@{address}");
    let elsewhere = database.url().replace(database.name(), "no_such_database");
    let without_rights = format!("postgres://{role}:hunter2@{authority}/{}", database.name());
    for (url, words) in [
        (wrong, "password authentication failed"),
        (elsewhere, "database \"no_such_database\" does not exist"),
        (without_rights, "permission denied"),
    ] {
        let output = run(&["--port", "0", "--database-url", &url]);
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(said.contains(words), "{words}: {said}");
        assert!(!said.contains("hunter"), "{said}");
    }
    sql(database.url(), &format!("DROP ROLE {role}")).await;
}
