//! Several engines on one PostgreSQL as processes of their own: one is killed, or each is replaced,
//! under load. Clients do what a good client does: ask the next engine, and connect again with the
//! last event that they have seen.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use postgres::Database;
use reqwest::Client;
use serde_json::Value;
use testkit::migrated_database;
use tokio::{task::JoinSet, time::timeout};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::{
    crashes::judge,
    process::{Process, plan},
    support::{PATIENCE, Subscriber, assert_complete, eventually, ten_sol},
};

/// Where engines are to be had.
struct Addresses(Mutex<Vec<String>>);

impl Addresses {
    fn of(processes: &[&Process]) -> Self {
        let addresses = processes.iter().map(|process| process.base.clone());
        Self(Mutex::new(addresses.collect()))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().expect("no test panics while it writes")
    }

    fn remove(&self, process: &Process) {
        self.lock().retain(|address| *address != process.base);
    }

    fn nth(&self, n: usize) -> String {
        let addresses = self.lock();
        addresses[n % addresses.len()].clone()
    }
}

/// Posts an order. An answer that was lost is nobody's promise.
async fn post(base: &str) -> Option<String> {
    let url = format!("{base}/api/orders/execute");
    let answer = Client::new().post(url).json(&ten_sol()).send().await.ok()?;
    let accepted = answer.status() == 202;
    let answer: Value = answer.json().await.ok()?;
    accepted.then(|| answer["orderId"].as_str().map(str::to_owned))?
}

/// Follows an order to its end, from engine to engine. Every event must be the next one, or one
/// that was seen before.
async fn follow(addresses: &Addresses, id: &str, mut engine: usize) -> Vec<Value> {
    let mut story: Vec<Value> = Vec::new();
    let complete = |story: &[Value]| {
        let status = story.last().map(|event| event["status"].clone());
        status.is_some_and(|status| status == "confirmed" || status == "failed")
    };
    while !complete(&story) {
        let query = format!("orderId={id}&after={}", story.len());
        engine += 1;
        let Some(mut socket) = Subscriber::try_open(&addresses.nth(engine), &query).await else {
            plan(Duration::from_millis(30)).await;
            continue;
        };
        while let Ok(event) = socket.next().await {
            let seq = event["seq"]
                .as_u64()
                .unwrap_or_else(|| panic!("an event: {event}"));
            assert!(seq <= story.len() as u64 + 1, "{event} after {story:#?}");
            if seq > story.len() as u64 {
                story.push(event);
            }
            if complete(&story) {
                break;
            }
        }
    }
    story
}

/// A kill or a replacement that fewer orders go through proves little.
const ENOUGH: usize = 10;

/// What clients do while something happens.
#[derive(Default)]
struct Load {
    accepted: Vec<String>,
    followers: JoinSet<Vec<Value>>,
}

impl Load {
    /// Posts until it is over, and there are enough to tell by; follows each order at the engine
    /// next to the one that took it.
    async fn run(&mut self, addresses: &Arc<Addresses>, is_over: &AtomicBool) {
        for n in 0.. {
            if self.accepted.len() > ENOUGH && is_over.load(Ordering::Relaxed) {
                return;
            }
            if let Some(id) = post(&addresses.nth(n)).await {
                let (addresses, followed) = (Arc::clone(addresses), id.clone());
                self.accepted.push(id);
                self.followers
                    .spawn(async move { follow(&addresses, &followed, n).await });
            }
            plan(Duration::from_millis(40)).await;
        }
    }

    /// Every follower sees the whole story of its order. Answers the orders.
    async fn ended(self) -> Vec<String> {
        let stories = timeout(PATIENCE, self.followers.join_all()).await;
        let stories = stories.expect("every follower sees the end");
        assert_eq!(stories.len(), self.accepted.len());
        for story in &stories {
            assert_complete(story);
        }
        self.accepted
    }
}

const OPTIONS: [&str; 6] = [
    "--sim-quote-delay-ms",
    "20-90",
    "--sim-execution-delay-ms",
    "200-700",
    "--sim-failure-rate",
    "0.05",
];

async fn engine(url: &str) -> Process {
    Process::start(&[&["--database-url", url], &OPTIONS[..]].concat()).await
}

/// How many engines count as alive.
async fn engines(url: &str) -> usize {
    let database = Database::connect(url, 1).expect("a URL of ours");
    let engines = database.run("SELECT id FROM engines", &[]).await;
    engines.expect("PostgreSQL answers").len()
}

