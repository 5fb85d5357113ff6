//! What a client did wrong, as it is told on its socket.

use engine::order::OrderId;
use serde_json::json;

/// An error event. Its codes are the contract's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No JSON object of the expected form. Says what is wrong with it.
    #[error("{0}")]
    MalformedBody(String),
    /// A field that the action needs.
    #[error("the field {0} is missing")]
    MissingField(&'static str),
    /// A field that the action does not have.
    #[error("the field {0:?} is not known; the fields are action, orderId and after")]
    UnknownField(String),
    /// An action that this build does not have.
    #[error("the action {0:?} is not known; the actions are subscribe, unsubscribe and ping")]
    UnknownAction(String),
    /// Not a UUID.
    #[error("orderId is not a UUID")]
    InvalidId,
    /// `after` is not the number of an event. The code is the one that the REST API has for it.
    #[error("after is not a whole number from 0 on")]
    InvalidAfter,
    /// There is no such order.
    #[error("there is no order {0}")]
    UnknownOrder(OrderId),
    /// The order book does not answer.
    #[error("the order book cannot be read now; send the message again")]
    Unavailable,
}

/// The longest part of a client's own text that is repeated to it.
const MAX_ECHO: usize = 64;

impl Problem {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MalformedBody(_) => "malformed_body",
            Self::MissingField(_) => "missing_field",
            Self::UnknownField(_) => "unknown_field",
            Self::UnknownAction(_) => "unknown_action",
            Self::InvalidId => "invalid_id",
            Self::InvalidAfter => "invalid_cursor",
            Self::UnknownOrder(_) => "not_found",
            Self::Unavailable => "unavailable",
        }
    }

    /// `{"event":"error","code":"…","detail":"…"}`
    pub fn to_text(&self) -> String {
        json!({ "event": "error", "code": self.code(), "detail": self.to_string() }).to_string()
    }

    /// An unknown field, its name cut to a sensible length.
    pub(crate) fn unknown_field(name: &str) -> Self {
        Self::UnknownField(name.chars().take(MAX_ECHO).collect())
    }

    /// An unknown action, its name cut to a sensible length.
    pub(crate) fn unknown_action(name: &str) -> Self {
        Self::UnknownAction(name.chars().take(MAX_ECHO).collect())
    }
}
