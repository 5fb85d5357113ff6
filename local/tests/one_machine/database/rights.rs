//! The engine logs in as a role that does not own the schema.

use embedded_postgres::testing::TestDatabase;
use serde_json::{Value, json};

use super::{Site, assert_landed_once, sql};
use crate::{process::run, support::eventually};

/// A database, and a role that owns nothing in it.
struct Separate {
    database: TestDatabase,
    role: String,
}

impl Separate {
    /// An empty database.
    async fn create() -> Self {
        let database = TestDatabase::create();
        let role = format!("serving_{}", database.name());
        // Before version 15 everybody could make tables in the schema `public`.
        let create = format!(
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE {role} LOGIN PASSWORD 'secret'"
        );
        sql(database.url(), &create).await;
        Self { database, role }
    }

    /// The URL of the role that serves.
    fn url(&self) -> String {
        let (_, address) = self.database.url().split_once('@').expect("a login");
        format!("postgres://{}:secret@{address}", self.role)
    }

    /// What an operator does before a new version starts.
    fn migrate(&self) -> Value {
        let owner = self.database.url();
        let line = ["migrate", "--json", "--database-url", owner];
        let done = run(&[&line[..], &["--database-serving-role", &self.role]].concat());
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(0), "{said}");
        serde_json::from_slice(&done.stdout).expect("JSON")
    }

    /// What an engine says that does not start as the role.
    fn refused(&self) -> String {
        let output = run(&["--port", "0", "--database-url", &self.url()]);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("text")
    }

    async fn drop(self) {
        let role = &self.role;
        let drop = format!("DROP OWNED BY {role}; DROP ROLE {role}");
        sql(self.database.url(), &drop).await;
    }
}

/// Market and limit orders, a cancel, a key: nothing that an engine does needs the owner.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_serves_as_a_role_that_cannot_change_the_schema() {
    let separate = Separate::create().await;
    let migrated = separate.migrate();
    assert!(migrated["applied"].as_u64() > Some(0), "{migrated}");
    let url = separate.url();
    let site = Site::start(&url, &["--retain-days", "7"]).await;

    let id = site.place().await;
    let limit = json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1,
        "limitPrice": "1000000",
    });
    let address = format!("{}/api/orders/execute", site.base);
    let placed = site.client.post(address).json(&limit).send().await;
    let placed: Value = placed.expect("an answer").json().await.expect("JSON");
    let waiting = format!("/api/orders/{}", placed["orderId"].as_str().expect("an id"));
    eventually("the order waits", async || {
        (site.get(&waiting).await.1["status"] == "waiting").then_some(())
    })
    .await;
    let cancel = site.client.delete(format!("{}{waiting}", site.base)).send();
    let cancelled = cancel.await.expect("an answer");
    assert!(cancelled.status().is_success(), "{cancelled:?}");
    assert_eq!(site.get(&waiting).await.1["status"], "cancelled");
    site.confirmed(std::slice::from_ref(&id)).await;
    assert_landed_once(&url, &[id]).await;
    let made = run(&[
        "keys",
        "create",
        "--account",
        "desk",
        "--database-url",
        &url,
    ]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let (status, health) = site.get("/health").await;
    assert_eq!((status, &health["status"]), (200, &json!("ok")), "{health}");

    assert_powerless(&url).await;
    site.server.stop().await;
    separate.drop().await;
}

/// What would take orders from the engine, or their traces from the operator.
async fn assert_powerless(url: &str) {
    let connecting = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connecting.expect("PostgreSQL answers");
    tokio::spawn(connection);
    for statement in [
        "DROP TABLE orders",
        "ALTER TABLE orders ADD COLUMN more text",
        "CREATE TABLE more (id int)",
        "CREATE INDEX more ON orders (token_in)",
        "TRUNCATE order_events",
        "UPDATE order_events SET seq = seq + 1",
        "UPDATE audit_trail SET outcome = 'other'",
        "ALTER TABLE audit_trail DISABLE TRIGGER ALL",
        "UPDATE schema_compatibility SET oldest_program = 1",
        "DELETE FROM refinery_schema_history",
        "DELETE FROM chain.transactions",
        "DROP SCHEMA chain CASCADE",
    ] {
        let refused = client.batch_execute(statement).await;
        let error = refused.expect_err(statement);
        let code = error.code().expect("PostgreSQL's word").code();
        assert_eq!(code, "42501", "{statement}: {error}");
    }
}

/// Each time that somebody migrates, also when there is nothing else to do.
#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_missing_is_told_at_the_start_and_given_by_the_next_migration() {
    let separate = Separate::create().await;
    let (owner, role) = (separate.database.url().to_owned(), separate.role.clone());
    let said = separate.refused();
    assert!(said.contains("permission denied"), "{said}");
    assert!(
        said.contains("order-engine migrate"),
        "an empty one: {said}"
    );

    separate.migrate();
    for (lacking, revoke) in [
        ("DELETE ON TABLE outbox", "DELETE ON outbox"),
        ("USAGE ON SCHEMA chain", "USAGE ON SCHEMA chain"),
        (
            "USAGE ON SEQUENCE wallet_orders_place_seq",
            "USAGE ON SEQUENCE wallet_orders_place_seq",
        ),
    ] {
        sql(&owner, &format!("REVOKE {revoke} FROM {role}")).await;
        let said = separate.refused();
        let expected = format!("this login to the database lacks {lacking}: ");
        assert!(said.contains(&expected), "{said}");
        assert!(said.contains("DATABASE_SERVING_ROLE"), "{said}");
        assert_eq!(separate.migrate()["applied"], 0);
        let site = Site::start(&separate.url(), &[]).await;
        site.server.stop().await;
    }
    separate.drop().await;
}
