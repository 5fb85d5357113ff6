//! What a run leaves: its table, its files, and a row for the history of the main figures.

use std::fs;

use serde::Serialize;

use crate::{
    Outcome,
    figure::{Figure, number, table, target},
    machine::Machine,
};

/// Everything that is written.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Where and of what the figures were taken.
    pub(crate) machine: Machine,
    /// Whether the counts were small.
    pub(crate) quick: bool,
    /// What was measured.
    pub(crate) figures: Vec<Figure>,
}

/// The columns of the history in `docs/performance.md`, and whose value stands there.
const HISTORY: [(&str, &str); 9] = [
    (
        "submit, 10 connections, 1/s",
        "submit, 10 connections: rate",
    ),
    ("p99, ms", "submit, 10 connections: p99"),
    ("capacity, 1/s", "capacity: burst of 5,000 to confirmed"),
    ("engine, µs", "processor time of the engine for an order"),
    (
        "PostgreSQL, µs",
        "processor time of PostgreSQL for an order",
    ),
    (
        "overhead p50, ms",
        "overhead: submit to confirmed less the delays, p50",
    ),
    (
        "1,000 sockets, ms",
        "fan-out: 1,000 sockets on one order, first to last",
    ),
    ("start, ms", "start to first accepted order, PostgreSQL up"),
    ("memory, MB", "memory: after the burst"),
];

impl Report {
    /// Prints the table, and writes `bench.json` into the target folder.
    pub(crate) fn publish(&self) -> Outcome<()> {
        println!("{}", table(&self.figures));
        let path = target()?.join("bench.json");
        fs::write(&path, serde_json::to_string_pretty(self)?)?;
        println!("written: {}", path.display());
        if let Some(row) = self.history() {
            println!("for the history in docs/performance.md:\n{row}");
        }
        Ok(())
    }

    /// The row of this run. A quick one has none, nor one that measured nothing of it.
    fn history(&self) -> Option<String> {
        let value = |name: &str| self.figures.iter().find(|figure| figure.name == name);
        let cells = HISTORY.map(|(_, name)| value(name).map(|figure| number(figure.value)));
        if self.quick || cells.iter().all(Option::is_none) {
            return None;
        }
        let cells = cells.map(Option::unwrap_or_default).join(" | ");
        let Machine {
            date,
            commit,
            model,
            cores,
            ..
        } = &self.machine;
        Some(format!(
            "| {date} | {commit} | {model}, {cores} cores | {cells} |"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_history_has_the_columns_of_its_table() {
        let document = include_str!("../../docs/performance.md");
        let columns = HISTORY.map(|(column, _)| column).join(" | ");
        let header = format!("| date | commit | machine | {columns} |");
        assert!(document.lines().any(|line| line == header), "{header}");
    }

    #[test]
    fn a_row_has_what_was_measured_and_a_quick_run_has_none() {
        let figures = vec![Figure::new(HISTORY[1].1, "ms", &[8.046])];
        let machine = Machine::nowhere();
        let mut report = Report {
            machine,
            quick: false,
            figures,
        };
        let row = report.history().expect("a figure of it");
        assert_eq!(
            row,
            "| 2026-11-22 | 761c0c8 | none, 2 cores |  | 8.05 |  |  |  |  |  |  |  |"
        );
        report.quick = true;
        assert_eq!(report.history(), None);
    }
}
