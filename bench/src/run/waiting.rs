//! Whether orders that wait cost those that do not: submit, capacity and start beside a million.

use std::time::Instant;

use super::{Bench, capacity};
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    load::{self, Throughput},
    sample::ms,
    site,
};

/// Limit orders far from the market.
const FILL: &str = include_str!("../../sql/waiting.sql");

const CONNECTIONS: usize = 50;

/// What one database gave.
#[derive(Default)]
struct Runs {
    submit: Vec<Throughput>,
    capacity: Vec<f64>,
    start: Vec<f64>,
}

/// In turns on a database with the orders that wait, and on one without.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let (orders, begin) = (bench.scale.pick(1_000_000, 10_000), Instant::now());
    let with = fill(bench, orders).await?;
    let filled = begin.elapsed().as_secs_f64();
    eprintln!("\nwaiting: {orders} orders wait after {filled:.0} s");
    let without = bench.database().await?;
    let (mut beside, mut alone) = (Runs::default(), Runs::default());
    for _ in 0..bench.scale.few() {
        for (url, runs) in [(&with, &mut beside), (&without, &mut alone)] {
            let (start, submit) = submit(bench, url).await?;
            runs.start.push(start);
            runs.submit.push(submit);
            let burst = capacity::burst(bench, url, bench.scale.pick(5_000, 300)).await?;
            runs.capacity.push(burst.rate);
        }
    }
    let figure = |what: &str, unit, part: fn(&Runs) -> Vec<f64>| {
        let name = format!("a million orders wait, beside none: {what}");
        Figure::new(name, unit, &part(&beside)).beside(&part(&alone))
    };
    Ok(vec![
        figure("start", "ms", |runs| runs.start.clone()),
        figure("submit, 50 connections: p99", "ms", |runs| {
            runs.submit.iter().map(|run| run.p99).collect()
        }),
        figure("submit, 50 connections: rate", "requests/s", |runs| {
            runs.submit.iter().map(|run| run.rate).collect()
        })
        .ratio_at_least(0.95),
        figure("capacity", "orders/s", |runs| runs.capacity.clone()).ratio_at_least(0.95),
    ])
}

/// The URL of a new database in which so many orders wait.
pub(super) async fn fill(bench: &Bench, orders: usize) -> Outcome<String> {
    let url = bench.database().await?;
    let database = site::connect(&url).await?;
    let fill = FILL.replace("$ORDERS", &orders.to_string());
    database.batch_execute(&fill).await?;
    let vacuum = "VACUUM ANALYZE orders, order_events, waiting";
    database.batch_execute(vacuum).await?; // as autovacuum will have done
    Ok(url)
}

/// From the start to the first order accepted, and then orders while the workers execute them.
async fn submit(bench: &Bench, url: &str) -> Outcome<(f64, Throughput)> {
    let environment = Environment::on(url)
        .without_delays()
        .with("MAX_WAIT_S", "300");
    let engine = Engine::start(&bench.programs, &environment, bench.site.folder()).await?;
    engine.connection().await?.place_order().await?;
    let start = ms(engine.begin.elapsed());
    load::submit(engine.address, CONNECTIONS, CONNECTIONS * 20).await?;
    let orders = bench.scale.pick(5_000, 300);
    let submitted = load::submit(engine.address, CONNECTIONS, orders).await?;
    let all = orders + CONNECTIONS * 20 + 1;
    capacity::wait_confirmed(&mut engine.connection().await?, all).await?;
    Ok((start, submitted))
}
