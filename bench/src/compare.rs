//! This build beside another one: what a change costs, or gives, on this machine today.

use std::{fs, path::Path, rc::Rc};

use serde::Serialize;

use crate::{
    Outcome,
    figure::{number, target},
    machine::{Machine, commit},
    programs::Programs,
    run::{Alternated, Bench, Pair, Scale, alternate},
    sample::{median, range},
    site::Site,
};

/// A figure below this ratio counts as worse.
const LIMIT: f64 = 0.95;

/// Everything that is written.
#[derive(Debug, Serialize)]
struct Comparison {
    machine: Machine,
    other: Other,
    quick: bool,
    figures: Vec<Compared>,
    /// The figures whose ratio is below the limit.
    below: Vec<String>,
    left_out: Vec<String>,
    failed: Vec<String>,
}

/// The build that this one is held against.
#[derive(Debug, Serialize)]
struct Other {
    folder: String,
    /// Of the checkout in which the folder lies; programs do not tell their own.
    commit: String,
}

/// One figure of both builds.
#[derive(Debug, Serialize)]
struct Compared {
    name: String,
    unit: &'static str,
    /// The medians of the rounds.
    this: f64,
    other: f64,
    /// How many times as good as the other build this one is.
    ratio: f64,
    /// The lowest and the highest ratio of a round: how far it can be trusted.
    spread: (f64, f64),
    yardstick: Option<f64>,
    below: bool,
    /// What was measured, round by round.
    rounds: [Vec<f64>; 2],
}

/// Measures both builds, prints the table and writes `bench-compare.json` into the target folder.
pub(crate) async fn run(
    programs: Programs,
    folder: &Path,
    (scale, quick): (Scale, bool),
    only: &[String],
) -> Outcome<()> {
    let site = Rc::new(Site::open()?);
    let machine = Machine::now(&site).await?;
    let other = Other {
        folder: folder.display().to_string(),
        commit: commit(folder),
    };
    println!("{machine}");
    println!("other build: {}, commit {}", other.folder, other.commit);
    let builds = [("this", programs), ("other", Programs::inside(folder)?)]
        .map(|(name, programs)| Bench::new(Some(name), programs, scale.once(), site.clone()));
    let result = alternate(builds, scale, only).await;
    let comparison = Comparison::new(machine, other, quick, result);
    let path = target()?.join("bench-compare.json");
    fs::write(&path, serde_json::to_string_pretty(&comparison)?)?;
    println!("{}\nwritten: {}", comparison.table(), path.display());
    println!("{}", comparison.verdict());
    if comparison.failed.is_empty() {
        return Ok(()); // slower or not: a figure is not a test
    }
    Err(comparison.failed.join("\nbench: ").into())
}

impl Comparison {
    fn new(machine: Machine, other: Other, quick: bool, result: Alternated) -> Self {
        let figures: Vec<Compared> = result.pairs.into_iter().map(Compared::new).collect();
        let below = figures.iter().filter(|figure| figure.below);
        Self {
            below: below.map(|figure| figure.name.clone()).collect(),
            machine,
            other,
            quick,
            figures,
            left_out: result.left_out,
            failed: result.failed,
        }
    }

    fn table(&self) -> String {
        let mut lines = vec![
            "| figure | this | other | ratio | of a round | yardstick | |".to_owned(),
            "|---|---:|---:|---:|---:|---:|---|".to_owned(),
        ];
        lines.extend(self.figures.iter().map(|figure| {
            let (low, high) = figure.spread;
            format!(
                "| {} | {} {unit} | {} {unit} | {:.2} | {low:.2} – {high:.2} | {} | {} |",
                figure.name,
                number(figure.this),
                number(figure.other),
                figure.ratio,
                figure.yardstick.map(number).unwrap_or_default(),
                if figure.below { "below" } else { "" },
                unit = figure.unit,
            )
        }));
        lines.push("\nA ratio above 1 is better for this build.".to_owned());
        if !self.left_out.is_empty() {
            lines.push(format!("Left out: {}.", self.left_out.join("; ")));
        }
        if self.quick {
            lines.push("A quick run: its figures say little.".to_owned());
        }
        lines.join("\n")
    }

    /// The last line.
    fn verdict(&self) -> String {
        let below = self.figures.iter().filter(|figure| figure.below);
        let named: Vec<String> = below
            .map(|figure| format!("{} ({:.2})", figure.name, figure.ratio))
            .collect();
        match named.len() {
            0 => format!("none of {} figures below {LIMIT}", self.figures.len()),
            below => {
                let of = self.figures.len();
                format!(
                    "{below} of {of} figures below {LIMIT}: {}",
                    named.join("; ")
                )
            }
        }
    }
}

impl Compared {
    fn new(pair: Pair) -> Self {
        // Of rates more is better, of everything else less.
        let better = |this: f64, other: f64| match pair.unit.ends_with("/s") {
            true => this / other,
            false => other / this,
        };
        let [this, other] = [median(&pair.rounds[0]), median(&pair.rounds[1])];
        let rounds = pair.rounds[0].iter().zip(&pair.rounds[1]);
        let ratios: Vec<f64> = rounds.map(|(this, other)| better(*this, *other)).collect();
        let ratio = better(this, other);
        Self {
            this,
            other,
            ratio,
            spread: range(&ratios),
            yardstick: (!pair.yardstick.is_empty()).then(|| median(&pair.yardstick)),
            below: ratio < LIMIT,
            name: pair.name,
            unit: pair.unit,
            rounds: pair.rounds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_of_a_rate_and_less_of_a_time_are_better() {
        let compared = |unit: &'static str, this: &[f64], other: &[f64]| {
            Compared::new(Pair {
                name: unit.to_owned(),
                unit,
                rounds: [this.to_vec(), other.to_vec()],
                yardstick: vec![],
            })
        };
        let rate = compared("orders/s", &[80.0, 110.0, 90.0], &[100.0; 3]);
        assert_eq!((rate.ratio, rate.spread), (0.9, (0.8, 1.1)));
        assert!(rate.below && rate.yardstick.is_none());
        assert!(!compared("ms", &[90.0], &[100.0]).below);
        assert!(compared("MB", &[110.0], &[100.0]).below);
    }
}
