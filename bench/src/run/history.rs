//! Whether cost grows with history: pages, submit and capacity with a million orders stored.

use std::time::Instant;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Bench, capacity};
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    load,
    sample::{ms, percentile, rate},
    site,
};

/// Stored orders, each with its five events and its transaction, one in fifty failed.
const FILL: &str = include_str!("../../sql/history.sql");

/// Databases for the rounds of a build. To store a million orders takes longer than a round.
pub(crate) struct Filled {
    with: String,
    /// The yardstick, and therefore not there when two builds are compared.
    without: Option<String>,
    deep: String,
}

/// Fills a database once, then asks, submits and executes on it.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let filled = bench.history.get_or_try_init(|| fill(bench)).await?;
    let mut figures = pages(bench, &filled.with, &filled.deep).await?;
    let (mut submits, mut bursts) = ([vec![], vec![]], [vec![], vec![]]);
    for _ in 0..bench.scale.rounds {
        let urls = [Some(&filled.with), filled.without.as_ref()];
        for (i, url) in urls.into_iter().flatten().enumerate() {
            submits[i].push(submit(bench, url).await?);
            let burst = capacity::burst(bench, url, bench.scale.pick(5_000, 300)).await?;
            bursts[i].push(burst.rate);
        }
    }
    let figure = |what: &str, unit, [with, without]: [Vec<f64>; 2]| {
        let name = format!("history of a million, beside none: {what}");
        Figure::new(name, unit, &with).beside(&without)
    };
    let meanwhile = "submit, 10 connections, orders executed meanwhile";
    figures.push(figure(meanwhile, "requests/s", submits));
    figures.push(figure("capacity", "orders/s", bursts));
    Ok(figures)
}

async fn fill(bench: &Bench) -> Outcome<Filled> {
    let orders: i64 = bench.scale.pick(1_000_000, 10_000);
    let url = bench.database().await?;
    let database = site::connect(&url).await?;
    let begin = Instant::now();
    database
        .batch_execute(&FILL.replace("$ORDERS", &orders.to_string()))
        .await?;
    let vacuum = "VACUUM ANALYZE orders, order_events, transactions";
    database.batch_execute(vacuum).await?; // as autovacuum will have done
    eprintln!(
        "\nhistory: {orders} orders stored in {:.0} s",
        begin.elapsed().as_secs_f64()
    );
    Ok(Filled {
        deep: deep_cursor(&database, orders / 2).await?,
        without: match bench.build {
            None => Some(bench.database().await?),
            Some(_) => None,
        },
        with: url,
    })
}

async fn pages(bench: &Bench, url: &str, deep: &str) -> Outcome<Vec<Figure>> {
    let engine = Engine::start(&bench.programs, &Environment::on(url), bench.site.folder()).await?;
    let mut client = engine.connection().await?;
    let mut figures = Vec::new();
    for (name, query) in [
        ("first page", String::new()),
        ("deep page", format!("?cursor={deep}")),
        ("confirmed", "?status=confirmed".to_owned()),
        ("failed", "?status=failed".to_owned()),
        ("pending", "?status=pending".to_owned()),
    ] {
        let path = format!("/api/orders{query}");
        let mut times = Vec::new();
        for _ in 0..bench.scale.pick(200, 20) {
            let begin = Instant::now();
            let answer = client.get(&path).await?;
            times.push(ms(begin.elapsed()));
            if answer.status != 200 {
                return Err(format!("{path}: {} {}", answer.status, answer.body).into());
            }
        }
        let figure = Figure::new(format!("history of a million: {name}, p50"), "ms", &times);
        figures.push(
            Figure {
                spread: (percentile(&times, 0), percentile(&times, 99)),
                ..figure
            }
            .at_most(5.0),
        );
    }
    Ok(figures)
}

/// Requests a second while the workers execute at once what was submitted.
async fn submit(bench: &Bench, url: &str) -> Outcome<f64> {
    let environment = Environment::on(url).without_delays();
    let engine = Engine::start(&bench.programs, &environment, bench.site.folder()).await?;
    load::submit(engine.address, 10, 200).await?;
    let orders = bench.scale.pick(5_000, 300);
    let begin = Instant::now();
    load::submit(engine.address, 10, orders).await?;
    let rate = rate(orders, begin.elapsed());
    capacity::wait_confirmed(&mut engine.connection().await?, orders + 200).await?;
    Ok(rate)
}

/// The cursor of the page behind so many orders, as the engine writes it: microseconds and id, in
/// base64.
async fn deep_cursor(database: &tokio_postgres::Client, behind: i64) -> Outcome<String> {
    const PLACE: &str = "SELECT (extract(epoch FROM created_at) * 1000000)::bigint, id FROM orders \
        ORDER BY created_at DESC, id DESC OFFSET $1 LIMIT 1";
    let row = database.query_one(PLACE, &[&behind]).await?;
    let (micros, id): (i64, uuid::Uuid) = (row.get(0), row.get(1));
    let bytes = [&micros.to_be_bytes()[..], &id.as_bytes()[..]].concat();
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
