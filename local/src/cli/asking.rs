//! A question to the engine, and what was said to it.

use reqwest::{RequestBuilder, StatusCode, header};
use serde_json::Value;

use super::{
    answer::{innermost, said},
    output,
};
use crate::options::At;

/// What the engine answered.
#[derive(Debug)]
pub(super) struct Told {
    /// How it was taken.
    pub(super) status: StatusCode,
    /// The address of the next page, if there is one.
    pub(super) next: Option<String>,
    /// JSON, to the letter.
    pub(super) text: String,
}

/// Why there is no such answer.
#[derive(Debug)]
pub(super) struct Untold {
    /// The engine refuses what was asked, whenever it is asked.
    pub(super) is_refused: bool,
    /// In words.
    reason: String,
    /// The problem as the engine wrote it, if it was the engine who answered.
    document: Option<String>,
}

impl Untold {
    /// Nobody says anything that could be used.
    pub(super) fn nothing(reason: impl ToString) -> Self {
        Self {
            is_refused: false,
            reason: reason.to_string(),
            document: None,
        }
    }

    /// Says what is in the way of what was asked about `what`.
    pub(super) fn tell(&self, what: &str, at: &At) {
        if at.json
            && let Some(document) = &self.document
        {
            output::line(document);
        }
        output::complain(format_args!("{what}: {}", self.reason));
    }
}

/// Asks the engine.
///
/// # Errors
/// [`Untold`] for everything that is not its answer to the question.
pub(super) async fn ask(request: RequestBuilder, at: &At) -> Result<Told, Untold> {
    let unreached = |error: reqwest::Error| {
        let reason = format!("no engine answers at {}: {}", at.url, innermost(&error));
        Untold::nothing(reason)
    };
    let answer = request.send().await.map_err(unreached)?;
    let status = answer.status();
    let link = answer.headers().get(header::LINK);
    let next = link.and_then(|link| next(link.to_str().ok()?));
    let text = answer.text().await.map_err(unreached)?;
    // What is no JSON is not the engine's.
    let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if status.is_success() && !body.is_null() {
        return Ok(Told { status, next, text });
    }
    let Some(reason) = said(status, &body) else {
        return Err(Untold::nothing("the answer is not the engine's"));
    };
    Err(Untold {
        is_refused: status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS,
        reason,
        document: Some(text),
    })
}

/// The address in `<…>; rel="next"`.
fn next(link: &str) -> Option<String> {
    let address = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
    Some(address.to_owned())
}
