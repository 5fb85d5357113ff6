//! The same benchmarks on two builds in turns: a machine that becomes slower meets both alike.

use super::{Bench, SOAK, Scale, chosen, in_full, one, progress};
use crate::{Outcome, figure::Figure};

/// A figure of both builds, with a value for each round.
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    /// Of this build and of the other one.
    pub(crate) rounds: [Vec<f64>; 2],
    /// Once in a round, after both builds.
    pub(crate) yardstick: Vec<f64>,
}

/// What two builds gave.
#[derive(Default)]
pub(crate) struct Alternated {
    pub(crate) pairs: Vec<Pair>,
    /// What cannot be held against the other build.
    pub(crate) left_out: Vec<String>,
    /// Benchmarks that did not run, with the reason.
    pub(crate) failed: Vec<String>,
}

/// Runs all benchmarks that start programs, or those that are named, on this build and the other
/// one.
pub(crate) async fn alternate(mut builds: [Bench; 2], scale: Scale, only: &[String]) -> Alternated {
    let mut result = Alternated::default();
    let chosen = chosen(only, false);
    for (i, (name, _)) in chosen.iter().enumerate() {
        if *name == "rules" {
            let why = "rules (part of the bench itself)";
            result.left_out.push(why.into());
            continue;
        }
        if *name == SOAK {
            result.left_out.push("soak (judges one build)".into());
            continue;
        }
        let rounds = match *name {
            "usual" | "fan-out" | "recovery" => scale.few(),
            _ => scale.rounds,
        };
        let mut figures = [vec![], vec![]];
        for round in 0..rounds {
            let text = format!("{name}: round {} of {rounds}", round + 1);
            progress(i, chosen.len(), &text);
            match in_turns(&mut builds, round, name).await {
                Ok([this, other]) => {
                    figures[0].extend(this);
                    figures[1].extend(other);
                }
                Err(error) => {
                    result.failed.push(format!("{name}: {error}"));
                    break; // what the rounds before it gave still counts
                }
            }
        }
        pair(figures, &mut result);
    }
    progress(chosen.len(), chosen.len(), "done\n");
    result
}

/// One round: both builds, each once, beginning with the one that ended the round before.
async fn in_turns(builds: &mut [Bench; 2], round: usize, name: &str) -> Outcome<[Vec<Figure>; 2]> {
    let mut figures = [vec![], vec![]];
    for turn in 0..2 {
        let which = (round + turn) % 2;
        let bench = &mut builds[which];
        bench.yardsticks = turn == 1; // not between the two, where it would burden one of them
        figures[which] = one(bench, name).await.map_err(|error| {
            let build = bench.build.unwrap_or_default();
            format!("{build} build: {}", in_full(error.as_ref()))
        })?;
    }
    Ok(figures)
}

/// Brings together what has the same name.
fn pair([this, other]: [Vec<Figure>; 2], result: &mut Alternated) {
    for figure in this.iter().chain(&other) {
        let known = |pair: &Pair| pair.name == figure.name;
        if result.pairs.iter().any(known) || result.left_out.contains(&figure.name) {
            continue;
        }
        let same = |of: &&Figure| of.name == figure.name;
        let values = |of: &[Figure]| -> Vec<f64> {
            of.iter().filter(same).map(|figure| figure.value).collect()
        };
        let rounds = [values(&this), values(&other)];
        if rounds.iter().any(Vec::is_empty) {
            result.left_out.push(figure.name.clone());
            continue;
        }
        let both = this.iter().chain(&other).filter(same);
        result.pairs.push(Pair {
            name: figure.name.clone(),
            unit: figure.unit,
            rounds,
            yardstick: both.filter_map(|figure| figure.yardstick).collect(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_both_builds_gave_is_held_against_each_other() {
        let figure = |name: &str, value| Figure::new(name, "ms", &[value]);
        let this = vec![figure("a", 1.0), figure("new", 5.0), figure("a", 2.0)];
        let other = vec![figure("a", 3.0).beside(&[9.0]), figure("a", 4.0)];
        let mut result = Alternated::default();
        pair([this, other], &mut result);
        let [a] = &result.pairs[..] else {
            panic!("one pair, not {}", result.pairs.len());
        };
        assert_eq!(a.rounds, [vec![1.0, 2.0], vec![3.0, 4.0]]);
        assert_eq!(a.yardstick, [9.0]);
        assert_eq!(result.left_out, ["new"]);
    }
}
