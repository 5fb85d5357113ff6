//! The settings of the engine's sessions, whatever the URL asks for.

use std::sync::Arc;

use embedded_postgres::testing::TestDatabase;
use postgres::{Database, Settings, Statements};

#[tokio::test]
async fn a_url_with_options_of_its_own_keeps_them_and_gets_ours() {
    let server = TestDatabase::create();
    let url = format!("{}&options=-c%20work_mem=5MB", server.url());
    let database = Database::connect(&url, 1).expect("a URL of ours");
    for (setting, value) in [
        ("work_mem", "5MB"),
        ("enable_seqscan", "off"),
        ("statement_timeout", "3s"),
    ] {
        let rows = database.run(&format!("SHOW {setting}"), &[]).await;
        let rows = rows.expect("PostgreSQL answers");
        assert_eq!(rows[0].get::<_, &str>(0), value, "{setting}");
    }
}

#[tokio::test]
async fn a_pooled_session_brings_ours_with_each_statement_and_commits_at_once_or_never() {
    let server = TestDatabase::create();
    let settings = Settings {
        connections: 1,
        statements: Statements::Unnamed,
        ca: None,
    };
    let source = Arc::new(server.url().to_owned());
    let database = Database::open(server.url(), source, settings).expect("a URL of ours");
    for (setting, value) in [
        ("enable_seqscan", "off"),
        ("statement_timeout", "3s"),
        ("idle_in_transaction_session_timeout", "2s"),
    ] {
        let rows = database.run(&format!("SHOW {setting}"), &[]).await;
        let rows = rows.expect("PostgreSQL answers");
        assert_eq!(rows[0].get::<_, &str>(0), value, "{setting}");
    }
}
