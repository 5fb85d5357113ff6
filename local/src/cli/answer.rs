//! What an answer to "place this order" tells: the engine's own, or that of whoever stands between.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::key;

/// An order that the engine has.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// Its id.
    pub(super) id: String,
    /// Where it can be watched; an installation without sockets has no such address.
    pub(super) socket: Option<String>,
    /// What the engine answered to it, to the letter; an order that was found again has none.
    pub(super) told: Option<String>,
}

/// Why an order is not there, or nobody knows.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    /// In words.
    pub(super) words: String,
    /// The problem as the engine wrote it, if it was the engine who answered.
    pub(super) document: Option<String>,
}

impl From<String> for Reason {
    fn from(words: String) -> Self {
        Self {
            words,
            document: None,
        }
    }
}

/// What one request has told.
#[derive(Debug)]
pub(super) enum Answer {
    /// The order is stored.
    Placed(Placed),
    /// This request stored nothing, nor will its repetition.
    Refused {
        reason: Reason,
        /// The engine judged the order itself: it says the same to every request with it.
        judged: bool,
    },
    /// This request stored nothing; a later one may.
    NotYet {
        reason: Reason,
        wait: Option<Duration>,
    },
    /// No connection could be made: nothing was sent.
    Unreached(String),
    /// It was sent, and nobody knows what became of it.
    Lost {
        reason: Reason,
        wait: Option<Duration>,
        /// The id that the order has if it was stored.
        order: Option<String>,
    },
}

impl Answer {
    /// Reads the outcome of a request.
    pub(super) async fn read(sent: Result<Response, reqwest::Error>) -> Self {
        let response = match sent {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Self::Unreached(innermost(&error)),
            Err(error) if error.is_builder() => {
                return Self::Refused {
                    reason: innermost(&error).into(),
                    judged: true,
                };
            }
            Err(error) => return Self::lost(innermost(&error)),
        };
        let (status, wait) = (response.status(), retry_after(&response));
        // A body that is foreign, or was cut short, tells nothing.
        let text = response.text().await.unwrap_or_default();
        if status.is_success() {
            return placed(text).map_or_else(
                || Self::lost("the engine's answer cannot be read".into()),
                Self::Placed,
            );
        }
        Self::problem(status, wait, text)
    }

    fn problem(status: StatusCode, wait: Option<Duration>, text: String) -> Self {
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let code = body["code"].as_str();
        let reason = match said(status, &body) {
            Some(words) => Reason {
                words,
                document: Some(text),
            },
            None => foreign(status).into(),
        };
        match (status, code) {
            (StatusCode::TOO_MANY_REQUESTS, _)
            | (StatusCode::SERVICE_UNAVAILABLE, Some("unavailable")) => {
                Self::NotYet { reason, wait }
            }
            // Whoever stands between gave up waiting for the rest of the request, or of the answer.
            (StatusCode::REQUEST_TIMEOUT, _) => Self::lost(reason.words),
            (status, _) if status.is_client_error() || status.is_redirection() => Self::Refused {
                judged: code.is_some() && is_judgement(status),
                reason,
            },
            _ => Self::Lost {
                reason,
                wait,
                order: body["orderId"].as_str().map(str::to_owned),
            },
        }
    }

    fn lost(reason: String) -> Self {
        Self::Lost {
            reason: reason.into(),
            wait: None,
            order: None,
        }
    }
}

/// Whether an answer is about the key, or that there is none.
pub(super) fn is_about_who_asks(status: StatusCode) -> bool {
    [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status)
}

/// Whether a refusal is about what was asked, and not about who asked, or where.
fn is_judgement(status: StatusCode) -> bool {
    [
        StatusCode::BAD_REQUEST,
        StatusCode::CONFLICT,
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::UNPROCESSABLE_ENTITY,
    ]
    .contains(&status)
}

/// What the engine says is in the way, in words; nothing if it was not the engine who answered.
pub(super) fn said(status: StatusCode, body: &Value) -> Option<String> {
    let (detail, code) = (body["detail"].as_str()?, body["code"].as_str()?);
    Some(format!("{detail} ({code}){}", key::advice(status)))
}

/// The same of an answer as it came.
pub(super) fn refusal(status: StatusCode, text: &str) -> String {
    let body = serde_json::from_str(text).unwrap_or(Value::Null);
    said(status, &body).unwrap_or_else(|| foreign(status))
}

fn foreign(status: StatusCode) -> String {
    format!("the answer was {status}, and not the engine's")
}

fn placed(text: String) -> Option<Placed> {
    let body: Value = serde_json::from_str(&text).ok()?;
    Some(Placed {
        id: body["orderId"].as_str()?.to_owned(),
        socket: body["ws"].as_str().map(str::to_owned),
        told: Some(text),
    })
}

/// In seconds; the form with a date is not the engine's.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get("retry-after")?;
    value.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// What is at the bottom of an error, in words.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}
