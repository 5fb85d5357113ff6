//! The engine's own schema.

use embedded_postgres::testing::TestDatabase;
use postgres::Database;

/// A production database has none of the simulator's tables: they come with the simulation.
#[tokio::test]
async fn the_engines_schema_has_nothing_of_the_simulation() {
    const SCHEMAS: &str = "SELECT DISTINCT table_schema::text, table_name::text \
        FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') \
        ORDER BY 2";
    let server = TestDatabase::create();
    let database = Database::connect(server.url(), 1).expect("a URL of ours");
    let migrated = postgres::migrate(&database)
        .await
        .expect("an empty database");
    assert!(migrated.applied > 0, "{migrated:?}");
    let tables = database
        .run(SCHEMAS, &[])
        .await
        .expect("PostgreSQL answers");
    let names: Vec<(&str, &str)> = tables.iter().map(|row| (row.get(0), row.get(1))).collect();
    let ours = [
        "api_keys",
        "audit_trail",
        "chain_cursor",
        "chain_identity",
        "connections",
        "deliveries",
        "engines",
        "health_probe",
        "launches",
        "limits",
        "order_events",
        "orders",
        "outbox",
        "prices",
        "refinery_schema_history",
        "schema_compatibility",
        "subscriptions",
        "subscriptions_to_all",
        "taken_names",
        "ticket_secret",
        "transactions",
        "waiting",
        "wallet_orders",
    ]
    .map(|table| ("public", table));
    assert_eq!(names, ours);
}
