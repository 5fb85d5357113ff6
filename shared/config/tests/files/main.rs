//! The files that name variables, against the definitions of the variables.

mod compose;
mod dotenv;
mod template;

use std::{fs, path::Path};

use config::{Definition, Readers};
use yaml_serde::Value;

/// A file of the repository.
fn file(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(name: &str) -> Value {
    yaml_serde::from_str(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn definition(name: &str) -> Option<&'static Definition> {
    config::ALL.iter().find(|variable| variable.name == name)
}

/// The definition, if one machine reads the variable.
fn of_one_machine(name: &str) -> Option<&'static Definition> {
    definition(name).filter(|variable| variable.readers != Readers::Functions)
}

/// How a default is written in a file.
fn default(variable: &Definition) -> &'static str {
    variable.default.unwrap_or_default()
}

/// A scalar as text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(word) => word.to_string(),
        other => panic!("{other:?} is no text"),
    }
}

fn entries(value: &Value) -> Vec<(String, &Value)> {
    let entries = value.as_mapping().into_iter().flatten();
    entries.map(|(name, value)| (text(name), value)).collect()
}
