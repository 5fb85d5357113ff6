//! `kill -9`, and restarts of PostgreSQL, at random moments under load. The judge is the chain's
//! ledger, not the engine.
//!
//! `CRASH_ROUNDS=200 cargo test -p local --test one_machine crashes` runs the long form.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use embedded_postgres::testing::OwnCluster;
use futures::future::join_all;
use serde_json::Value;

use crate::{
    process::{DataDir, Process, free_port, plan},
    support::{Subscriber, assert_complete, eventually, landed, ten_sol},
};

/// A schedule from a seed, so that a failing run can be looked at again.
struct Schedule(u64);

impl Schedule {
    fn new() -> Self {
        let fresh = || {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .expect("a time after 1970")
                .subsec_nanos()
                .into()
        };
        let seed = std::env::var("CRASH_SEED")
            .ok()
            .map_or_else(fresh, |seed| seed.parse().expect("a number"));
        println!("CRASH_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn rounds() -> u64 {
    std::env::var("CRASH_ROUNDS").map_or(6, |rounds| rounds.parse().expect("a number"))
}

/// Posts as fast as it is answered, for ever. A post whose answer was lost is nobody's promise.
async fn post_without_end(process: &Process, accepted: &mut Vec<String>) {
    let one = async || -> Option<String> {
        let url = format!("{}/api/orders/execute", process.base);
        let answer = process
            .client
            .post(url)
            .json(&ten_sol())
            .send()
            .await
            .ok()?;
        if answer.status() != 202 {
            return None;
        }
        let answer: Value = answer.json().await.ok()?;
        Some(answer["orderId"].as_str()?.to_owned())
    };
    loop {
        accepted.extend(join_all((0..4).map(|_| one())).await.into_iter().flatten());
        plan(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_and_cut_off_again_and_again_every_accepted_order_ends_once() {
    let mut cluster = OwnCluster::start();
    let url = cluster.url().to_owned();
    let (mut schedule, port) = (Schedule::new(), free_port());
    let mut options = vec!["--database-url", &url, "--sim-failure-rate", "0.1"];
    options.extend([
        "--sim-quote-delay-ms",
        "5-60",
        "--sim-execution-delay-ms",
        "50-500",
    ]);
    let mut process = Process::start_at(port, &options).await;
    let (mut accepted, mut kills, mut restarts) = (Vec::new(), 0, 0);
    for _ in 0..rounds() {
        let life = Duration::from_millis(100 + schedule.below(1_400));
        tokio::select! {
            () = post_without_end(&process, &mut accepted) => {}
            () = plan(life) => {}
        }
        if schedule.below(3) == 0 {
            restarts += 1;
            tokio::task::block_in_place(|| cluster.restart());
        } else {
            kills += 1;
            process.kill();
            process = Process::start_at(port, &options).await;
        }
    }
    println!(
        "{} orders, {kills} kills, {restarts} restarts of PostgreSQL",
        accepted.len()
    );
    assert!(!accepted.is_empty());
    judge(&process, &url, &accepted).await;
}

/// Every accepted order ends, and the ledger agrees with what the engine says of it.
pub(crate) async fn judge(process: &Process, url: &str, accepted: &[String]) {
    for id in accepted {
        eventually("the order's end", async || {
            let order = process.json(&format!("/api/orders/{id}")).await;
            (order["status"] == "confirmed" || order["status"] == "failed").then_some(())
        })
        .await;
    }
    let mut swaps: HashMap<String, Vec<String>> = HashMap::new();
    for swap in landed(url).await {
        swaps
            .entry(swap.order.to_string())
            .or_default()
            .push(swap.signature);
    }
    for id in accepted {
        let order = process.json(&format!("/api/orders/{id}")).await;
        assert_complete(order["events"].as_array().expect("events"));
        let landed = swaps.get(id).cloned().unwrap_or_default();
        match order["status"].as_str() {
            Some("confirmed") => {
                assert_eq!(
                    landed,
                    [order["txHash"].as_str().expect("a hash")],
                    "{order:#}"
                );
            }
            _ => assert!(landed.is_empty(), "failed, and yet it landed: {order:#}"),
        }
    }
    // Orders whose answer a kill swallowed may exist; they too land once at the most.
    assert!(swaps.values().all(|landed| landed.len() == 1), "{swaps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_killed_half_way_is_finished_by_the_next_start_on_its_own_postgresql() {
    let data_dir = DataDir::new("killed");
    let slow = [
        "--data-dir",
        data_dir.text(),
        "--sim-quote-delay-ms",
        "10",
        "--sim-execution-delay-ms",
        "1500",
    ];
    let process = Process::start(&slow).await;
    let answer = process
        .client
        .post(format!("{}/api/orders/execute", process.base))
        .json(&ten_sol())
        .send()
        .await;
    let answer: Value = answer.expect("an answer").json().await.expect("JSON");
    let id = answer["orderId"].as_str().expect("an id").to_owned();
    let mut subscriber = Subscriber::open(&process.base, &format!("orderId={id}")).await;
    let before = subscriber.until("submitted").await;
    process.kill();

    let process = Process::start(&slow).await;
    let story = Subscriber::open(&process.base, &format!("orderId={id}"))
        .await
        .to_the_end()
        .await;
    assert_complete(&story);
    assert_eq!(story[..before.len()], before, "the past does not change");
    assert_eq!(story.last().expect("events")["status"], "confirmed");
    let order = process.json(&format!("/api/orders/{id}")).await;
    assert_eq!(
        order["txHash"],
        before.last().expect("events")["payload"]["txHash"],
        "the same transaction"
    );
    let (code, _) = process.stop("-TERM").await;
    assert_eq!(code, Some(0));
}
