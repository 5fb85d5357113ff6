//! A pooler stands between the engine and PostgreSQL.

use futures::future::join_all;
use serde_json::Value;
use testkit::{PoolMode, Pooler, TestDatabase, migrated_database};

use super::{Site, assert_landed_once};
use crate::support::{Subscriber, assert_complete, eventually};

/// Orders, their history and their stories, through PgBouncer in both modes that people use.
#[tokio::test(flavor = "multi_thread")]
async fn orders_are_executed_through_pgbouncer() {
    for mode in [PoolMode::Session, PoolMode::Transaction] {
        let database = migrated_database();
        // More of the engine's connections than of the pooler's: in transaction mode each
        // transaction may meet another server connection. A session keeps its own.
        let server_connections = if mode == PoolMode::Session { 30 } else { 3 };
        let pooler = Pooler::start(database.url(), mode, server_connections);
        let site = Site::start(&pooler.url, &[]).await;
        let mut ids = Vec::new();
        for answer in join_all((0..60).map(|_| site.post())).await {
            let status = answer.status();
            let answer: Value = answer.json().await.expect("JSON");
            assert_eq!(status, 202, "{mode:?}: {answer}");
            ids.push(answer["orderId"].as_str().expect("an id").to_owned());
        }
        site.confirmed(&ids).await;
        assert_landed_once(database.url(), &ids).await;
        let story = Subscriber::open(&site.base, &format!("orderId={}", ids[7])).await;
        assert_complete(&story.to_the_end().await);
        let (status, page) = site.get("/api/orders?limit=200&status=confirmed").await;
        assert_eq!((status, page.as_array().map(Vec::len)), (200, Some(60)));
        site.server.stop().await;
    }
}

/// The pooler goes and comes back, as at its own upgrade: nobody restarts the engine for that.
#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_may_be_restarted() {
    let database = migrated_database();
    let mut pooler = Pooler::start(database.url(), PoolMode::Transaction, 4);
    let site = Site::start(&pooler.url, &[]).await;
    let mut ids = vec![site.place().await];
    pooler.stop();
    // What is written to a connection of which nobody knows yet that it is cut may have arrived.
    let mut unknown = Vec::new();
    eventually("nothing is stored, and nothing will be", async || {
        let refused: Value = site.post().await.json().await.expect("JSON");
        if refused["code"] == "unavailable" {
            return Some(());
        }
        assert_eq!(refused["code"], "outcome_unknown", "{refused}");
        unknown.push(refused["orderId"].as_str().expect("an id").to_owned());
        None
    })
    .await;
    pooler.start_again();
    ids.push(site.place().await);
    site.confirmed(&ids).await;
    for id in unknown {
        assert_eq!(
            site.get(&format!("/api/orders/{id}")).await.0,
            404,
            "it was cut before"
        );
    }
    assert_landed_once(database.url(), &ids).await;
    site.server.stop().await;
}

/// The schema is made through the pooler, too.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_migrated_through_a_pooler() {
    let database = TestDatabase::create();
    let pooler = Pooler::start(database.url(), PoolMode::Transaction, 2);
    let site = Site::start(&pooler.url, &[]).await;
    let id = site.place().await;
    site.confirmed(&[id]).await;
    site.server.stop().await;
}
