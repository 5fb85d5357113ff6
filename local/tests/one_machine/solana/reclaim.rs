//! What markers hold comes back, and no marker is touched that keeps a second swap from landing.

use postgres::Database;
use serde_json::Value;
use solana::{
    instructions::{SYSTEM_PROGRAM, marker},
    rpc::Account,
    testing::{Landing, Sent, Simulated, accounts::SOL, open},
};
use testkit::migrated_database;

use super::world::{World, ended};
use crate::{
    process::Process,
    support::{Engine, eventually, ten_sol},
};

/// More blocks than the last of an order's transactions is valid for, and as many again.
const LONG: u64 = 400;

/// What a signature costs.
const FEE: u64 = 5_000;

impl World {
    fn marker(&self, order: &str) -> Option<Account> {
        let order = order.parse().expect("an id");
        let address = marker::address(&self.pool.wallet(), order);
        self.chain.account(&address)
    }

    fn set_marker(&self, order: &str, account: &Account) {
        let order = order.parse().expect("an id");
        let address = marker::address(&self.pool.wallet(), order);
        self.chain.set_account(address, account.clone());
    }

    /// The transactions that swap nothing.
    fn emptying(&self) -> Vec<Sent> {
        let mut sent = self.chain.sent();
        sent.retain(|sent| {
            let message = open(&sent.bytes).expect("a transaction").message;
            let keys = message.static_account_keys();
            let mut instructions = message.instructions().iter();
            instructions.all(|one| keys[usize::from(one.program_id_index)] == SYSTEM_PROGRAM)
        });
        sent
    }

    /// Waits until the nodes have been asked that since so many questions.
    async fn asked_since(&self, method: &str, before: usize) {
        eventually("a round", async || {
            (self.asked(method) > before).then_some(())
        })
        .await;
    }

    async fn are_gone(&self, orders: &[String]) {
        eventually("the markers are gone", async || {
            let mut markers = orders.iter().map(|order| self.marker(order));
            markers.all(|marker| marker.is_none()).then_some(())
        })
        .await;
    }
}

/// All that has closed did so an hour ago, and everything is to be looked at now.
async fn an_hour_passes(url: &str) {
    const CLOSED: &str = "UPDATE orders SET closed_at = closed_at - interval '1 hour'";
    const DUE: &str = "UPDATE wallet_orders SET due_at = now() - interval '1 second'";
    let database = Database::connect(url, 1).expect("a URL made by us");
    for sql in [CLOSED, DUE] {
        database.run(sql, &[]).await.expect("it can be written");
    }
}

/// How many orders something is left to do of.
async fn left(url: &str) -> i64 {
    let database = Database::connect(url, 1).expect("a URL made by us");
    let count = database
        .run("SELECT count(*) FROM wallet_orders", &[])
        .await;
    count.expect("an answer")[0].get(0)
}

