//! How fast orders are accepted: stored durably, with event and outbox row, and answered over HTTP.

use super::Bench;
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    load::{self, Throughput},
    yardstick::{insert_script, pgbench},
};

const CONNECTIONS: [usize; 3] = [1, 10, 50];

/// Orders of one repetition at so many connections.
fn orders(bench: &Bench, connections: usize) -> usize {
    let full = if connections == 1 { 2_000 } else { 10_000 };
    bench.scale.pick(full, full / 20)
}

/// Each repetition has a fresh engine on a fresh database, with the usual delays and workers;
/// `pgbench` stores orders by the engine's own statement at the same concurrency right after it.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    for connections in CONNECTIONS {
        let (mut engine, mut yardstick) = (Vec::new(), Vec::new());
        for _ in 0..bench.scale.rounds {
            engine.push(measure(bench, connections).await?);
            if bench.yardsticks {
                let (script, seconds) = (insert_script(), bench.scale.pick(4, 2));
                yardstick.push(pgbench(&bench.site, &script, connections, seconds).await?);
            }
        }
        figures.extend(describe(connections, &engine, &yardstick));
    }
    Ok(figures)
}

async fn measure(bench: &Bench, connections: usize) -> Outcome<Throughput> {
    let url = bench.database().await?;
    // More than the engine can execute in a minute: it would not be taken.
    let environment = Environment::on(&url).with("MAX_WAIT_S", "300");
    let engine = Engine::start(&bench.programs, &environment, bench.site.folder()).await?;
    // Connections are made, statements prepared.
    load::submit(engine.address, connections, connections * 20).await?;
    load::submit(engine.address, connections, orders(bench, connections)).await
}

fn describe(connections: usize, engine: &[Throughput], yardstick: &[Throughput]) -> [Figure; 3] {
    let of = |runs: &[Throughput], part: fn(&Throughput) -> f64| {
        runs.iter().map(part).collect::<Vec<_>>()
    };
    let figure = |what: &str, unit, part| {
        let name = format!("submit, {connections} connections: {what}")
            .replace(" 1 connections", " 1 connection");
        Figure::new(name, unit, &of(engine, part)).beside(&of(yardstick, part))
    };
    let rate = figure("rate", "requests/s", |run| run.rate).ratio_at_least(0.6);
    let p99 = figure("p99", "ms", |run| run.p99);
    let p99 = if connections == 10 {
        p99.at_most(8.0)
    } else {
        p99
    };
    [rate, figure("p50", "ms", |run| run.p50), p99]
}
