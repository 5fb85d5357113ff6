//! A question to the engine, and what was said to it.

use std::time::Instant;

use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde_json::Value;
use tokio::time::sleep;

use super::{
    answer::{innermost, retry_after, said},
    end::End,
    http, output,
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
    /// What that means.
    pub(super) silence: Silence,
    /// In words.
    reason: String,
    /// The problem as the engine wrote it, if it was the engine who answered.
    document: Option<String>,
}

/// What it means that a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// The engine refuses what was asked, whenever it is asked.
    Refused,
    /// Nobody has taken the question.
    Unasked,
    /// It was asked, and whoever answered did not say what came of it.
    Unknown,
}

impl Untold {
    /// Nobody says anything that could be used.
    pub(super) fn nothing(reason: impl ToString) -> Self {
        Self::of(Silence::Unknown, reason)
    }

    /// Nothing was asked.
    pub(super) fn unasked(reason: impl ToString) -> Self {
        Self::of(Silence::Unasked, reason)
    }

    fn of(silence: Silence, reason: impl ToString) -> Self {
        Self {
            silence,
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

    /// The end of a command that only looks: it has changed nothing, whoever did not answer.
    pub(super) fn shows_nothing(&self, what: &str, at: &At) -> End {
        self.tell(what, at);
        End::NotDone
    }
}

/// Asks the engine, and again when it says after how long that is worth it. So what is asked here
/// may be asked twice: it reads, or changes nothing the second time.
///
/// # Errors
/// [`Untold`] for everything that is not its answer to the question.
pub(super) async fn ask(question: impl Fn() -> RequestBuilder, at: &At) -> Result<Told, Untold> {
    let end = Instant::now() + http::REQUEST;
    loop {
        let answer = question().send().await;
        let answer = answer.map_err(|error| unreached(&error, at))?;
        let is_later = is_later(answer.status());
        match retry_after(&answer).filter(|pause| is_later && Instant::now() + *pause < end) {
            Some(pause) => {
                let status = answer.status();
                output::complain(format_args!("{status}; asking again in {pause:?}"));
                sleep(pause).await;
            }
            None => return read(answer, at).await,
        }
    }
}

async fn read(answer: Response, at: &At) -> Result<Told, Untold> {
    let status = answer.status();
    let link = answer.headers().get(header::LINK);
    let next = link.and_then(|link| next(link.to_str().ok()?));
    let text = answer.text().await;
    let text = text.map_err(|error| unreached(&error, at))?;
    // What is no JSON is not the engine's.
    let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if status.is_success() && !body.is_null() {
        return Ok(Told { status, next, text });
    }
    let Some(reason) = said(status, &body) else {
        return Err(Untold::nothing("the answer is not the engine's"));
    };
    Err(Untold {
        silence: match (status, body["code"].as_str()) {
            (StatusCode::TOO_MANY_REQUESTS, _) | (_, Some("unavailable")) => Silence::Unasked,
            (status, _) if status.is_client_error() => Silence::Refused,
            _ => Silence::Unknown,
        },
        reason,
        document: Some(text),
    })
}

fn unreached(error: &reqwest::Error, at: &At) -> Untold {
    let silence = if error.is_connect() || error.is_builder() {
        Silence::Unasked
    } else {
        Silence::Unknown
    };
    let reason = format!("no engine answers at {}: {}", at.url, innermost(error));
    Untold::of(silence, reason)
}

/// Whether the same question may be answered after a while.
fn is_later(status: StatusCode) -> bool {
    [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ]
    .contains(&status)
}

/// The address in `<…>; rel="next"`.
fn next(link: &str) -> Option<String> {
    let address = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
    Some(address.to_owned())
}
