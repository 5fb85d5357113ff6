//! The database is not always fresh, direct and healthy. The engine copes, without a restart.

mod clock;
mod connections;
mod fence;
mod login;
mod poolers;
mod rights;
mod schema;
mod tls;

use postgres::Database;
use reqwest::{Client, Response};
use serde_json::Value;

use crate::support::{eventually, landed, serve, ten_sol};

/// An engine at a database that the test owns.
struct Site {
    server: local::server::Server,
    client: Client,
    base: String,
}

impl Site {
    async fn start(url: &str, options: &[&str]) -> Self {
        let options = [&crate::support::QUICK[..], options].concat();
        let server = serve(url, &options, |trading| trading).await;
        Self {
            base: format!("http://{}", server.address()),
            client: Client::new(),
            server,
        }
    }

    async fn post(&self) -> Response {
        self.client
            .post(format!("{}/api/orders/execute", self.base))
            .json(&ten_sol())
            .send()
            .await
            .expect("the engine answers")
    }

    /// Places an order, however often that takes, and answers its id.
    async fn place(&self) -> String {
        eventually("an order is taken", async || {
            let answer = self.post().await;
            let taken = answer.status() == 202;
            let answer: Value = answer.json().await.expect("JSON");
            taken.then(|| answer["orderId"].as_str().expect("an id").to_owned())
        })
        .await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}{path}", self.base)).send();
        let answer = answer.await.expect("the engine answers");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// Waits until each of these is confirmed.
    async fn confirmed(&self, ids: &[String]) {
        for id in ids {
            eventually("the order is confirmed", async || {
                let (status, order) = self.get(&format!("/api/orders/{id}")).await;
                assert_ne!(order["status"], "failed", "{order}");
                (status == 200 && order["status"] == "confirmed").then_some(())
            })
            .await;
        }
    }
}

/// Each of these landed once, and nothing else did.
async fn assert_landed_once(url: &str, ids: &[String]) {
    let mut swaps: Vec<String> = landed(url)
        .await
        .iter()
        .map(|landed| landed.order.to_string())
        .collect();
    let mut ids = ids.to_vec();
    swaps.sort();
    ids.sort();
    assert_eq!(swaps, ids);
}

/// What stands in the orders table, behind the engine's back.
async fn stored(url: &str) -> Vec<String> {
    let database = Database::connect(url, 1).expect("a URL of ours");
    let rows = database.run("SELECT id::text FROM orders", &[]).await;
    let rows = rows.expect("PostgreSQL answers");
    rows.iter().map(|row| row.get(0)).collect()
}

pub(crate) async fn sql(url: &str, statement: &str) {
    let connecting = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connecting.expect("PostgreSQL answers");
    let serving = tokio::spawn(connection);
    client.batch_execute(statement).await.expect(statement);
    drop(client);
    serving.await.expect("no panic").expect("a clean end");
}
