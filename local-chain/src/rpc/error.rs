//! Errors, with a node's codes and words.

use serde_json::{Value, json};

/// An error of JSON-RPC.
#[derive(Debug)]
pub(super) struct RpcError {
    code: i32,
    message: String,
    data: Option<Value>,
}

impl RpcError {
    fn new(code: i32, message: impl Into<String>) -> RpcError {
        RpcError {
            code,
            message: message.into(),
            data: None,
        }
    }

    pub(super) fn parse() -> RpcError {
        RpcError::new(-32700, "Parse error")
    }

    pub(super) fn invalid_request() -> RpcError {
        RpcError::new(-32600, "Invalid request")
    }

    pub(super) fn method_not_found() -> RpcError {
        RpcError::new(-32601, "Method not found")
    }

    pub(super) fn invalid_params(message: impl Into<String>) -> RpcError {
        RpcError::new(-32602, message)
    }

    /// A transaction that failed when it was tried before it would be sent. `simulated` is what
    /// `simulateTransaction` would answer as its value.
    pub(super) fn preflight(reason: &str, simulated: Value) -> RpcError {
        RpcError {
            data: Some(simulated),
            ..RpcError::new(-32002, format!("Transaction simulation failed: {reason}"))
        }
    }

    pub(super) fn signature_verification() -> RpcError {
        RpcError::new(-32003, "Transaction signature verification failure")
    }

    pub(super) fn block_not_available(slot: u64) -> RpcError {
        RpcError::new(-32004, format!("Block not available for slot {slot}"))
    }

    pub(super) fn slot_skipped(slot: u64) -> RpcError {
        let message =
            format!("Slot {slot} was skipped, or missing due to ledger jump to recent snapshot");
        RpcError::new(-32007, message)
    }

    pub(super) fn unsupported_version(version: u8) -> RpcError {
        let message = format!(
            "Transaction version ({version}) is not supported by the requesting client. Please try \
             the request again with the following configuration parameter: \
             \"maxSupportedTransactionVersion\": {version}"
        );
        RpcError::new(-32015, message)
    }

    pub(super) fn min_context_slot(slot: u64) -> RpcError {
        RpcError {
            data: Some(json!({"contextSlot": slot})),
            ..RpcError::new(-32016, "Minimum context slot has not been reached")
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(data) = &self.data {
            error["data"] = data.clone();
        }
        error
    }
}
