//! One place for each thing.

use crate::source::{Findings, Source, product, sources};

#[test]
fn a_functions_library_names_no_adapter_and_its_main_decides_nothing() {
    let adapters = ["postgres::", "aws::", "runtime::", "simulation::"];
    for file in sources(&["functions"], "rs")
        .into_iter()
        .filter(Source::is_product)
    {
        if file.path.ends_with("main.rs") {
            let lines = file.text.lines().count();
            assert!(lines <= 20, "{} has {lines} lines", file.path);
            continue;
        }
        for (number, line) in file.lines() {
            let named = adapters.iter().find(|adapter| line.contains(**adapter));
            assert_eq!(named, None, "{}:{number}: {line}", file.path);
        }
    }
}

#[test]
fn a_status_changes_in_one_function_and_is_written_by_holders_and_cancels() {
    let mut findings = Findings::default();
    for file in product() {
        let applies = file.path == "shared/engine/src/order/mod.rs";
        // Whoever holds the order writes in the one, whoever stops it in the other.
        let writers = ["execute/claimed.rs", "cancel.rs"];
        let writes = writers
            .map(|name| format!("shared/engine/src/{name}"))
            .contains(&file.path);
        for (number, line) in file.lines() {
            let changes = line.contains(".status = ") && !line.contains('"');
            if changes && !applies || line.contains(".append(&transition") && !writes {
                findings.note(&file, number, line);
            }
        }
    }
    findings.none("a status is changed, or written, elsewhere");
}

/// PostgreSQL's own programs are looked for in the user's folders, and drawn by their own names.
const OTHER_ENVIRONMENT: [&str; 1] = ["shared/embedded-postgres/"];

#[test]
fn the_environment_is_read_in_one_place() {
    let mut findings = Findings::default();
    for file in product() {
        let allowed = file.path.starts_with("shared/config/")
            || OTHER_ENVIRONMENT
                .iter()
                .any(|folder| file.path.starts_with(folder));
        for (number, line) in file.lines() {
            if line.contains("env::var") && !allowed {
                findings.note(&file, number, line);
            }
        }
    }
    findings.none("the environment is read elsewhere");
}

/// A setting has its name, default and meaning in one place; whoever needs one takes the constant.
#[test]
fn a_setting_is_named_in_one_place() {
    let mut findings = Findings::default();
    for file in product() {
        let at_home = file.path.starts_with("shared/config/")
            || OTHER_ENVIRONMENT
                .iter()
                .any(|folder| file.path.starts_with(folder));
        for (number, line) in file.lines().filter(|_| !at_home) {
            let named = |name: &str| line.contains(&format!("\"{name}\""));
            if config::ALL.iter().any(|setting| named(setting.name)) {
                findings.note(&file, number, line);
            }
        }
    }
    findings.none("a setting is named elsewhere");
}

#[test]
fn money_is_never_a_float() {
    let mut findings = Findings::default();
    for file in product() {
        // Gauges of the metrics crate are floats, and what a benchmark or a chart draws is not
        // money; the API's description says that JSON numbers are accepted.
        let allowed = [
            "shared/engine/src/observe.rs",
            "shared/api/src/dto/schemas.rs",
            "local/src/metrics.rs",
        ];
        if allowed.contains(&file.path.as_str()) {
            continue;
        }
        for (number, line) in file.lines() {
            let float = line
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| ["f64", "f32"].contains(&word));
            if float {
                findings.note(&file, number, line);
            }
        }
    }
    findings.none("a float");
}

/// A venue is its folder, its line in the registry, and its pools in the simulated market. So a new
/// one touches that and no more, whatever it is called.
#[test]
fn nothing_else_knows_a_venue_by_name() {
    let known: Vec<String> = venues::registry::VENUES
        .iter()
        .map(|venue| venue.name.to_lowercase())
        .collect();
    let mut findings = Findings::default();
    for file in product() {
        let at_home = file.path.starts_with("shared/venues/")
            || file.path == "shared/simulation/src/market/listings.rs"
            || file.path.starts_with("shared/solana/src/pools/");
        for (number, line) in file.lines().filter(|_| !at_home) {
            let lower = line.to_lowercase();
            let named = known.iter().any(|venue| lower.contains(venue));
            if named && !line.contains("example = ") {
                findings.note(&file, number, line);
            }
        }
    }
    findings.none("a venue is known by name");
}
