//! The schema changes under a running engine, as it does in every deployment.

use serde_json::Value;
use testkit::migrated_database;

use super::{Site, assert_landed_once, sql};
use crate::process::run;

/// What a next version's migrations may do while this version is at work: columns come, and an old
/// one changes its type, which makes every plan that has it useless.
#[tokio::test(flavor = "multi_thread")]
async fn a_migration_under_load_stops_nothing() {
    for statements in ["prepared", "unnamed"] {
        let database = migrated_database();
        let site = Site::start(database.url(), &["--database-statements", statements]).await;
        let mut ids = Vec::new();
        for change in [
            "ALTER TABLE orders ADD COLUMN of_a_newer_program text",
            "ALTER TABLE orders ALTER COLUMN failure_reason TYPE varchar(4000)",
            "ALTER TABLE order_events ADD COLUMN account uuid",
            "ALTER TABLE transactions ALTER COLUMN venue TYPE varchar(64)",
            "ALTER TABLE outbox ADD COLUMN shard smallint NOT NULL DEFAULT 0",
            "ALTER TABLE subscriptions ADD COLUMN account uuid",
            "ALTER TABLE orders ALTER COLUMN chosen_dex TYPE varchar(40)",
        ] {
            let posting = async {
                for _ in 0..8 {
                    let answer = site.post().await;
                    let status = answer.status();
                    let body: Value = answer.json().await.expect("JSON");
                    assert_eq!(status, 202, "{statements}, {change}: {body}");
                    ids.push(body["orderId"].as_str().expect("an id").to_owned());
                    let page = site.get("/api/orders?limit=5").await;
                    assert_eq!(page.0, 200, "{statements}, {change}: {}", page.1);
                }
            };
            tokio::join!(posting, sql(database.url(), change));
        }
        site.confirmed(&ids).await;
        assert_landed_once(database.url(), &ids).await;
        site.server.stop().await;
    }
}

const APPLIED: &str = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
    VALUES (9001, 'of_a_newer_program', '2026-01-01T00:00:00Z', '0')";

/// A roll-back: the schema stays as the newer program left it, and this program works on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_starts_on_a_newer_schema_that_it_gets_on_with() {
    let database = migrated_database();
    sql(
        database.url(),
        &format!("ALTER TABLE orders ADD COLUMN expires_at timestamptz; {APPLIED}"),
    )
    .await;
    let site = Site::start(database.url(), &[]).await;
    let id = site.place().await;
    site.confirmed(&[id]).await;
    site.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_needs_a_newer_program_is_refused_with_both_versions() {
    let database = migrated_database();
    let needs = "UPDATE schema_compatibility SET oldest_program = 9001 \
        WHERE history = 'refinery_schema_history'";
    sql(database.url(), &format!("{APPLIED}; {needs}")).await;
    let output = run(&["--port", "0", "--database-url", database.url()]);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(
        said.contains("schema version 9001") && said.contains("start a newer program"),
        "{said}"
    );
}
