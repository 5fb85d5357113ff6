//! What a client is told when something is wrong: RFC 9457 problem details with a stable code.

use std::{fmt, time::Duration};

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    account::{Limit, LimitReached},
    cancel::CancelError,
    observe,
    order::{OrderId, Status},
    ports::StoreError,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::code::Code;

/// The most characters of a client's own text that are repeated to it.
const LONGEST: usize = 40;

/// A refusal, as the client gets it.
#[derive(Debug)]
pub(crate) struct ApiError {
    code: Code,
    detail: String,
    field: Option<String>,
    order: Option<OrderId>,
    order_status: Option<Status>,
    retry_after: Option<u64>,
}

impl ApiError {
    /// A refusal in words. The words carry nothing of the inside: no SQL, host or path.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            field: None,
            order: None,
            order_status: None,
            retry_after: code.retry_after(),
        }
    }

    /// An order could not be stored, or it is not known whether it was.
    pub(crate) fn not_stored(error: StoreError, id: OrderId) -> Self {
        match error {
            StoreError::Unknown(_) => {
                tracing::warn!(order = %id, %error, "whether an order was stored is not known");
                let detail = "it is not known whether the order was stored: \
                    repeat with the same key, or look whether it is there";
                Self {
                    order: Some(id),
                    ..Self::new(Code::OutcomeUnknown, detail)
                }
            }
            StoreError::Unavailable(_)
            | StoreError::Rejected(_)
            | StoreError::Conflict
            | StoreError::Corrupt(_) => error.into(),
        }
    }

    /// An order that cannot be cancelled, because it ended in another way.
    pub(crate) fn not_cancellable(status: Status) -> Self {
        let detail = format!("the order is {status}, which is final");
        Self {
            order_status: Some(status),
            ..Self::new(Code::NotCancellable, detail)
        }
    }

    /// The client's own name is another order's.
    pub(crate) fn name_taken(id: OrderId) -> Self {
        let detail = format!("order {id} has this clientOrderId already");
        Self {
            order: Some(id),
            ..Self::new(Code::DuplicateClientOrderId, detail).field("clientOrderId")
        }
    }

    /// The code.
    pub(crate) const fn code(&self) -> Code {
        self.code
    }

    /// A defect of this program. The log has its cause; a client learns only that it is not to
    /// blame.
    pub(crate) fn defect() -> Self {
        Self::new(Code::InternalError, "a defect of the engine")
    }

    /// An order goes beyond a limit.
    pub(crate) fn limited(reached: &LimitReached) -> Self {
        let whose = if reached.of_key { "key" } else { "account" };
        let allowed = &reached.allowed;
        let (code, field, detail) = match reached.limit {
            Limit::Pairs => {
                let detail = format!("this {whose} may not trade the pair");
                (Code::LimitExceeded, Some("tokenOut"), detail)
            }
            Limit::AmountPerOrder => {
                let detail = format!("an order of this {whose} may sell {allowed} of the token");
                (Code::LimitExceeded, Some("amount"), detail)
            }
            Limit::AmountPerDay => {
                let detail =
                    format!("the orders of a day of this {whose} may sell {allowed} of the token");
                (Code::LimitExceeded, Some("amount"), detail)
            }
            Limit::OrdersPerMinute => {
                let detail = format!("this {whose} may place {allowed} orders a minute");
                (Code::LimitExceeded, None, detail)
            }
            Limit::OpenOrders => {
                let detail = format!("this {whose} may have {allowed} open orders, and has them");
                (Code::TooManyOpenOrders, None, detail)
            }
        };
        let mut error = Self::new(code, format!("{detail}; the order is not stored"));
        error.field = field.map(str::to_owned);
        error.retry_after = reached.retry_after.map(whole_seconds);
        error
    }

    /// An order would have to wait for too long; in `pause` it would not.
    pub(crate) fn busy(pause: Duration) -> Self {
        let seconds = whole_seconds(pause);
        let detail = format!(
            "more orders wait than can be executed in time, this one is not stored; \
            try again in {seconds} s"
        );
        Self {
            retry_after: Some(seconds),
            ..Self::new(Code::Busy, detail)
        }
    }

    /// Names the field, parameter or header that it is about. A name may be the client's own
    /// invention: it is cut.
    pub(crate) fn field(mut self, name: &str) -> Self {
        self.field = Some(name.chars().take(LONGEST).collect());
        self
    }
}

/// Rounded up: whoever comes then is not too early.
fn whole_seconds(pause: Duration) -> u64 {
    let begun = u64::from(pause.subsec_nanos() > 0);
    pause.as_secs().saturating_add(begun).max(1)
}

/// A refusal by whoever stands before the API: the same problem details, the same headers.
pub fn refusal(code: Code, detail: impl Into<String>) -> Response {
    let mut response = ApiError::new(code, detail).into_response();
    protect(response.headers_mut());
    response
}

/// Answers are for one reader, now, and are what their type says.
pub(super) fn protect(headers: &mut HeaderMap) {
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.detail)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            // A read has no outcome that could be unknown.
            StoreError::Unavailable(_) | StoreError::Unknown(_) => {
                tracing::warn!(%error, "a request was answered 503");
                let detail = "the order book does not answer now; try again";
                Self::new(Code::Unavailable, detail)
            }
            StoreError::Rejected(_) | StoreError::Conflict => {
                tracing::error!(%error, "defect: the order book refused what a request needs");
                Self::defect()
            }
            StoreError::Corrupt(corrupt) => {
                observe::corrupt(&corrupt);
                Self::new(Code::InternalError, "the stored order cannot be read")
            }
        }
    }
}

impl From<CancelError> for ApiError {
    fn from(error: CancelError) -> Self {
        match error {
            // It moved each time that it was read: try again.
            CancelError::Store(StoreError::Conflict) => {
                Self::new(Code::Unavailable, "the order is moving; try again")
            }
            CancelError::Store(StoreError::Unknown(_)) => {
                let detail = "it is not known whether the order was cancelled; \
                    repeat, or look where it stands";
                Self::new(Code::OutcomeUnknown, detail)
            }
            CancelError::Store(error) => error.into(),
            CancelError::Defect(_) => Self::defect(),
        }
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
    /// The order that it is about: of `outcome_unknown`, the id that it has if it was stored; of
    /// `duplicate_client_order_id`, the other one's.
    #[serde(rename = "orderId", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Uuid)]
    order: Option<String>,
    /// The status of the order that it is about: of `not_cancellable`.
    #[serde(rename = "orderStatus", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order_status: Option<&'static str>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (name, status, title) = self.code.parts();
        let body = ProblemBody {
            kind: format!("urn:order-engine:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: self.detail,
            code: self.code,
            field: self.field,
            order: self.order.map(|id| id.to_string()),
            order_status: self.order_status.map(Status::name),
        };
        let mut response = (status, Json(body)).into_response();
        response.extensions_mut().insert(self.code);
        let headers = response.headers_mut();
        let media_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, media_type);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A client's own text, safe to repeat: control characters escaped, and not longer than a reader
/// wants.
pub(crate) fn shown(text: &str) -> String {
    let head: String = text.chars().take(LONGEST).collect();
    let more = if head.len() < text.len() { "…" } else { "" };
    format!("\"{}{more}\"", head.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_text_is_shown_short_and_escaped() {
        assert_eq!(shown("BTC"), "\"BTC\"");
        assert_eq!(shown("a\u{0}\n\u{202e}\""), r#""a\0\n\u{202e}\"""#);
        assert_eq!(shown(&"x".repeat(1000)).chars().count(), 43);
    }
}
