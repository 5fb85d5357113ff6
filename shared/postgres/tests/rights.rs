//! The rights of a role that serves.

use embedded_postgres::testing::TestDatabase;
use postgres::{Database, DatabaseError, RIGHTS, check_rights, give_rights};

async fn migrated(server: &TestDatabase) -> Database {
    let database = Database::connect(server.url(), 1).expect("a URL of ours");
    postgres::migrate(&database).await.expect("migrated");
    database
}

/// What a statement can name has its line, or a role that serves would be stopped at it.
#[tokio::test]
async fn everything_in_the_schema_is_among_the_rights() {
    const ALL: &str = "SELECT relname::text AS name FROM pg_class c \
            WHERE relnamespace = 'public'::regnamespace AND (relkind IN ('r', 'p', 'v') \
                OR relkind = 'S' AND NOT EXISTS ( \
                    SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')) \
        UNION ALL SELECT proname::text FROM pg_proc \
            WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype \
        ORDER BY name";
    let server = TestDatabase::create();
    let rows = migrated(&server).await.run(ALL, &[]).await;
    let rows = rows.expect("PostgreSQL answers");
    let mut found: Vec<&str> = rows.iter().map(|row| row.get("name")).collect();
    let mut known: Vec<&str> = RIGHTS.iter().map(|right| right.name).collect();
    found.sort_unstable();
    known.sort_unstable();
    assert_eq!(found, known);
}

/// Whatever its name is, and whoever else gives it the same at the same time.
#[tokio::test]
async fn a_role_is_given_what_it_lacks() {
    let server = TestDatabase::create();
    let owner = migrated(&server).await;
    let role = format!("{} \"serves\" $1", server.name());
    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    server.fill(&format!("CREATE ROLE {quoted}"));
    let other = Database::connect(server.url(), 1).expect("a URL of ours");
    let (one, two) = tokio::join!(
        give_rights(&owner, RIGHTS, &role),
        give_rights(&other, RIGHTS, &role)
    );
    one.expect("given");
    two.expect("given");
    let may = async |table: &str, what: &str| {
        let asked = "SELECT has_table_privilege($1::name, $2::text, $3)";
        let rows = owner.run(asked, &[&role, &table, &what]).await;
        rows.expect("PostgreSQL answers")[0].get::<_, bool>(0)
    };
    assert!(may("orders", "UPDATE").await);
    assert!(!may("orders", "TRUNCATE").await);
    assert!(!may("refinery_schema_history", "INSERT").await);
    // As a migration leaves a table that it has made anew.
    server.fill(&format!("REVOKE ALL ON outbox FROM {quoted}"));
    assert!(!may("outbox", "DELETE").await);
    give_rights(&owner, RIGHTS, &role).await.expect("given");
    assert!(may("outbox", "DELETE").await);
    server.fill(&format!("DROP OWNED BY {quoted}; DROP ROLE {quoted}"));
}

#[tokio::test]
async fn a_role_that_is_none_is_named() {
    let server = TestDatabase::create();
    let owner = migrated(&server).await;
    let given = give_rights(&owner, RIGHTS, "nobody_by_this_name").await;
    let Err(error @ DatabaseError::Grant { .. }) = given else {
        panic!("{given:?}");
    };
    let said = error.to_string();
    assert!(
        said.contains("\"nobody_by_this_name\" does not exist"),
        "{said}"
    );
    check_rights(&owner, RIGHTS)
        .await
        .expect("an owner has all");
}
