//! The figures in one command: seeds, faults, broken variants, violations.

use std::{
    env,
    io::{IsTerminal, Write, stderr},
    process::ExitCode,
};

use simulator::{
    Variant,
    campaign::{Seeds, campaign, hunt_all},
    options::{self, Command},
    play,
    report::report,
};

/// Each broken variant is hunted from these seeds, with at most [`LIMIT`] seeds each.
const STARTS: [u64; 5] = [1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000];
const LIMIT: u64 = 20_000;

fn main() -> ExitCode {
    match options::read(env::args().skip(1)) {
        Ok(Command::Campaign {
            first,
            seeds,
            threads,
        }) => all(Seeds {
            first,
            count: seeds,
            threads,
        }),
        Ok(Command::Replay { seed, variant }) => replay(seed, variant),
        Ok(Command::Help) => {
            println!("{}", options::USAGE);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}\n{}", options::USAGE);
            ExitCode::from(2)
        }
    }
}

fn all(seeds: Seeds) -> ExitCode {
    let figures = campaign(seeds, |done| bar("seeds", done, seeds.count));
    let of = Variant::ALL.len() as u64;
    let hunts = hunt_all(&STARTS, LIMIT, seeds.threads, |done| {
        bar("broken variants", done, of)
    });
    clear_bar();
    print!("{}", report(&figures, &hunts));
    let good = figures.violations.is_empty() && hunts.iter().all(|hunt| hunt.is_caught());
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn replay(seed: u64, variant: Option<Variant>) -> ExitCode {
    let outcome = play(seed, variant, true);
    for line in &outcome.trace {
        println!("{line}");
    }
    match outcome.violation {
        None => ExitCode::SUCCESS,
        Some(violation) => {
            println!("seed {seed}: {}: {}", violation.invariant, violation.detail);
            ExitCode::FAILURE
        }
    }
}

/// A bar on a terminal; nothing in a log.
fn bar(what: &str, done: u64, of: u64) {
    if !stderr().is_terminal() || of == 0 {
        return;
    }
    let full = usize::try_from(done * 40 / of).unwrap_or(40);
    let _ = write!(
        stderr(),
        "\r\x1b[K{what} [{:<40}] {done} of {of}",
        "#".repeat(full)
    );
}

fn clear_bar() {
    if stderr().is_terminal() {
        let _ = write!(stderr(), "\r\x1b[K");
    }
}
