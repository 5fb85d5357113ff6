//! An answer, and what stands in one.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

/// The statuses that are final.
pub(super) const ENDS: [&str; 4] = ["confirmed", "failed", "cancelled", "expired"];

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// To the letter, but for when it was given and what the log calls it.
    pub(super) fn text(&self) -> String {
        let mut headers = self.headers.clone();
        for of_this_one in ["date", "x-request-id"] {
            headers.remove(of_this_one);
        }
        format!("{} {headers:?} {}", self.status, self.body)
    }

    pub(super) fn next_page(&self) -> Option<String> {
        let link = self.headers.get("link")?.to_str().expect("ASCII");
        let (page, _) = link.strip_prefix('<')?.split_once('>')?;
        Some(page.to_owned())
    }
}

/// As JSON and CSV both can write it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(super) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    let found = value[field].as_str();
    found.unwrap_or_else(|| panic!("no {field}: {value}"))
}

pub(super) fn array(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("no array: {value}"))
}

pub(super) fn ids(shown: &[Value]) -> Vec<&str> {
    shown.iter().map(|order| text(order, "id")).collect()
}
