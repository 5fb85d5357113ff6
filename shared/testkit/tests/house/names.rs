//! Names say what a thing is, and lines can be read.

use crate::source::{Findings, product, sources};

#[test]
fn files_are_named_for_what_they_are() {
    for file in sources(
        &["shared", "functions", "local", "simulator", "bench"],
        "rs",
    ) {
        let name = file.path.rsplit('/').next().expect("a name");
        for empty in ["util", "common", "helper", "manager", "service", "misc"] {
            assert!(
                !name.contains(empty),
                "{} does not say what it is about",
                file.path
            );
        }
    }
}

/// Words of the house that the field has other words for; `docs/ARCHITECTURE.md` has the glossary.
#[test]
fn the_fields_words_are_used() {
    let replaced = [
        ("Backlog", "Outbox"),
        ("Vitals", "OutboxStats"),
        ("watchers", "subscribers"),
        ("Fate", "Outcome"),
        ("Dice", "Rng"),
        ("Ending", "Shutdown"),
    ];
    let mut findings = Findings::default();
    for file in product() {
        for (number, line) in file.lines() {
            for (old, new) in replaced {
                let word = line
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|word| word == old);
                if word {
                    findings.note(&file, number, format!("{old} is {new}: {line}"));
                }
            }
        }
    }
    findings.none("a word of its own");
}

/// Code is rustfmt's business; it leaves comments alone.
#[test]
fn comments_end_at_100_columns() {
    const FOLDERS: [&str; 6] = [
        "shared",
        "functions",
        "local",
        "simulator",
        "bench",
        "localstack",
    ];
    let mut findings = Findings::default();
    for file in sources(&FOLDERS, "rs") {
        for (number, line) in (1..).zip(file.text.lines()) {
            if line.trim_start().starts_with("//") && line.chars().count() > 100 {
                findings.note(&file, number, line.trim());
            }
        }
    }
    findings.none("a comment is too wide");
}
