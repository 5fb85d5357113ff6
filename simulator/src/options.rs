//! The command line.

use crate::Variant;

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Play many seeds and hunt every broken variant.
    Campaign {
        /// The first seed.
        first: u64,
        /// How many.
        seeds: u64,
        /// How many at once.
        threads: usize,
    },
    /// Replay one seed and print its trace.
    Replay {
        /// The seed.
        seed: u64,
        /// The broken variant to play it on; `None`: the engine as it is.
        variant: Option<Variant>,
    },
    /// Say how it is used.
    Help,
}

/// How the command is used.
pub const USAGE: &str = "\
simulator [--seeds N] [--first S] [--threads T]   play N seeds (20000) from S (1) on, T (2) at once
simulator --seed S [--variant NAME]               replay one seed, print what happened";

/// Seeds of a campaign when no number is given.
const SEEDS: u64 = 20_000;

/// Reads the arguments behind the program's name.
///
/// # Errors
/// A sentence that names the argument.
pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Command, String> {
    let (mut first, mut seeds, mut threads) = (1, SEEDS, 2);
    let (mut seed, mut variant) = (None, None);
    let mut arguments = arguments.into_iter();
    while let Some(name) = arguments.next() {
        if ["--help", "-h"].contains(&name.as_str()) {
            return Ok(Command::Help);
        }
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        let number = || {
            value
                .parse::<u64>()
                .map_err(|_| format!("{name} needs a number, not {value:?}"))
        };
        match name.as_str() {
            "--first" => first = number()?,
            "--seeds" => seeds = number()?,
            "--threads" => threads = usize::try_from(number()?).unwrap_or(1),
            "--seed" => seed = Some(number()?),
            "--variant" => variant = Some(named(&value)?),
            _ => return Err(format!("{name} is not known")),
        }
    }
    match (seed, variant) {
        (Some(seed), variant) => Ok(Command::Replay { seed, variant }),
        (None, None) => Ok(Command::Campaign {
            first,
            seeds,
            threads,
        }),
        (None, Some(_)) => Err("--variant needs --seed".into()),
    }
}

fn named(name: &str) -> Result<Variant, String> {
    let found = Variant::ALL
        .into_iter()
        .find(|variant| variant.name() == name);
    found.ok_or_else(|| {
        let names = Variant::ALL.map(Variant::name).join("\", \"");
        format!("--variant is one of \"{names}\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Result<Command, String> {
        read(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_campaign_by_default_and_a_replay_by_seed() {
        let campaign = Command::Campaign {
            first: 1,
            seeds: 20_000,
            threads: 2,
        };
        assert_eq!(line(""), Ok(campaign));
        let campaign = Command::Campaign {
            first: 1,
            seeds: 7,
            threads: 1,
        };
        assert_eq!(line("--seeds 7 --threads 1"), Ok(campaign));
        assert_eq!(
            line("--seed 4"),
            Ok(Command::Replay {
                seed: 4,
                variant: None
            })
        );
    }

    #[test]
    fn whoever_asks_is_told_how_it_is_used() {
        assert_eq!(line("--help"), Ok(Command::Help));
        assert_eq!(line("--seeds 7 -h"), Ok(Command::Help));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        assert_eq!(line("--seeds"), Err("--seeds needs a value".into()));
        assert_eq!(
            line("--seeds x"),
            Err("--seeds needs a number, not \"x\"".into())
        );
        assert_eq!(line("--sods 1"), Err("--sods is not known".into()));
    }
}
