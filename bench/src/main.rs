//! Measures the engine against its limits, each figure beside a yardstick of the same run.
//!
//! `cargo run --release -p bench` measures everything but the soak; `--only NAME` one benchmark
//! (`--only soak` half an hour of load and faults); `--quick` everything once with small counts.
//! The results are a table, `target/bench.json` and charts beside it. `--compare DIR` measures
//! another build in turns with this one. What the figures mean, and what was learnt from them:
//! `docs/performance.md`; what the soak does: `docs/reliability.md`.
//!
//! Read in this order: `run` (the benchmarks), `engine` (the process that is measured), `site` (its
//! database), `load` and
//! `http` (the client), `yardstick` (PostgreSQL alone), `figure` and `report` (what comes out),
//! `compare` (what comes out of two builds).
#![expect(
    clippy::float_arithmetic,
    reason = "rates, ratios and milliseconds; there is no money here"
)]

mod chart;
mod compare;
mod engine;
mod figure;
mod files;
mod http;
mod load;
mod machine;
mod programs;
mod report;
mod run;
mod sample;
mod site;
mod socket;
mod yardstick;

use std::{path::PathBuf, process::ExitCode, rc::Rc};

use clap::Parser;

/// A problem of any kind: the benchmark ends with its text.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the engine: speed, limits, start, recovery, memory.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct CommandLine {
    /// Only this benchmark; may be repeated. The soak runs only when it is named, or quick.
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(run::names()))]
    only: Vec<String>,
    /// Everything once, with small counts: a smoke, its figures say little.
    #[arg(long)]
    quick: bool,
    /// How often each benchmark is repeated; the median is reported.
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// How long the soak floods the engine, in minutes, with a fault in each of them.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    minutes: u32,
    /// How many times its capacity the soak asks the engine for. Below 1 nothing queues up, so that
    /// faults are seen alone.
    #[arg(long, value_name = "TIMES", default_value_t = 2.0)]
    flood: f64,
    /// What draws the soak's faults and their moments; if not given, the time does.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The program to measure. Default: `order-engine` as cargo builds it in release.
    #[arg(long, value_name = "FILE")]
    engine: Option<PathBuf>,
    /// Measures the programs in this folder, too, in turns, and tells how this build stands to
    /// them.
    #[arg(long, value_name = "DIR")]
    compare: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let line = CommandLine::parse();
    match measure(&line).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(line: &CommandLine) -> Outcome<()> {
    files::allow_many()?;
    let programs = programs::Programs::find(line.engine.clone())?;
    let scale = run::Scale::new(line.quick, line.rounds);
    let scale = scale.soaking(line.minutes, line.flood, line.seed);
    if let Some(folder) = &line.compare {
        return compare::run(programs, folder, (scale, line.quick), &line.only).await;
    }
    let site = site::Site::open()?;
    let machine = machine::Machine::now(&site).await?;
    println!("{machine}");
    let bench = run::Bench::new(None, programs, scale, Rc::new(site));
    let (figures, failed) = run::all(&bench, &line.only).await;
    chart::draw(&figures)?;
    let report = report::Report {
        machine,
        quick: line.quick,
        figures,
    };
    report.publish()?;
    if failed.is_empty() {
        return Ok(());
    }
    Err(failed.join("\nbench: ").into())
}