/// What is left of connections and engines, apart from `engines` that live.
async fn nothing_is_left(url: &str, engines: i64) {
    const LEFT: &str = "SELECT (SELECT count(*) FROM engines) AS engines, \
        (SELECT count(*) FROM subscriptions) + (SELECT count(*) FROM deliveries) AS rows";
    let database = Database::connect(url, 1).expect("a URL of ours");
    eventually("nothing is left of the dead", async || {
        let left = database.run(LEFT, &[]).await.expect("PostgreSQL answers");
        let left: (i64, i64) = (left[0].get("engines"), left[0].get("rows"));
        (left == (engines, 0)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_engines_is_killed_under_load_and_every_order_ends_once() {
    let database = migrated_database();
    let (survivor, victim) = (engine(database.url()).await, engine(database.url()).await);
    let addresses = Arc::new(Addresses::of(&[&survivor, &victim]));
    let (mut load, is_over) = (Load::default(), AtomicBool::new(false));
    tokio::join!(load.run(&addresses, &is_over), async {
        plan(Duration::from_millis(1_700)).await;
        addresses.remove(&victim);
        victim.kill();
        plan(Duration::from_millis(900)).await;
        is_over.store(true, Ordering::Relaxed);
    });
    let accepted = load.ended().await;
    judge(&survivor, database.url(), &accepted).await;
    nothing_is_left(database.url(), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_are_replaced_one_after_the_other_under_load_and_no_follower_misses_an_event() {
    let database = migrated_database();
    let mut old = vec![engine(database.url()).await, engine(database.url()).await];
    let addresses = Arc::new(Addresses::of(&[&old[0], &old[1]]));
    let (mut load, mut new) = (Load::default(), Vec::new());
    let is_over = AtomicBool::new(false);
    tokio::join!(load.run(&addresses, &is_over), async {
        for process in old.drain(..) {
            plan(Duration::from_millis(800)).await;
            addresses.remove(&process);
            let (code, printed) = process.stop("-TERM").await;
            assert_eq!(code, Some(0), "{printed}");
            new.push(engine(database.url()).await);
            addresses.lock().push(new[new.len() - 1].base.clone());
        }
        plan(Duration::from_millis(800)).await;
        is_over.store(true, Ordering::Relaxed);
    });
    let accepted = load.ended().await;
    judge(&new[0], database.url(), &accepted).await;
    nothing_is_left(database.url(), 2).await;
}

/// Nobody has to wait until its silence tells: on one machine its process is seen to be gone.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_engine_on_the_machine_knows_at_once_that_the_former_is_dead() {
    let database = migrated_database();
    let former = engine(database.url()).await;
    let accepted: Vec<String> = post(&former.base).await.into_iter().collect();
    former.kill();
    let next = engine(database.url()).await; // on another port
    assert_eq!(engines(database.url()).await, 1);
    judge(&next, database.url(), &accepted).await;
}

/// Its process is there, so only its silence tells. When it goes on, what it knows is out of date.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stands_still_is_struck_off_and_sends_its_clients_away_afterwards() {
    let slow = [
        "--sim-quote-delay-ms",
        "20",
        "--sim-execution-delay-ms",
        "2500",
    ];
    let database = migrated_database();
    let options = [&["--database-url", database.url()], &slow[..]].concat();
    let (survivor, frozen) = (
        Process::start(&options).await,
        Process::start(&options).await,
    );
    let id = post(&frozen.base).await.expect("it is accepted");
    let mut watcher = Subscriber::open(&frozen.base, &format!("orderId={id}")).await;
    let mut story = watcher.until("submitted").await;
    frozen.signal("-STOP");
    eventually("it is struck off", async || {
        (engines(database.url()).await == 1).then_some(())
    })
    .await;
    judge(&survivor, database.url(), std::slice::from_ref(&id)).await;
    frozen.signal("-CONT");
    let code = loop {
        match timeout(PATIENCE, watcher.next())
            .await
            .expect("the socket is closed")
        {
            Ok(event) => story.push(event),
            Err(code) => break code,
        }
    };
    assert_eq!(code, CloseCode::Away, "{story:#?}");
    let seen = story.len() as u64;
    let query = format!("orderId={id}&after={seen}");
    let rest = Subscriber::open(&frozen.base, &query).await.to_the_end();
    let is_new = |event: &Value| event["seq"].as_u64() > Some(seen);
    story.extend(rest.await.into_iter().filter(is_new));
    assert_complete(&story);
    eventually("it counts again", async || {
        (engines(database.url()).await == 2).then_some(())
    })
    .await;
}
