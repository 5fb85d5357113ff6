//! Connections that die, in every way.

use futures::future::join_all;
use testkit::{Network, migrated_database};

use super::{Site, assert_landed_once, sql, stored};
use crate::support::eventually;

async fn ids_of(answers: Vec<reqwest::Response>) -> (Vec<String>, Vec<serde_json::Value>) {
    let (mut ids, mut refused) = (Vec::new(), Vec::new());
    for answer in answers {
        let taken = answer.status() == 202;
        let body: serde_json::Value = answer.json().await.expect("JSON");
        if taken {
            ids.push(body["orderId"].as_str().expect("an id").to_owned());
        } else {
            refused.push(body);
        }
    }
    (ids, refused)
}

/// A proxy or a fail-over leaves connections behind that are open and dead. New ones work.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_went_dead_without_a_word_are_replaced() {
    for statements in ["unnamed", "prepared"] {
        let database = migrated_database();
        let (network, url) = Network::before_database(database.url()).await;
        let site = Site::start(&url, &["--database-statements", statements]).await;
        let (mut ids, refused) = ids_of(join_all((0..30).map(|_| site.post())).await).await;
        assert_eq!(refused.len(), 0, "{refused:?}");
        site.confirmed(&ids).await; // so that the pool is idle, and full of connections
        let before = network.opened();
        network.stall();
        // The very first one has its answer late, and yet it has it.
        let (more, refused) = ids_of(join_all((0..7).map(|_| site.post())).await).await;
        assert_eq!(refused.len(), 0, "{statements}: {refused:?}");
        assert!(network.opened() > before, "no new connection was made");
        ids.extend(more);
        ids.push(site.place().await);
        site.confirmed(&ids).await;
        assert_landed_once(database.url(), &ids).await;
        site.server.stop().await;
    }
}

/// Resets while orders are on their way: what was taken is executed, once.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_reset_cost_no_order() {
    let database = migrated_database();
    let (network, url) = Network::before_database(database.url()).await;
    let site = Site::start(&url, &[]).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        let posts = join_all((0..20).map(|_| site.post()));
        let reset = async {
            tokio::task::yield_now().await;
            network.reset();
        };
        let (answers, ()) = tokio::join!(posts, reset);
        let (taken, refused) = ids_of(answers).await;
        // The next connection works, so each could be told what became of its order.
        assert_eq!(refused.len(), 0, "{refused:?}");
        ids.extend(taken);
    }
    site.confirmed(&ids).await;
    assert_landed_once(database.url(), &ids).await;
    site.server.stop().await;
}

/// A server that was demoted answers, and takes no writes; the next one is found when it is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_is_left_for_one_that_writes() {
    let database = migrated_database();
    let site = Site::start(database.url(), &[]).await;
    let mut ids = vec![site.place().await];
    let name = database.name();
    let read_only =
        |yes: &str| format!("ALTER DATABASE {name} SET default_transaction_read_only = {yes}");
    let cut = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    );
    sql(database.url(), &read_only("on")).await;
    sql(database.url(), &cut).await;
    // A statement that was on its way when its connection was cut may have been executed, as far as
    // the engine can know; a repeat tells.
    let refused = eventually("the refusal is sure", async || {
        let refused = site.post().await;
        assert_eq!(refused.status(), 503);
        let refused: serde_json::Value = refused.json().await.expect("JSON");
        (refused["code"] != "outcome_unknown").then_some(refused)
    });
    let refused = refused.await;
    assert_eq!(refused["code"], "unavailable", "{refused}");
    sql(
        database.url(),
        &format!("SET transaction_read_only = off; {}", read_only("off")),
    )
    .await;
    // No connection is cut this time: the engine's are read-only for as long as they live.
    ids.push(site.place().await);
    site.confirmed(&ids).await;
    assert_landed_once(database.url(), &ids).await;
    assert_eq!(
        stored(database.url()).await.len(),
        2,
        "a refusal is stored nowhere"
    );
    site.server.stop().await;
}

/// A server that takes three connections is a queue, not an outage.
#[tokio::test(flavor = "multi_thread")]
async fn at_the_servers_limit_a_burst_waits() {
    let database = migrated_database();
    let role = format!("trader_{}", database.name());
    let grants = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'few' CONNECTION LIMIT 3; \
        GRANT pg_read_all_data, pg_write_all_data TO {role}; \
        GRANT CREATE, USAGE ON SCHEMA public, chain TO {role}; \
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"
    );
    sql(database.url(), &grants).await;
    let (_, address) = database.url().split_once('@').expect("a login");
    let url = format!("postgres://{role}:few@{address}");
    let site = Site::start(&url, &[]).await;
    let (ids, refused) = ids_of(join_all((0..150).map(|_| site.post())).await).await;
    assert_eq!(refused.len(), 0, "{refused:?}");
    site.confirmed(&ids).await;
    assert_landed_once(database.url(), &ids).await;
    site.server.stop().await;
    sql(
        database.url(),
        &format!("DROP OWNED BY {role}; DROP ROLE {role}"),
    )
    .await;
}
