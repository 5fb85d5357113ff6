//! What a node did instead of answering, told apart by what to do about it.

use std::{fmt, time::Duration};

use engine::ports::Unavailable;
use serde_json::Value;

/// A node as it is called in errors and logs. Its URL holds an API key and is never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeName(pub(super) usize);

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {}", self.0 + 1)
    }
}

/// A node did not answer a question.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{node}, {method}: {cause}")]
pub struct RpcError {
    /// Which one.
    pub node: NodeName,
    /// What it was asked.
    pub method: &'static str,
    /// Why not.
    pub cause: Cause,
}

/// Why a node did not answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Cause {
    /// No connection, or it broke. A transaction may have been taken all the same.
    #[error("it cannot be reached")]
    Unreachable,
    /// Nothing came in time. A transaction may have been taken all the same.
    #[error("it does not answer in time")]
    TimedOut,
    /// It is asked too often (HTTP 429).
    #[error("it is asked too often")]
    Busy {
        /// For how long it wants to be left alone, if it says so.
        retry_after: Option<Duration>,
    },
    /// Another status than 200.
    #[error("it answers with HTTP status {0}")]
    Http(u16),
    /// It has not reached the slot that was asked for (-32016, or an answer of an older slot).
    #[error("it has not reached the slot that was asked for")]
    Behind,
    /// An error as JSON-RPC has it.
    #[error("it refuses: {message} ({code})")]
    Refused {
        /// The kind of error; negative.
        code: i64,
        /// In words, for people.
        message: String,
        /// What else it says: for a transaction, its logs.
        data: Option<Value>,
    },
    /// The answer is not of the shape that the method has.
    #[error("its answer has another shape: {0}")]
    Shape(&'static str),
    /// The answer is of that shape, and cannot be true.
    #[error("{0}")]
    Doubtful(String),
    /// It did not answer at the start, and is of another chain than the others.
    #[error("it is of another chain")]
    OtherChain,
}

impl Cause {
    /// Whether a refused transaction is one that the node has executed before.
    pub(super) fn is_already_processed(&self) -> bool {
        let Self::Refused { message, data, .. } = self else {
            return false;
        };
        let error = data.as_ref().and_then(|data| data.get("err"));
        error.and_then(Value::as_str) == Some("AlreadyProcessed")
            || message.contains("already been processed")
    }
}

impl From<RpcError> for Unavailable {
    fn from(error: RpcError) -> Self {
        Self(error.to_string())
    }
}
