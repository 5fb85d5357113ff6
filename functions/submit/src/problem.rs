//! What a client is told when something is wrong: RFC 9457 problem details with a stable code.

use std::fmt;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::ports::Unavailable;
use serde::Serialize;
use utoipa::ToSchema;

/// The stable name of a problem; part of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The body is not one JSON object of the expected form.
    MalformedBody,
    /// A field or parameter that must be given is not.
    MissingField,
    /// A field that a client cannot set.
    UnknownField,
    /// An order type that this build does not execute.
    UnsupportedOrderType,
    /// A token that is not listed.
    UnknownToken,
    /// A token swapped for itself.
    SameToken,
    /// No venue has a pool for the two tokens.
    UnsupportedPair,
    /// An amount that the token cannot express, or that nobody can sell.
    InvalidAmount,
    /// A slippage that is no integer from 0 to 1000.
    InvalidSlippage,
    /// A page size that is no integer from 1 to 200.
    InvalidLimit,
    /// A cursor that this API did not give out, or an event number that is none.
    InvalidCursor,
    /// An order id that is no UUID.
    InvalidId,
    /// A status that orders do not have.
    InvalidStatus,
    /// An idempotency key that is not 1 to 255 printable ASCII characters.
    InvalidIdempotencyKey,
    /// A body above 16 KiB.
    BodyTooLarge,
    /// A body that does not call itself JSON.
    UnsupportedMediaType,
    /// No such order, or no such route.
    NotFound,
    /// The route does not know the method; `Allow` names those that it knows.
    MethodNotAllowed,
    /// The key came before, with another order.
    IdempotencyKeyReused,
    /// The engine has as many requests in work as it takes.
    TooManyRequests,
    /// The order book does not answer. Nothing was stored, or a repeat with the same key finds it.
    Unavailable,
    /// A defect of the engine.
    InternalError,
}

impl Code {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 22] = [
        Self::MalformedBody,
        Self::MissingField,
        Self::UnknownField,
        Self::UnsupportedOrderType,
        Self::UnknownToken,
        Self::SameToken,
        Self::UnsupportedPair,
        Self::InvalidAmount,
        Self::InvalidSlippage,
        Self::InvalidLimit,
        Self::InvalidCursor,
        Self::InvalidId,
        Self::InvalidStatus,
        Self::InvalidIdempotencyKey,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::IdempotencyKeyReused,
        Self::TooManyRequests,
        Self::Unavailable,
        Self::InternalError,
    ];

    /// Name, HTTP status and title.
    const fn parts(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedBody => ("malformed_body", S::BAD_REQUEST, "Malformed body"),
            Self::MissingField => ("missing_field", S::BAD_REQUEST, "Missing field"),
            Self::UnknownField => ("unknown_field", S::BAD_REQUEST, "Unknown field"),
            Self::UnsupportedOrderType => (
                "unsupported_order_type",
                S::BAD_REQUEST,
                "Unsupported order type",
            ),
            Self::UnknownToken => ("unknown_token", S::BAD_REQUEST, "Unknown token"),
            Self::SameToken => ("same_token", S::BAD_REQUEST, "Same token"),
            Self::UnsupportedPair => ("unsupported_pair", S::BAD_REQUEST, "Unsupported pair"),
            Self::InvalidAmount => ("invalid_amount", S::BAD_REQUEST, "Invalid amount"),
            Self::InvalidSlippage => ("invalid_slippage", S::BAD_REQUEST, "Invalid slippage"),
            Self::InvalidLimit => ("invalid_limit", S::BAD_REQUEST, "Invalid limit"),
            Self::InvalidCursor => ("invalid_cursor", S::BAD_REQUEST, "Invalid cursor"),
            Self::InvalidId => ("invalid_id", S::BAD_REQUEST, "Invalid order id"),
            Self::InvalidStatus => ("invalid_status", S::BAD_REQUEST, "Invalid status"),
            Self::InvalidIdempotencyKey => (
                "invalid_idempotency_key",
                S::BAD_REQUEST,
                "Invalid idempotency key",
            ),
            Self::BodyTooLarge => ("body_too_large", S::PAYLOAD_TOO_LARGE, "Body too large"),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                S::UNSUPPORTED_MEDIA_TYPE,
                "Unsupported media type",
            ),
            Self::NotFound => ("not_found", S::NOT_FOUND, "Not found"),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                S::METHOD_NOT_ALLOWED,
                "Method not allowed",
            ),
            Self::IdempotencyKeyReused => (
                "idempotency_key_reused",
                S::UNPROCESSABLE_ENTITY,
                "Idempotency key reused",
            ),
            Self::TooManyRequests => (
                "too_many_requests",
                S::TOO_MANY_REQUESTS,
                "Too many requests",
            ),
            Self::Unavailable => ("unavailable", S::SERVICE_UNAVAILABLE, "Unavailable"),
            Self::InternalError => ("internal_error", S::INTERNAL_SERVER_ERROR, "Internal error"),
        }
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        self.parts().0
    }

    /// The HTTP status that goes with it.
    pub const fn status(self) -> StatusCode {
        self.parts().1
    }

    /// In how many seconds the same request may fare better; `None` when it never will.
    const fn retry_after(self) -> Option<&'static str> {
        match self {
            Self::TooManyRequests | Self::Unavailable => Some("1"),
            _ => None,
        }
    }
}

/// A refusal, as the client gets it.
#[derive(Debug)]
pub(crate) struct Problem {
    code: Code,
    detail: String,
    field: Option<String>,
}

impl Problem {
    /// A problem in words. The words carry nothing of the inside: no SQL, host or path.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            field: None,
        }
    }

    /// Names the field, parameter or header that it is about.
    pub(crate) fn field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.detail)
    }
}

impl From<Unavailable> for Problem {
    fn from(problem: Unavailable) -> Self {
        tracing::warn!(%problem, "a request was answered 503");
        Self::new(
            Code::Unavailable,
            "the order book does not answer now; try again",
        )
    }
}

/// Problem details (RFC 9457), `application/problem+json`.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Identifies the kind of problem: a URN that ends with the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:order-engine:problem:unknown_token")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// This problem in words.
    detail: String,
    /// The stable name to decide by.
    code: Code,
    /// The field, parameter or header that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<String>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (name, status, title) = self.code.parts();
        let body = ProblemBody {
            kind: format!("urn:order-engine:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: self.detail,
            code: self.code,
            field: self.field,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        let media_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, media_type);
        if let Some(seconds) = self.code.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response
    }
}

/// A client's own text, safe to repeat: control characters escaped, and not longer than a reader wants.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let head: String = text.chars().take(LONGEST).collect();
    let more = if head.len() < text.len() { "…" } else { "" };
    format!("\"{}{more}\"", head.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_code_is_what_its_type_writes() {
        for code in Code::ALL {
            let written = serde_json::to_value(code).expect("a unit variant");
            assert_eq!(written, code.name());
        }
    }

    #[test]
    fn a_clients_text_is_shown_short_and_escaped() {
        assert_eq!(shown("BTC"), "\"BTC\"");
        assert_eq!(shown("a\u{0}\n\u{202e}\""), r#""a\0\n\u{202e}\"""#);
        assert_eq!(shown(&"x".repeat(1000)).chars().count(), 43);
    }
}
