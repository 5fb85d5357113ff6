//! `.env.example`: every line shows a default.

use config::Readers;

use crate::{default, definition, file, of_one_machine};

pub(crate) const COMPOSE_ONLY: &str = "docker compose only";

/// The settings as section, name and value.
pub(crate) fn settings() -> Vec<(String, String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in file(".env.example").lines() {
        let line = line.trim_start_matches(['#', ' ']);
        if let Some(title) = line.strip_prefix("--- ") {
            title.clone_into(&mut section);
        }
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        if name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') {
            found.push((section.clone(), name.to_owned(), value.to_owned()));
        }
    }
    found
}

#[test]
fn every_line_shows_a_default() {
    for (section, name, value) in settings() {
        if section != COMPOSE_ONLY {
            let variable = of_one_machine(&name);
            let variable = variable.unwrap_or_else(|| panic!("one machine reads no {name}"));
            assert_eq!(value, default(variable), "{name}");
        }
    }
}

#[test]
fn every_variable_of_one_machine_is_there_once() {
    let settings = settings();
    for variable in config::ALL {
        let its = settings.iter().filter(|(_, name, _)| name == variable.name);
        let lines = match variable.readers {
            Readers::Machine | Readers::Both => 1,
            Readers::Functions => 0,
        };
        assert_eq!(its.count(), lines, "{}", variable.name);
    }
}

#[test]
fn what_only_compose_reads_stands_apart() {
    for (section, name, _) in settings() {
        let is_ours = definition(&name).is_some();
        assert_eq!(is_ours, section != COMPOSE_ONLY, "{name}");
    }
}
