//! Whether a chart costs more with a long history of prices than with as much as it shows.

use std::time::Instant;

use super::Bench;
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    sample::{ms, percentile},
    site,
};

/// Prices, minute by minute.
const FILL: &str = include_str!("../../sql/candles.sql");

/// What is asked for: the usual page, the longest one, and the one that is made of most rows.
const PAGES: [(&str, &str); 3] = [
    ("100 of a minute", "interval=1m"),
    ("500 of a minute", "interval=1m&limit=500"),
    ("500 of an hour", "interval=1h&limit=500"),
];
/// As many minutes as the last of them reads.
const SHORT: u32 = 500 * 60;
const YEAR: u32 = 365 * 24 * 60;

/// The latencies of one page, in each round: p50 and p99, ms.
#[derive(Default)]
struct Latencies {
    p50: Vec<f64>,
    p99: Vec<f64>,
}

/// In turns on a database with a year of prices, and on one with three weeks.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let long = fill(bench, bench.scale.pick(YEAR, 4_000)).await?;
    let short = fill(bench, bench.scale.pick(SHORT, 2_000)).await?;
    let (mut year, mut weeks) = (<[Latencies; 3]>::default(), <[Latencies; 3]>::default());
    for _ in 0..bench.scale.few() {
        measure(bench, &long, &mut year).await?;
        measure(bench, &short, &mut weeks).await?;
    }
    let mut figures = Vec::new();
    for ((name, _), (year, weeks)) in PAGES.iter().zip(year.iter().zip(&weeks)) {
        let figure = |what: &str, year: &[f64], weeks: &[f64]| {
            let name = format!("candles of a year, beside three weeks: {name}, {what}");
            Figure::new(name, "ms", year).beside(weeks)
        };
        figures.push(figure("p50", &year.p50, &weeks.p50));
        figures.push(figure("p99", &year.p99, &weeks.p99));
    }
    Ok(figures)
}

async fn fill(bench: &Bench, minutes: u32) -> Outcome<String> {
    let url = bench.database().await?;
    let database = site::connect(&url).await?;
    let fill = FILL.replace("$MINUTES", &minutes.to_string());
    database.batch_execute(&fill).await?;
    database.batch_execute("VACUUM ANALYZE prices").await?; // as autovacuum will have done
    Ok(url)
}

async fn measure(bench: &Bench, url: &str, found: &mut [Latencies; 3]) -> Outcome<()> {
    let engine = Engine::start(&bench.programs, &Environment::on(url), bench.site.folder()).await?;
    let mut client = engine.connection().await?;
    for ((_, query), found) in PAGES.iter().zip(found) {
        let path = format!("/api/candles?tokenIn=SOL&tokenOut=USDC&{query}");
        let mut times = Vec::new();
        for _ in 0..bench.scale.pick(300, 5) {
            let begin = Instant::now();
            let answer = client.get(&path).await?;
            times.push(ms(begin.elapsed()));
            if answer.status != 200 {
                return Err(format!("{path}: {} {}", answer.status, answer.body).into());
            }
        }
        found.p50.push(percentile(&times, 50));
        found.p99.push(percentile(&times, 99));
    }
    Ok(())
}
