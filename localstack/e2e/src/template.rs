//! `template.yaml` as `CloudFormation` gets it: after the SAM transform, with parameters and
//! conditions worked out.

use std::{process::Command, sync::OnceLock};

use serde_json::{Map, Value};

use crate::{ministack, root};

/// The transformed template under certain parameters.
#[derive(Debug)]
pub struct Template {
    document: Value,
    parameters: Map<String, Value>,
}

impl Template {
    /// Transforms `template.yaml`; parameters that are not given have their default.
    ///
    /// # Panics
    /// When the transform refuses it.
    pub fn with(parameters: &[(&str, &str)]) -> Self {
        let document = transformed().clone();
        let declared = document["Parameters"]
            .as_object()
            .expect("it has parameters");
        let mut values: Map<String, Value> = declared
            .iter()
            .map(|(name, parameter)| (name.clone(), parameter["Default"].clone()))
            .collect();
        for (name, value) in parameters {
            assert!(declared.contains_key(*name), "no parameter {name}");
            values.insert((*name).to_owned(), Value::from(*value));
        }
        Self {
            document,
            parameters: values,
        }
    }

    /// The properties of a resource, worked out. Another resource's value stands as `<its name>`.
    ///
    /// # Panics
    /// When there is no such resource.
    pub fn properties(&self, resource: &str) -> Value {
        let properties = &self.document["Resources"][resource]["Properties"];
        assert!(properties.is_object(), "no resource {resource}");
        self.worked_out(properties)
    }

    /// The names of the resources of a type that exist under these parameters.
    ///
    /// # Panics
    /// When the document has no resources.
    pub fn resources_of(&self, kind: &str) -> Vec<String> {
        let all = self.document["Resources"]
            .as_object()
            .expect("it has resources");
        all.iter()
            .filter(|(_, resource)| resource["Type"] == kind)
            .filter(|(_, resource)| {
                resource["Condition"]
                    .as_str()
                    .is_none_or(|condition| self.holds(condition))
            })
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Every parameter that has a list of allowed values, with each of them.
    ///
    /// # Panics
    /// When the document has no parameters.
    pub fn allowed_values(&self) -> Vec<(String, String)> {
        let declared = self.document["Parameters"]
            .as_object()
            .expect("it has parameters");
        declared
            .iter()
            .filter_map(|(name, parameter)| Some((name, parameter["AllowedValues"].as_array()?)))
            .flat_map(|(name, values)| values.iter().map(|value| (name.clone(), text(value))))
            .collect()
    }

    fn holds(&self, condition: &str) -> bool {
        self.is_true(&self.document["Conditions"][condition])
    }

    fn is_true(&self, condition: &Value) -> bool {
        let (function, argument) = only_entry(condition)
            .unwrap_or_else(|| panic!("a condition is one function: {condition}"));
        let arguments = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        match function {
            "Fn::Equals" => self.worked_out(&arguments[0]) == self.worked_out(&arguments[1]),
            "Fn::Not" => !self.is_true(&arguments[0]),
            "Fn::And" => arguments.iter().all(|one| self.is_true(one)),
            "Fn::Or" => arguments.iter().any(|one| self.is_true(one)),
            "Condition" => self.holds(argument.as_str().unwrap_or_default()),
            other => panic!("{other} is no condition that this test knows"),
        }
    }

    fn worked_out(&self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items
                .iter()
                .map(|item| self.worked_out(item))
                .filter(|item| !is_no_value(item))
                .collect(),
            Value::Object(entries) => match only_entry(value) {
                Some((function, argument)) if function == "Ref" || function.starts_with("Fn::") => {
                    self.intrinsic(function, argument)
                }
                _ => entries
                    .iter()
                    .map(|(name, entry)| (name.clone(), self.worked_out(entry)))
                    .filter(|(_, entry)| !is_no_value(entry))
                    .collect(),
            },
            plain => plain.clone(),
        }
    }

    fn intrinsic(&self, function: &str, argument: &Value) -> Value {
        match (function, argument) {
            ("Ref", Value::String(name)) => self
                .parameters
                .get(name)
                .cloned()
                .unwrap_or_else(|| Value::from(format!("<{name}>"))),
            ("Fn::If", Value::Array(branches)) => {
                let condition = branches[0].as_str().unwrap_or_default();
                self.worked_out(&branches[if self.holds(condition) { 1 } else { 2 }])
            }
            ("Fn::Join", Value::Array(parts)) => {
                let glue = parts[0].as_str().unwrap_or_default();
                let texts = self.worked_out(&parts[1]);
                match texts {
                    Value::Array(texts) => {
                        texts.iter().map(text).collect::<Vec<_>>().join(glue).into()
                    }
                    one => one,
                }
            }
            ("Fn::GetAtt", Value::Array(path)) => {
                let path: Vec<String> = path.iter().map(text).collect();
                Value::from(format!("<{}>", path.join(".")))
            }
            ("Fn::GetAtt", path) => Value::from(format!("<{}>", text(path))),
            ("Fn::Sub", Value::Array(parts)) => self.substituted(&text(&parts[0])),
            ("Fn::Sub", template) => self.substituted(&text(template)),
            _ => panic!("{function} is no function that this test knows"),
        }
    }

    /// `${Name}` becomes the parameter's value, or `<Name>`.
    fn substituted(&self, template: &str) -> Value {
        let mut rest = template;
        let mut done = String::new();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after
                .split_once('}')
                .expect("a `${` is closed in a valid template");
            done.push_str(before);
            match self.parameters.get(name) {
                Some(value) => done.push_str(&text(value)),
                None => done.push_str(&format!("<{name}>")),
            }
            rest = tail;
        }
        (done + rest).into()
    }
}

/// The transform itself knows no parameters, so once is enough.
fn transformed() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        ministack::install();
        let output = Command::new(root().join(".venv/emulator/bin/python"))
            .arg("localstack/transform.py")
            .current_dir(root())
            .output()
            .expect("tools.sh has installed Python");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).expect("transform.py prints JSON")
    })
}

fn only_entry(value: &Value) -> Option<(&str, &Value)> {
    let entries = value.as_object()?;
    let (name, entry) = entries.iter().next()?;
    (entries.len() == 1).then_some((name.as_str(), entry))
}

fn is_no_value(value: &Value) -> bool {
    *value == "<AWS::NoValue>"
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
