//! The calls of an operator to the emulated AWS. Plain HTTP: the emulator asks for no signature.

use std::path::Path;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// AWS at an emulator's address.
#[derive(Clone, Debug)]
pub struct Aws {
    endpoint: String,
}

/// What a function answered.
#[derive(Debug)]
pub struct Invocation {
    /// Whether the function failed, and how (`Handled`, `Unhandled`).
    pub failure: Option<String>,
    /// The payload that it answered.
    pub payload: Value,
}

impl Aws {
    /// At this address.
    pub fn at(endpoint: String) -> Self {
        Self { endpoint }
    }

    /// Invokes a function and waits for its answer.
    ///
    /// # Panics
    /// When Lambda itself does not answer.
    pub fn invoke(&self, function: &str, event: &Value) -> Invocation {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let mut answer = ureq::post(self.endpoint.clone() + &path)
            .send_json(event)
            .unwrap_or_else(|error| panic!("{function} cannot be invoked: {error}"));
        let failure = answer
            .headers()
            .get("x-amz-function-error")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let payload = answer
            .body_mut()
            .read_json()
            .expect("a function answers JSON");
        Invocation { failure, payload }
    }

    /// The variables of a function.
    ///
    /// # Panics
    /// When there is no such function.
    pub fn variables(&self, function: &str) -> Value {
        let path = format!("/2015-03-31/functions/{function}/configuration");
        let mut answer = self.get(&path);
        answer["Environment"]["Variables"].take()
    }

    /// Sets all variables of a function. They count once it is released.
    ///
    /// # Panics
    /// When Lambda refuses.
    pub fn set_variables(&self, function: &str, variables: &Value) {
        let path = format!("/2015-03-31/functions/{function}/configuration");
        self.put(&path, &json!({"Environment": {"Variables": variables}}));
    }

    /// Makes a version of what a function is now, and lets its alias `live` name it.
    ///
    /// # Panics
    /// When Lambda refuses, or the function has no such alias.
    pub fn release(&self, function: &str) {
        let path = format!("/2015-03-31/functions/{function}");
        let version: Value = ureq::post(format!("{}{path}/versions", self.endpoint))
            .send_json(json!({}))
            .unwrap_or_else(|error| panic!("{function} gets no version: {error}"))
            .body_mut()
            .read_json()
            .expect("Lambda answers JSON");
        let live = json!({"FunctionVersion": version["Version"]});
        self.put(&format!("{path}/aliases/live"), &live);
    }

    /// Replaces a function's code. Where it has an alias, that counts once it is released.
    ///
    /// # Panics
    /// When the file cannot be read or Lambda refuses it.
    pub fn set_code(&self, function: &str, zip: &Path) {
        let bytes = std::fs::read(zip).expect("the zip was just made");
        let path = format!("/2015-03-31/functions/{function}/code");
        self.put(&path, &json!({"ZipFile": BASE64_STANDARD.encode(bytes)}));
    }

    /// Opens or closes the way from the queue to a function: the operator's kill switch.
    ///
    /// # Panics
    /// When Lambda refuses.
    pub fn enable_source_of(&self, function: &str, enabled: bool) {
        let path = format!("/2015-03-31/event-source-mappings/?FunctionName={function}:live");
        let found = self.get(&path);
        let id = found["EventSourceMappings"][0]["UUID"]
            .as_str()
            .unwrap_or_else(|| panic!("{function} has no event source"));
        let path = format!("/2015-03-31/event-source-mappings/{id}");
        self.put(&path, &json!({"Enabled": enabled}));
    }

    /// Calls SQS.
    ///
    /// # Panics
    /// When SQS refuses.
    pub fn sqs(&self, action: &str, request: &Value) -> Value {
        let mut answer = ureq::post(&self.endpoint)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("AmazonSQS.{action}"))
            .send(request.to_string())
            .unwrap_or_else(|error| panic!("{action} failed: {error}"));
        let text = answer
            .body_mut()
            .read_to_string()
            .expect("SQS answers text");
        serde_json::from_str(&text).unwrap_or(Value::Null) // an empty answer means done
    }

    /// A JSON object out of a bucket.
    ///
    /// # Panics
    /// When S3 refuses.
    pub fn object(&self, bucket: &str, key: &str) -> Value {
        self.get(&format!("/{bucket}/{key}"))
    }

    fn get(&self, path: &str) -> Value {
        ureq::get(self.endpoint.clone() + path)
            .call()
            .unwrap_or_else(|error| panic!("{path}: {error}"))
            .body_mut()
            .read_json()
            .expect("Lambda answers JSON")
    }

    fn put(&self, path: &str, request: &Value) {
        ureq::put(self.endpoint.clone() + path)
            .send_json(request)
            .unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}
