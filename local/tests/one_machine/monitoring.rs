//! What `monitoring/` asks for is what an engine tells.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use engine::metrics_help::{HELP, Kind};
use serde_json::Value;

use crate::support::{Engine, ten_sol};

const PREFIX: &str = "order_engine_";

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../monitoring");
    fs::read_to_string(folder.join(name)).expect("a file of the repository")
}

/// Every metric that a text names, as it is counted: a histogram without what it is spread over.
fn named(text: &str) -> BTreeSet<String> {
    let is_of_a_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let begins = text.match_indices(PREFIX).map(|(at, _)| &text[at..]);
    let names = begins.map(|rest| rest.split(|char| !is_of_a_name(char)).next());
    let spread = |name: &str| {
        let of = ["_bucket", "_sum", "_count"];
        let base = of.iter().find_map(|end| name.strip_suffix(end));
        base.unwrap_or(name).to_owned()
    };
    names.flatten().map(spread).collect()
}

/// A counter of what has not happened is not there yet; everything else is.
#[tokio::test(flavor = "multi_thread")]
async fn every_metric_that_is_asked_for_is_told() {
    let engine = Engine::start().await;
    let id = engine.place(&ten_sol()).await;
    engine.story(&id).await;
    let told = engine.get("/metrics").await.text().await.expect("text");
    for name in ["order-engine.rules.yml", "grafana-dashboard.json"] {
        let names = named(&file(name));
        assert!(names.len() > 10, "{names:?}");
        for metric in names {
            let own = metric.strip_prefix(PREFIX).unwrap_or_default();
            let known = HELP.iter().find(|(_, name, _)| *name == own);
            let (kind, ..) = known.unwrap_or_else(|| panic!("{name}: there is no {metric}"));
            let is_told = told.contains(&format!("# TYPE {metric} "));
            assert!(
                is_told || *kind == Kind::Counter,
                "{name}: {metric}\n{told}"
            );
        }
    }
    engine.stop().await;
}

/// As Prometheus understands them, where it is there to be asked.
#[test]
fn the_first_event_of_a_kind_wakes_somebody() {
    let tests = "../monitoring/order-engine.rules.test.yml";
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join(tests);
    let asked = Command::new("promtool")
        .args(["test", "rules"])
        .arg(tests)
        .output();
    if let Ok(output) = asked {
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success(), "{said}");
    }
}

/// As Prometheus wants them. What an expression means it says itself.
#[test]
fn each_rule_has_a_name_of_its_own_an_expression_and_a_word_for_who_is_woken() {
    let rules: Value = yaml_serde::from_str(&file("order-engine.rules.yml")).expect("YAML");
    let groups = rules["groups"].as_array().expect("groups");
    let rules: Vec<&Value> = groups
        .iter()
        .flat_map(|group| group["rules"].as_array().expect("rules"))
        .collect();
    let names: BTreeSet<&str> = rules
        .iter()
        .filter_map(|rule| rule["alert"].as_str())
        .collect();
    assert_eq!(names.len(), rules.len(), "{names:?}");
    for rule in rules {
        let expression = rule["expr"].as_str().expect("an expression");
        let balanced = expression.matches('(').count() == expression.matches(')').count();
        assert!(
            balanced && expression.contains(['<', '>', '=']),
            "{expression}"
        );
        let severity = rule["labels"]["severity"].as_str();
        assert!(matches!(severity, Some("page" | "ticket")), "{rule}");
        assert!(rule["annotations"]["summary"].is_string(), "{rule}");
    }
    let scraped: Value = yaml_serde::from_str(&file("prometheus.yml")).expect("YAML");
    assert_eq!(scraped["rule_files"][0], "order-engine.rules.yml");
    assert_eq!(scraped["scrape_configs"][0]["job_name"], "order-engine");
}

#[test]
fn the_dashboard_has_panels_that_do_not_lie_upon_each_other() {
    let board: Value = serde_json::from_str(&file("grafana-dashboard.json")).expect("JSON");
    let panels = board["panels"].as_array().expect("panels");
    let unique =
        |what: &dyn Fn(&Value) -> String| panels.iter().map(what).collect::<BTreeSet<_>>().len();
    assert!(panels.len() > 10);
    for what in ["id", "title"] {
        assert_eq!(
            unique(&|panel| panel[what].to_string()),
            panels.len(),
            "{what}"
        );
    }
    let place = |panel: &Value| format!("{} {}", panel["gridPos"]["x"], panel["gridPos"]["y"]);
    assert_eq!(unique(&place), panels.len());
    for panel in panels {
        let targets = panel["targets"].as_array().expect("targets");
        assert!(
            targets.iter().all(|target| target["expr"].is_string()),
            "{panel}"
        );
    }
}
