//! The process that reads the chain's log of new pools is killed (`kill -9`) a hundred times while
//! tokens are launched. What became of the orders is asked of the chain's ledger, and what was read
//! of its log of the market itself.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use embedded_postgres::testing::OwnCluster;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use postgres::Database;
use serde_json::{Value, json};
use simulation::{Launch, Market};

use crate::{
    process::{Process, free_port, plan},
    sniper::{EVERY, and, assert_bought, snipe, upcoming},
    support::{QUICK, assert_complete, eventually, landed},
};

/// Processes that are killed and started again, each on its own, on one database.
const LANES: u64 = 3;
const KILLS_A_LANE: u64 = 34;

/// Orders that are to be bought, of one launch each.
const BOUGHT: usize = 20;
/// Orders whose pool will lack something.
const UNMET: usize = 6;

/// A process looks ten times a second, and is killed within a few looks.
fn options(url: &str) -> Vec<&str> {
    let each = [
        "--database-url",
        url,
        "--sim-launch-every-s",
        "1",
        "--watch-every-ms",
        "100",
    ];
    [&each[..], &QUICK[..]].concat()
}

/// Starts an engine, lets it look for a moment, and kills it; again and again.
async fn kill_again_and_again(url: &str, mut seed: u64) -> u64 {
    let port = free_port();
    for _ in 0..KILLS_A_LANE {
        let process = Process::start_at(port, &options(url)).await;
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        plan(Duration::from_millis((seed >> 33) % 250)).await;
        process.kill();
    }
    KILLS_A_LANE
}

/// What is known of the chain's log, read in one statement.
struct Known {
    cursor: u64,
    mints: Vec<(u64, String)>,
}

async fn known(database: &Database) -> Option<Known> {
    const KNOWN: &str = "SELECT c.slot AS cursor, coalesce(array_agg(l.slot ORDER BY l.slot) \
            FILTER (WHERE l.slot IS NOT NULL), '{}') AS slots, \
            coalesce(array_agg(l.mint ORDER BY l.slot) \
            FILTER (WHERE l.slot IS NOT NULL), '{}') AS mints \
        FROM chain_cursor c LEFT JOIN launches l ON true GROUP BY c.slot";
    let rows = database.run(KNOWN, &[]).await.expect("PostgreSQL answers");
    let row = rows.first()?;
    let (slots, mints): (Vec<i64>, Vec<String>) = (row.get("slots"), row.get("mints"));
    Some(Known {
        cursor: row.get::<_, i64>("cursor").unsigned_abs(),
        mints: slots
            .iter()
            .map(|slot| slot.unsigned_abs())
            .zip(mints)
            .collect(),
    })
}

/// Never back, and over nothing that was launched and is not kept. Answers how often it was looked.
async fn judge_the_cursor(
    database: &Database,
    first: u64,
    over: &mut (dyn Future<Output = ()> + Unpin),
) -> u64 {
    let market = Market::new(1).launching_every(EVERY);
    let (mut last, mut looks) = (first, 0);
    loop {
        let Known { cursor, mints } = known(database).await.expect("it is never gone");
        assert!(cursor >= last, "{cursor} after {last}");
        let kept: BTreeSet<String> = mints
            .into_iter()
            .filter(|(slot, _)| *slot > first)
            .map(|(_, mint)| mint)
            .collect();
        let launched: BTreeSet<String> = market
            .launched(first, cursor)
            .map(|launch| launch.mint)
            .collect();
        assert_eq!(kept, launched, "what was launched up to {cursor}");
        (last, looks) = (cursor, looks + 1);
        tokio::select! {
            () = &mut *over => return looks,
            () = plan(Duration::from_millis(30)) => {}
        }
    }
}

async fn place(process: &Process, body: &Value) -> String {
    let answer = process.post(body).await;
    let answer: Value = answer.json().await.expect("JSON");
    let id = answer["orderId"].as_str();
    id.unwrap_or_else(|| panic!("{answer:#}")).to_owned()
}

async fn ended(process: &Process, id: &str) -> Value {
    eventually("the order's end", async || {
        let order = process.json(&format!("/api/orders/{id}")).await;
        let is_final = ["confirmed", "failed", "expired"].contains(&order["status"].as_str()?);
        is_final.then_some(order)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_a_hundred_times_across_launches_each_order_is_bought_once_or_says_why_not() {
    let cluster = OwnCluster::start();
    let url = cluster.url();
    let process = Process::start(&options(url)).await;
    let database = Database::connect(url, 2).expect("a URL of ours");
    let first = eventually("the first look", async || known(&database).await).await;

    let in_time = |launch: &Launch| launch.opens < launch.slot + 100;
    let soon: Vec<Launch> = upcoming(Duration::from_secs(1))
        .filter(in_time)
        .take(BOUGHT)
        .collect();
    let unsafe_ones = upcoming(Duration::from_secs(1)).filter(|launch| !launch.lp_burned);
    let unsafe_ones: Vec<Launch> = unsafe_ones.take(UNMET).collect();
    let until = (Timestamp::now() + SignedDuration::from_secs(30)).to_string();
    let (mut bought, mut unmet) = (Vec::new(), Vec::new());
    for launch in &soon {
        let patient = and(snipe(launch), "maxAgeSlots", 1_000);
        bought.push(place(&process, &patient).await);
    }
    for launch in &unsafe_ones {
        let demanding = and(snipe(launch), "require", json!(["lp_burned"]));
        unmet.push(place(&process, &and(demanding, "expiresAt", until.clone())).await);
    }
    process.kill();

    let clock = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = u64::from(clock.expect("after 1970").subsec_nanos());
    let lanes = (0..LANES).map(|lane| kill_again_and_again(url, seed + lane));
    let mut kills = 0;
    let killing = async { kills = join_all(lanes).await.iter().sum::<u64>() };
    let looks = judge_the_cursor(&database, first.cursor, &mut Box::pin(killing)).await;
    println!("seed {seed}: {kills} kills, {looks} looks at the cursor");
    assert!(kills >= 100);

    let process = Process::start(&options(url)).await;
    let orders = join_all(bought.iter().map(|id| ended(&process, id))).await;
    let left = join_all(unmet.iter().map(|id| ended(&process, id))).await;
    let landed = landed(url).await;
    for (order, launch) in orders.iter().zip(&soon) {
        assert_bought(order, launch, &landed);
    }
    for order in &left {
        assert_eq!(order["status"], "expired", "{order:#}");
        assert_complete(order["events"].as_array().expect("events"));
    }
    assert_eq!(landed.len(), BOUGHT, "and nothing else was");
}
