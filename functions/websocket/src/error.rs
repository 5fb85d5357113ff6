//! What went wrong, as a client is told on its socket.

use engine::{observe, order::OrderId, ports::StoreError};
use serde_json::json;
use tracing::{error, warn};

use crate::MAX_WATCHED;

/// An error event. Its codes are the contract's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SocketError {
    /// No JSON object of the expected form. Says what is wrong with it.
    #[error("{0}")]
    MalformedBody(String),
    /// A field that the action needs.
    #[error("the field {0} is missing")]
    MissingField(&'static str),
    /// A field that the action does not have.
    #[error("the field {0:?} is not known; the fields are action, orderId, after and all")]
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
    /// The socket's ticket was for some orders.
    #[error("the ticket of this socket is for some orders; open one with a ticket for all")]
    Forbidden,
    /// The socket follows as many orders as it may.
    #[error("a socket follows {MAX_WATCHED} orders at the most; open another one")]
    TooManySubscriptions,
    /// The order book does not answer.
    #[error("the order book cannot be read now; send the message again")]
    Unavailable,
    /// A defect, on the engine's side. Says what of, without anything of the inside.
    #[error("{0}")]
    InternalError(&'static str),
}

impl From<StoreError> for SocketError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Unknown(_) => {
                warn!(%error, "a message from a socket could not be served");
                Self::Unavailable
            }
            StoreError::Rejected(_) | StoreError::Conflict => {
                error!(%error, "defect: the order book refused what a socket needs");
                Self::InternalError("a defect of the engine")
            }
            StoreError::Corrupt(corrupt) => {
                observe::corrupt(&corrupt);
                Self::InternalError("the stored order cannot be read")
            }
        }
    }
}

/// The longest part of a client's own text that is repeated to it.
const MAX_ECHO: usize = 64;

impl SocketError {
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
            Self::Forbidden => "forbidden",
            Self::TooManySubscriptions => "too_many_subscriptions",
            Self::Unavailable => "unavailable",
            Self::InternalError(_) => "internal_error",
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
