//! The settings of the engine's sessions, whatever the URL asks for.

use embedded_postgres::testing::TestDatabase;
use postgres::Database;

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
