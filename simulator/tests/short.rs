//! The short form of what `cargo run --release -p simulator` shows at length.

use simulator::{
    Fault, Variant,
    campaign::{Seeds, campaign, hunt_all},
    play,
};

#[test]
fn hundreds_of_seeds_break_no_promise_and_meet_every_fault() {
    let figures = campaign(
        Seeds {
            first: 1,
            count: 600,
            threads: 2,
        },
        |_| {},
    );
    assert_eq!(figures.violations, [], "replay with --seed");
    let silent: Vec<&str> = Fault::ALL
        .iter()
        .zip(&figures.faults)
        .filter(|(_, fired)| **fired == 0)
        .map(|(fault, _)| fault.name())
        .collect();
    assert_eq!(silent, [""; 0], "these faults never fired");
}

/// A seed from which every variant is caught soon; the long form starts from four others as well.
const START: u64 = 4_004_000;

#[test]
fn every_broken_variant_is_caught() {
    let escaped: Vec<&str> = hunt_all(&[START], 4_000, 2, |_| {})
        .iter()
        .filter(|hunt| !hunt.is_caught())
        .map(|hunt| hunt.variant.name())
        .collect();
    assert_eq!(escaped, [""; 0]);
}

#[test]
fn a_seed_replays_exactly() {
    for (seed, variant) in [(5, None), (11, None), (7, Some(Variant::SendBeforePersist))] {
        let (first, second) = (play(seed, variant, true), play(seed, variant, true));
        assert!(!first.trace.is_empty());
        assert_eq!(first.trace, second.trace);
        assert_eq!(
            (first.steps, first.violation),
            (second.steps, second.violation)
        );
    }
}
