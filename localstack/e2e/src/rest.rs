//! What comes over HTTP.

use std::collections::HashMap;

use serde_json::Value;

/// What the REST API answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: HashMap<String, String>,
    /// The body, or null without one.
    pub body: Value,
}

/// A client for which a 4xx is an answer like any other.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into()
}

/// The whole answer.
pub(crate) fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = result.expect("the gateway answers");
    let text = response
        .body_mut()
        .read_to_string()
        .expect("answers are text");
    let headers = response.headers().iter();
    Answer {
        status: response.status().as_u16(),
        headers: headers
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect(),
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
    }
}