async fn confirmed(engine: &Engine, count: usize) -> Vec<String> {
    let mut orders = Vec::new();
    for _ in 0..count {
        let id = engine.place(&ten_sol()).await;
        let order = ended(engine, &id).await;
        assert_eq!(order["status"], "confirmed", "{order:#}");
        orders.push(id);
    }
    orders
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_markers_of_orders_that_are_over_hold_comes_back() {
    let world = World::moving(2).await;
    let engine = world.engine().await;
    let orders = confirmed(&engine, 8).await;
    // Somebody gives one of them more.
    let mut richer = world.marker(&orders[3]).expect("a marker");
    richer.lamports += 77;
    world.set_marker(&orders[3], &richer);
    let markers = orders.iter().map(|order| world.marker(order));
    let held: u64 = markers
        .map(|marker| marker.expect("a marker").lamports)
        .sum();
    let before = world.pool.lamports();

    // Their blockhashes may be valid still. The second round comes when the first is done.
    for _ in 0..2 {
        let asked = world.asked("getBlockHeight");
        an_hour_passes(engine.database_url()).await;
        world.asked_since("getBlockHeight", asked).await;
    }
    assert_eq!(world.emptying(), []);

    let database = engine.stop().await;
    world.chain.advance(LONG);
    an_hour_passes(database.url()).await;
    let engine = world.engine_on(database).await;
    world.are_gone(&orders).await;
    assert_eq!(world.emptying().len(), 1, "as many as fit");
    eventually("nothing is left to do", async || {
        (left(engine.database_url()).await == 0).then_some(())
    })
    .await;
    assert_eq!(world.pool.lamports(), before + held - FEE);
    let metrics = engine.get("/metrics").await.text().await.expect("a text");
    assert!(
        metrics.contains("rent_reclaimed_lamports_total"),
        "{metrics}"
    );
}

/// What every node denies may have landed all the same: the marker is what is left to stop another
/// swap.
#[tokio::test(flavor = "multi_thread")]
async fn the_marker_of_an_order_that_is_open_or_has_failed_is_not_touched() {
    let world = World::moving(1).await;
    let engine = world.engine().await;
    let over = confirmed(&engine, 1).await;
    let landed = world.marker(&over[0]).expect("a marker");
    world.pool.holds(&SOL, 1);
    let failed = engine.place(&ten_sol()).await;
    assert_eq!(ended(&engine, &failed).await["status"], "failed");
    world.pool.holds(&SOL, 10_000_000_000);
    world.chain.lands(|_| Landing::Dropped);
    let open = engine.place(&ten_sol()).await;
    eventually("it is sent", async || {
        (world.chain.sent().len() == 2).then_some(())
    })
    .await;
    world.pool.lands(2, |quoted| quoted);
    for order in [&failed, &open] {
        world.set_marker(order, &landed);
    }
    let database = engine.stop().await;
    world.chain.advance(LONG);
    an_hour_passes(database.url()).await;
    let engine = world.engine_on(database).await;
    world.are_gone(&over).await;
    eventually("the open one alone is left", async || {
        (left(engine.database_url()).await == 1).then_some(())
    })
    .await;
    assert_eq!(world.emptying().len(), 1);
    for order in [&failed, &open] {
        assert_eq!(world.marker(order), Some(landed.clone()));
    }
    let open = engine.json(&format!("/api/orders/{open}")).await;
    assert_eq!(open["status"], "submitted", "{open:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_the_chain_would_refuse() {
    let world = World::moving(1).await;
    let engine = world.engine().await;
    let orders = confirmed(&engine, 1).await;
    let database = engine.stop().await;
    world.chain.advance(LONG);
    an_hour_passes(database.url()).await;
    world.chain.simulates(|_| Simulated {
        error: Some("InsufficientFundsForFee".into()),
        ..Simulated::default()
    });
    let asked = world.asked("simulateTransaction");
    let engine = world.engine_on(database).await;
    world.asked_since("simulateTransaction", asked).await;
    assert_eq!(world.emptying(), []);
    assert!(world.marker(&orders[0]).is_some());
    world.pool.simulates(|due| due);
    an_hour_passes(engine.database_url()).await;
    world.are_gone(&orders).await;
}

/// Killed when it has sent, whether that lands or not.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_engine_leaves_to_the_next_one_what_is_not_empty() {
    for lands in [true, false] {
        let world = World::still(1).await;
        let database = migrated_database();
        let mut options = world.options();
        options.extend(["--database-url".to_owned(), database.url().to_owned()]);
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let process = Process::start(&options).await;
        let answer = process.post(&ten_sol()).await;
        let answer: Value = answer.json().await.expect("JSON");
        let order = answer["orderId"].as_str().expect("an id").to_owned();
        world.first_sent().await;
        world.chain.advance(2);
        let path = format!("/api/orders/{order}");
        eventually("it is confirmed", async || {
            let order = process.json(&path).await;
            (order["status"] == "confirmed").then_some(())
        })
        .await;
        process.kill();
        world.chain.advance(LONG);
        an_hour_passes(database.url()).await;
        if !lands {
            world.chain.lands(|_| Landing::Dropped);
        }
        let process = Process::start(&options).await;
        eventually("it is being emptied", async || {
            world.emptying().into_iter().next()
        })
        .await;
        process.kill();

        world.pool.lands(2, |quoted| quoted);
        world.chain.advance(LONG);
        an_hour_passes(database.url()).await;
        let before = world.pool.lamports();
        let process = Process::start(&options).await;
        if !lands {
            eventually("it is emptied again", async || {
                (world.emptying().len() == 2).then_some(())
            })
            .await;
            world.chain.advance(2);
        }
        eventually("nothing is left to do", async || {
            (left(database.url()).await == 0).then_some(())
        })
        .await;
        assert_eq!(world.marker(&order), None);
        let signed = if lands { 1 } else { 2 };
        assert_eq!(world.emptying().len(), signed);
        assert_eq!(lands, world.pool.lamports() == before);
        process.kill();
    }
}
