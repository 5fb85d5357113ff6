//! A database's orders are executed on one chain.

use embedded_postgres::testing::TestDatabase;
use futures::future::join_all;
use postgres::{Database, DatabaseError, claim_chain};

#[tokio::test(flavor = "multi_thread")]
async fn of_programs_that_start_at_once_on_different_chains_one_chains_stay() {
    let server = TestDatabase::create();
    let database = Database::connect(server.url(), 8).expect("a URL of ours");
    let migrated = postgres::migrate(&database).await;
    migrated.expect("an empty database");
    let chains = ["simulated", "this-one", "that-one"];
    let claims = (0..24).map(async |nth| {
        let chain = chains[nth % chains.len()];
        (chain, claim_chain(&database, chain).await)
    });
    let mut kept = Vec::new();
    for (chain, claimed) in join_all(claims).await {
        match claimed {
            Ok(()) => kept.push(chain),
            Err(error) => assert!(matches!(error, DatabaseError::OtherChain { .. }), "{error}"),
        }
    }
    assert_eq!(kept, [kept[0]; 8]);
    for chain in chains {
        let again = claim_chain(&database, chain).await;
        assert_eq!(again.is_ok(), chain == kept[0], "{chain}");
    }
}
