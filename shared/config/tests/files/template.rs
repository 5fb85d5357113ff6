//! template.yaml: each function is given what it reads, and parameters mean what variables mean.

use std::{cell::RefCell, collections::BTreeSet};

use config::{
    Configuration, Definition, Execution, Keys, Migrate, Monitor, Submit, VENUES, Websocket, Worker,
};
use yaml_serde::Value;

use crate::{default, definition, entries, text, yaml};

const FUNCTIONS: [&str; 7] = [
    "SubmitFunction",
    "WorkerFunction",
    "WebSocketFunction",
    "RelayFunction",
    "MonitorFunction",
    "MigrateFunction",
    "KeysFunction",
];

/// The variables of a function: those of all functions and its own.
fn variables<'a>(template: &'a Value, function: &str) -> Vec<(String, &'a Value)> {
    let all = &template["Globals"]["Function"]["Environment"]["Variables"];
    let properties = &template["Resources"][function]["Properties"];
    assert!(properties.is_mapping(), "there is no {function}");
    let own = properties.get("Environment").map(|own| &own["Variables"]);
    let own = own.map(entries).unwrap_or_default();
    entries(all).into_iter().chain(own).collect()
}

/// What a variable is set to under some condition.
enum Source<'a> {
    /// These words.
    Words(String),
    /// A parameter of the template.
    Parameter(&'a Value),
    /// What another resource is called or where it is.
    Resource,
}

/// Everything that a value can be, whatever the conditions are.
fn sources<'a>(template: &'a Value, value: &'a Value) -> Vec<Source<'a>> {
    let Value::Tagged(tagged) = value else {
        return vec![Source::Words(text(value))];
    };
    if tagged.tag == "If" {
        let branches = tagged.value.as_sequence().expect("`!If` has branches");
        let branches = branches.iter().skip(1);
        return branches.flat_map(|one| sources(template, one)).collect();
    }
    if tagged.tag != "Ref" {
        return vec![Source::Resource];
    }
    let name = text(&tagged.value);
    match template["Parameters"].get(&name) {
        Some(parameter) => vec![Source::Parameter(parameter)],
        None if name == "AWS::NoValue" => Vec::new(),
        None => vec![Source::Resource],
    }
}

/// A value that the deployed function may see.
fn example(source: &Source<'_>, variable: &Definition) -> Option<String> {
    let examples = match source {
        Source::Words(words) => vec![words.clone()],
        Source::Resource => vec![
            "https://resource.example".to_owned(),
            "secret:arn:aws:secretsmanager:eu-central-1:1:secret:solana".to_owned(),
            "kms:arn:aws:kms:eu-central-1:1:key/wallet".to_owned(),
        ],
        Source::Parameter(parameter) => vec![
            text(&parameter["Default"]),
            // What has no default is what a deployment has to say.
            "arn:aws:secretsmanager:eu-central-1:1:secret:orders".to_owned(),
        ],
    };
    let mut examples = examples.into_iter().filter(|text| !text.is_empty());
    examples.find(|text| (variable.check)(text).is_ok())
}

/// The names that `T` asks for when it is read from what the template sets, whatever it trades on.
/// Panics when this is not enough for it.
fn asked<T: Configuration>(template: &Value, function: &str) -> BTreeSet<String> {
    let venues = ["simulated", "solana"].into_iter();
    let each = venues.map(|venues| asked_on::<T>(template, function, venues));
    each.flatten().collect()
}

fn asked_on<T: Configuration>(template: &Value, function: &str, venues: &str) -> BTreeSet<String> {
    let set = variables(template, function);
    let asked = RefCell::new(BTreeSet::new());
    let read = config::read_from::<T>(&|name| {
        asked.borrow_mut().insert(name.to_owned());
        if name == VENUES.name {
            return Some(venues.to_owned());
        }
        let (_, value) = set.iter().find(|(set, _)| set == name)?;
        let sources = sources(template, value);
        sources
            .iter()
            .find_map(|one| example(one, definition(name)?))
    });
    if let Err(error) = read {
        panic!("{function} does not start on {venues}: {error}");
    }
    asked.into_inner()
}

fn asked_by(template: &Value, function: &str) -> BTreeSet<String> {
    match function {
        "SubmitFunction" => asked::<Submit>(template, function),
        "WebSocketFunction" => asked::<Websocket>(template, function),
        "MigrateFunction" => asked::<Migrate>(template, function),
        "KeysFunction" => asked::<Keys>(template, function),
        "MonitorFunction" => asked::<Monitor>(template, function),
        "WorkerFunction" => asked::<Worker>(template, function),
        _ => asked::<Execution>(template, function),
    }
}

#[test]
fn every_function_is_known_here() {
    let template = yaml("template.yaml");
    for (name, resource) in entries(&template["Resources"]) {
        let is_function = resource["Type"] == "AWS::Serverless::Function";
        assert_eq!(is_function, FUNCTIONS.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn each_function_is_given_what_it_reads() {
    let template = yaml("template.yaml");
    for function in FUNCTIONS {
        let set = variables(&template, function);
        for name in asked_by(&template, function) {
            let is_set = set.iter().any(|(set, _)| *set == name);
            assert!(is_set, "{function} reads {name}, which is not set");
        }
    }
}

#[test]
fn no_function_is_given_what_it_does_not_read() {
    let template = yaml("template.yaml");
    for function in FUNCTIONS {
        let asked = asked_by(&template, function);
        for (name, _) in variables(&template, function) {
            // AWS's own names are read by its libraries.
            let is_read = name.starts_with("AWS_") || asked.contains(&name);
            assert!(is_read, "{function} does not read {name}");
        }
    }
}

/// Every variable of a function with what it can be set to.
fn settings(template: &Value) -> Vec<(&'static Definition, Source<'_>)> {
    let all = FUNCTIONS.iter().flat_map(|one| variables(template, one));
    let defined = all.filter_map(|(name, value)| Some((definition(&name)?, value)));
    defined
        .flat_map(|(variable, value)| {
            let sources = sources(template, value).into_iter();
            sources.map(move |source| (variable, source))
        })
        .collect()
}

#[test]
fn parameters_have_the_defaults_of_their_variables() {
    for (variable, source) in settings(&yaml("template.yaml")) {
        if let Source::Parameter(parameter) = source {
            let written = text(&parameter["Default"]);
            assert_eq!(written, default(variable), "{}", variable.name);
        }
    }
}

#[test]
fn what_the_template_lets_through_is_allowed() {
    for (variable, source) in settings(&yaml("template.yaml")) {
        let let_through = match source {
            Source::Words(words) => vec![words],
            Source::Parameter(parameter) => {
                let words = parameter.get("AllowedValues").and_then(Value::as_sequence);
                let bounds = ["MinValue", "MaxValue"].map(|bound| parameter.get(bound));
                let all = words.into_iter().flatten();
                all.chain(bounds.into_iter().flatten()).map(text).collect()
            }
            Source::Resource => Vec::new(),
        };
        for text in let_through {
            let checked = (variable.check)(&text);
            assert!(
                checked.is_ok(),
                "{} may be {text}: {checked:?}",
                variable.name
            );
        }
    }
}
