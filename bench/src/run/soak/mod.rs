//! Half an hour of what production is like on a bad day: three clients that want twice what the
//! engine can do, a fault each minute, and a judge at the end who believes neither.
//!
//! Read in this order: `plan` (what happens when), `testbed` (the engine, its PostgreSQL and a
//! network between), `faults`, `clients` with `posting` and `book` (what they were told), `watch`
//! (sockets), `recovery`, `memory`, `judge`, `report`.

mod book;
mod clients;
mod faults;
mod judge;
mod memory;
mod plan;
mod posting;
mod recovery;
mod report;
mod testbed;
mod watch;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::watch::Sender,
    task::JoinSet,
    time::{sleep_until, timeout},
};

use self::{
    book::Book,
    clients::{CLIENTS, flood},
    judge::Verdict,
    memory::Measuring,
    plan::Plan,
    recovery::Recovery,
    report::Soaked,
    testbed::Testbed,
    watch::Followers,
};
use super::{Bench, in_full, usual};
use crate::{Outcome, figure::Figure, http::Connection};

/// How long the engine may take to say how it stands.
const ANSWER: Duration = Duration::from_secs(10);
/// How long those who follow orders may take once all of them are final.
const FOLLOWED: Duration = Duration::from_secs(60);

/// Figures, and what broke.
pub(super) async fn run(bench: &Bench) -> Outcome<(Vec<Figure>, Vec<String>)> {
    let plan = Plan::new(bench.scale);
    say(&format!("seed {} (--seed {0} repeats it)", plan.seed));
    let mut testbed = Testbed::open(bench).await?;
    let url = testbed.another_database("capacity").await?;
    let capacity = usual::measure(bench, &url, plan.backlog).await?;
    let (wanted, length) = (capacity * bench.scale.flood, plan.length().as_secs());
    say(&format!(
        "capacity {capacity:.0} orders/s; {wanted:.0} are wanted for {length} s"
    ));
    testbed.start_engine()?;
    testbed.engine()?.connection().await?;
    let soaked = soak(&mut testbed, &plan, (capacity, wanted)).await?;
    let figures = soaked.figures();
    let broken = soaked.broken(&figures);
    Ok((figures, broken))
}

async fn soak(
    testbed: &mut Testbed,
    plan: &Plan,
    (capacity, wanted): (f64, f64),
) -> Outcome<Soaked> {
    let (followers, followed) = Followers::of(testbed.address);
    let book = Arc::new(Book::new(followed));
    let measuring = Measuring::begin(&testbed.process);
    let stop = Sender::new(false);
    let mut clients = JoinSet::new();
    for client in CLIENTS {
        let wants = (testbed.address, wanted * client.share);
        clients.spawn(flood(client, wants, Arc::clone(&book), stop.subscribe()));
    }
    let (recoveries, failed) = inflict_all(testbed, plan, &book).await;
    let memory = measuring.end(plan.length() / 6, plan.period);
    stop.send_replace(true);
    clients.join_all().await;
    let (mut verdict, seen) = judged(testbed, &book, followers).await?;
    complain(&mut verdict, &metrics(testbed).await?);
    verdict.broken.extend(failed);
    Ok(Soaked {
        capacity,
        counts: book.counts(),
        recoveries,
        memory,
        verdict,
        seen,
    })
}

/// One fault after the other, each in its period. What cannot be done comes with what was.
async fn inflict_all(
    testbed: &mut Testbed,
    plan: &Plan,
    book: &Book,
) -> (Vec<Recovery>, Vec<String>) {
    let begin = tokio::time::Instant::now();
    let (mut recoveries, mut failed) = (Vec::new(), Vec::new());
    for (i, (fault, moment)) in (0..).zip(&plan.faults) {
        sleep_until(begin + plan.period * i + *moment).await;
        let done = async {
            fault.inflict(testbed).await?;
            recovery::wait(*fault, book, &testbed.admin).await
        };
        match done.await {
            Ok(recovery) => {
                let memory = testbed.engine().and_then(|engine| engine.memory(false));
                let seconds = begin.elapsed().as_secs_f64();
                let (accepted, memory) = (book.counts().accepted, memory.unwrap_or_default());
                say(&format!(
                    "{seconds:.0} s: {recovery}; {accepted} accepted, {memory:.0} MB"
                ));
                recoveries.push(recovery);
            }
            Err(error) => {
                let what = format!("{}: {}", fault.name(), in_full(error.as_ref()));
                say(&what);
                failed.push(what);
            }
        }
    }
    sleep_until(begin + plan.length()).await;
    (recoveries, failed)
}

/// Waits for the end of every order, and judges all of them.
async fn judged(
    testbed: &Testbed,
    book: &Book,
    followers: Followers,
) -> Outcome<(Verdict, Vec<watch::Seen>)> {
    let begin = Instant::now();
    let open = judge::wait_all_final(&testbed.admin).await?;
    say(&format!(
        "{open} orders are open {:.0} s after the flood",
        begin.elapsed().as_secs_f64()
    ));
    let seen = followers.finish(FOLLOWED).await;
    let (told, strange) = book.close();
    let mut verdict =
        judge::judge(&testbed.admin, &told, seen.as_deref().unwrap_or_default()).await?;
    verdict.none("answers that no client should get", strange);
    if seen.is_none() {
        let never = "those who follow orders do not see all of them end";
        verdict.broken.push(never.into());
    }
    Ok((verdict, seen.unwrap_or_default()))
}

/// The engine's own word: nothing is left over.
fn complain(verdict: &mut Verdict, metrics: &str) {
    for name in ["orders_stuck", "queue_dead"] {
        let line = metrics.lines().find(|line| {
            let key = line.split(' ').next().unwrap_or_default();
            !line.starts_with('#') && key.ends_with(name)
        });
        let value = line.and_then(|line| line.rsplit(' ').next());
        if value.and_then(|value| value.parse::<f64>().ok()) != Some(0.0) {
            let said = line.unwrap_or("nothing");
            verdict
                .broken
                .push(format!("{name} is to be 0, the engine says {said}"));
        }
    }
}

async fn metrics(testbed: &Testbed) -> Outcome<String> {
    let asked = async {
        let mut connection = Connection::open(testbed.address).await?;
        connection.get("/metrics").await
    };
    Ok(timeout(ANSWER, asked).await??.body)
}

fn say(text: &str) {
    eprintln!("\nsoak: {text}");
}
