//! The soak's figures, and what of them is a failure.

use std::collections::BTreeMap;

use super::{
    book::Counts,
    clients::CLIENTS,
    faults::Fault,
    judge::Verdict,
    memory::Memory,
    recovery::{LIMIT, Recovery},
    watch::Seen,
};
use crate::{figure::Figure, sample::percentile};

/// All that a soak gave.
pub(super) struct Soaked {
    pub(super) capacity: f64,
    pub(super) counts: Counts,
    pub(super) recoveries: Vec<Recovery>,
    pub(super) memory: Memory,
    pub(super) verdict: Verdict,
    pub(super) seen: Vec<Seen>,
}

/// What the names of all its figures begin with.
const PREFIX: &str = "soak: ";
/// The bound of every wait, whatever happens meanwhile (decision 11), and an order's execution.
const LONGEST: f64 = 600.0 + 10.0;
/// What nineteen of twenty orders may take of a client that wants no more than its share, however
/// much another wants: its execution, and a fault with its recovery.
const FAIR: f64 = 15.0;
/// What memory may grow by: a share, and MB for what is kept of the worst minute. (60 sockets that
/// follow everything and read nothing hold half a MB each until they are closed; the allocator
/// keeps it.)
const GROWTH: f64 = 1.2;
const ROOM: f64 = 40.0;

impl Soaked {
    /// Every figure; one that misses its aim is a failure.
    pub(super) fn figures(&self) -> Vec<Figure> {
        let mut figures = vec![figure(
            "capacity, measured before",
            "orders/s",
            self.capacity,
        )];
        figures.extend(self.of_clients());
        figures.extend(self.of_recovery());
        figures.extend(self.of_waits());
        figures.push(figure("memory of the warm engine", "MB", self.memory.early));
        let limit = (self.memory.early * GROWTH + ROOM).round();
        let late = figure("memory when the flood ends", "MB", self.memory.late);
        figures.push(late.at_most(limit));
        figures.push(figure("memory, the most", "MB", self.memory.peak));
        figures
    }

    /// What broke: the judge's findings, and the aims that are missed.
    pub(super) fn broken(self, figures: &[Figure]) -> Vec<String> {
        let missed = figures.iter().filter(|figure| figure.met == Some(false));
        let missed = missed.map(|figure| {
            let aim = figure.aim.as_deref().unwrap_or_default();
            let name = figure.name.trim_start_matches(PREFIX);
            format!("{name} is {:.2} {}, aim {aim}", figure.value, figure.unit)
        });
        let mut broken = self.verdict.broken;
        broken.extend(missed);
        broken
    }

    fn of_clients(&self) -> Vec<Figure> {
        let counts = &self.counts;
        let honest = share(counts.came_back_accepted, counts.came_back);
        let failed: u32 = self.verdict.failed.values().sum();
        let of_followers = |part: fn(&Seen) -> u32| self.seen.iter().map(part).sum::<u32>();
        let mut figures: Vec<Figure> = [
            ("orders wanted", counts.wanted),
            ("orders never sent, their client was busy", counts.unsent),
            ("orders accepted", counts.accepted),
            ("orders confirmed", self.verdict.confirmed),
            ("orders failed", failed),
            ("answers 429", counts.busy),
            ("answers 503 unavailable", counts.unavailable),
            ("answers 503 outcome_unknown", counts.unknown),
            ("answers lost", counts.lost),
            (
                "reconnects of followers",
                of_followers(|seen| seen.reconnects),
            ),
            ("gaps that followers filled", of_followers(|seen| seen.gaps)),
        ]
        .into_iter()
        .map(|(name, count)| figure(name, "", f64::from(count)))
        .collect();
        if counts.came_back > 0 {
            figures.push(figure(
                "accepted right after the pause of a 429",
                "%",
                honest,
            ));
        }
        figures
    }

    /// The worst of each kind, for each has to recover in time.
    fn of_recovery(&self) -> Vec<Figure> {
        let mut by_fault: BTreeMap<Fault, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
        for recovery in &self.recoveries {
            let (accepted, confirmed) = by_fault.entry(recovery.fault).or_default();
            accepted.push(recovery.accepted);
            confirmed.push(recovery.confirmed);
        }
        let figures = by_fault
            .into_iter()
            .flat_map(|(fault, (accepted, confirmed))| {
                let name = fault.name();
                [
                    worst(&format!("{name}: first order accepted"), "s", &accepted).at_most(LIMIT),
                    worst(&format!("{name}: first order confirmed"), "s", &confirmed)
                        .at_most(LIMIT),
                ]
            });
        figures.collect()
    }

    fn of_waits(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        for client in CLIENTS {
            let name = client.name;
            let waits = self.verdict.waits.get(name).map_or(&[][..], Vec::as_slice);
            let waited = |what, value| {
                figure(
                    &format!("accepted to confirmed, {name}, {what}"),
                    "s",
                    value,
                )
            };
            figures.push(waited("p50", percentile(waits, 50)));
            let most = waited("p95", percentile(waits, 95));
            let modest = client.share < 1.0 / 3.0;
            figures.push(if modest { most.at_most(FAIR) } else { most });
            figures.push(waited("longest", percentile(waits, 100)).at_most(LONGEST));
        }
        figures
    }
}

fn figure(name: &str, unit: &'static str, value: f64) -> Figure {
    Figure::new(format!("{PREFIX}{name}"), unit, &[value])
}

fn worst(name: &str, unit: &'static str, values: &[f64]) -> Figure {
    let value = percentile(values, 100);
    Figure {
        value,
        ..Figure::new(format!("{PREFIX}{name}"), unit, values)
    }
}

fn share(part: u32, of: u32) -> f64 {
    100.0 * f64::from(part) / f64::from(of.max(1))
}
