//! Arrows between crates point one way, in tests as well.

use std::fs;

use crate::source::{root, sources};

/// The floors, from the ground up. A crate stands on crates of lower floors only; two on one floor
/// do not know each other.
const FLOORS: [&[&str]; 9] = [
    &["engine", "venues", "config", "embedded-postgres"],
    &["auth"],
    &["postgres", "aws", "api"],
    &["simulation", "solana"],
    &["runtime"],
    &["testkit"],
    &[
        "submit",
        "worker",
        "websocket",
        "relay",
        "monitor",
        "migrate",
        "keys",
    ],
    &["local"],
    &["simulator", "bench"],
];

/// Tests of the deployed stack stand on everything.
const TOP: &str = "e2e";

fn floor(name: &str) -> Option<usize> {
    if name == TOP {
        return Some(FLOORS.len());
    }
    FLOORS.iter().position(|floor| floor.contains(&name))
}

#[test]
fn a_crate_stands_on_lower_floors_only() {
    let manifests = sources(
        &[
            "shared",
            "functions",
            "local",
            "simulator",
            "bench",
            "localstack",
        ],
        "toml",
    );
    let mut seen = 0;
    for manifest in manifests
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml"))
    {
        let mut name = "";
        let mut dependencies = false;
        for line in manifest.text.lines() {
            if let Some(section) = line.strip_prefix('[') {
                dependencies = section.contains("dependencies");
            }
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let key = key.trim().trim_end_matches(".workspace");
            if name.is_empty() && key == "name" {
                name = value.trim().trim_matches('"');
                seen += 1;
                assert!(floor(name).is_some(), "{name} has no floor");
            } else if dependencies && key != name && floor(key).is_some() {
                assert!(
                    floor(key) < floor(name),
                    "{}: {name} must not know {key}",
                    manifest.path
                );
            }
        }
    }
    let floors: usize = FLOORS.iter().map(|floor| floor.len()).sum();
    assert_eq!(seen, floors + 1, "a crate is gone, or was overlooked");
}

/// Everything that the rules may use. No SDK, SQL, HTTP or schema crate, and no runtime: time and
/// waiting come through a port.
const OF_THE_RULES: [&str; 10] = [
    "async-trait",
    "futures",
    "jiff",
    "metrics",
    "rust_decimal",
    "serde",
    "serde_json",
    "thiserror",
    "tracing",
    "uuid",
];

#[test]
fn the_rules_depend_on_nothing_outside() {
    let manifest =
        fs::read_to_string(root().join("shared/engine/Cargo.toml")).expect("it is there");
    let (_, after) = manifest.split_once("[dependencies]").expect("dependencies");
    let (dependencies, _) = after
        .split_once("[dev-dependencies]")
        .expect("dev-dependencies");
    let named: Vec<&str> = dependencies
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim().trim_end_matches(".workspace"))
        .collect();
    assert_eq!(named, OF_THE_RULES);
}
