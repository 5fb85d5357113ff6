//! The benchmarks.

mod access;
mod alternate;
mod candles;
mod capacity;
mod fan_out;
mod functions;
mod ground;
mod history;
mod overhead;
mod recovery;
mod rules;
mod soak;
mod start;
mod submit;
mod usual;
mod waiting;
mod wakes;

use std::io::{IsTerminal, Write, stderr};

pub(crate) use alternate::{Alternated, Pair, alternate};
pub(crate) use ground::{Bench, Scale};

use crate::{Outcome, figure::Figure};

/// The benchmarks in the order in which they run, with what each answers.
const ALL: [(&str, &str); 15] = [
    (
        "rules",
        "nanoseconds of quote, route, transition and parsing, without a database",
    ),
    (
        "submit",
        "orders accepted a second, and how long one takes, at 1, 10 and 50 connections",
    ),
    (
        "access",
        "what a key, and an account's limits, cost a submit",
    ),
    (
        "capacity",
        "orders a second to confirmed, venues without delay; memory before and after",
    ),
    (
        "overhead",
        "the engine's own milliseconds from submit to confirmed",
    ),
    (
        "usual",
        "orders a second at the venues' usual delays, 10 workers",
    ),
    (
        "fan-out",
        "1,000 and 10,000 sockets on one order, and on an order each; their memory",
    ),
    (
        "history",
        "pages, submit and capacity with a million orders stored",
    ),
    (
        "waiting",
        "submit, capacity and start beside a million orders that wait",
    ),
    (
        "wakes",
        "how soon orders that wait are woken, what a look costs that wakes none",
    ),
    (
        "candles",
        "pages of candles with a year of prices, and with three weeks",
    ),
    ("start", "from start to the first accepted order"),
    ("recovery", "from kill -9 to the last order confirmed"),
    ("functions", "size, start and memory of each function"),
    (
        SOAK,
        "a flood at twice the capacity, with a fault each minute, judged at the end",
    ),
];

/// Takes half an hour, so it runs only when it is named, or when it has to be quick.
const SOAK: &str = "soak";

/// The names that `--only` takes.
pub(crate) fn names() -> [&'static str; ALL.len()] {
    ALL.map(|(name, _)| name)
}

fn chosen(only: &[String], quick: bool) -> Vec<(&'static str, &'static str)> {
    let named = |name: &str| match only {
        [] => quick || name != SOAK,
        only => only.iter().any(|only| only == name),
    };
    ALL.into_iter().filter(|(name, _)| named(name)).collect()
}

/// Runs all benchmarks, or those that are named. One that fails does not stop the others; what
/// failed comes with the figures.
pub(crate) async fn all(bench: &Bench, only: &[String]) -> (Vec<Figure>, Vec<String>) {
    let chosen = chosen(only, bench.scale.pick(false, true));
    let (mut figures, mut failed) = (Vec::new(), Vec::new());
    for (i, (name, what)) in chosen.iter().enumerate() {
        progress(i, chosen.len(), &format!("{name}: {what}"));
        let measured = match *name {
            SOAK => soak::run(bench).await,
            name => one(bench, name).await.map(|figures| (figures, vec![])),
        };
        match measured {
            Ok((measured, broken)) => {
                figures.extend(measured);
                failed.extend(broken.into_iter().map(|what| format!("{name}: {what}")));
            }
            Err(error) => failed.push(format!("{name}: {}", in_full(error.as_ref()))),
        }
    }
    progress(chosen.len(), chosen.len(), "done\n");
    (figures, failed)
}

/// An error with its causes: the first words alone are often "db error".
fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

async fn one(bench: &Bench, name: &str) -> Outcome<Vec<Figure>> {
    match name {
        "rules" => rules::run(bench).await,
        "submit" => submit::run(bench).await,
        // Builds from before accounts have none of it.
        "access" | "waiting" | "wakes" | "candles" if bench.build.is_some() => Ok(vec![]),
        "access" => access::run(bench).await,
        "waiting" => waiting::run(bench).await,
        "wakes" => wakes::run(bench).await,
        "candles" => candles::run(bench).await,
        "capacity" => capacity::run(bench).await,
        "overhead" => overhead::run(bench).await,
        "usual" => usual::run(bench).await,
        "fan-out" => fan_out::run(bench).await,
        "history" => history::run(bench).await,
        "start" => start::run(bench).await,
        "recovery" => recovery::run(bench).await,
        "functions" => functions::run(bench).await,
        _ => Err("there is no such benchmark".into()),
    }
}

/// A bar on a terminal; a line for each benchmark anywhere else.
fn progress(done: usize, of: usize, text: &str) {
    let mut out = stderr();
    let bar = format!(
        "[{}{}] {done}/{of} {text}",
        "#".repeat(done * 2),
        "-".repeat((of - done) * 2)
    );
    let written = if out.is_terminal() {
        write!(out, "\r\x1b[K{bar}")
    } else {
        writeln!(out, "{}", bar.trim_end())
    };
    let _ = written.and_then(|()| out.flush()); // nobody watches
}
