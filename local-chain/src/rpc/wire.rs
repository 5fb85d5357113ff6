//! How accounts and transactions stand in JSON.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_account::Account;
use solana_transaction::versioned::VersionedTransaction;

use super::error::RpcError;

/// Bytes of the largest transaction.
const MAX_TRANSACTION: usize = 1232;

/// An account in base64, or null for one that does not exist.
pub(super) fn account(account: Option<&Account>) -> Value {
    account.map_or(Value::Null, |account| {
        json!({
            "data": [BASE64_STANDARD.encode(&account.data), "base64"],
            "executable": account.executable,
            "lamports": account.lamports,
            "owner": account.owner.to_string(),
            "rentEpoch": account.rent_epoch,
            "space": account.data.len(),
        })
    })
}

/// Fails unless accounts are wanted in base64: the only encoding that is answered, and the one that
/// is meant when none is named.
pub(super) fn require_base64(encoding: Option<&str>) -> Result<(), RpcError> {
    match encoding {
        None | Some("base64") => Ok(()),
        _ => Err(RpcError::invalid_params(
            "Invalid params: this chain answers accounts with encoding base64 only.",
        )),
    }
}

/// A transaction from its text. As on a real node, base58 if the request names no encoding.
pub(super) fn transaction(
    text: &str,
    encoding: Option<&str>,
) -> Result<VersionedTransaction, RpcError> {
    let bytes = match encoding {
        Some("base64") => BASE64_STANDARD.decode(text).map_err(|error| {
            RpcError::invalid_params(format!("invalid base64 encoding: {error}"))
        })?,
        None | Some("base58") => bs58::decode(text).into_vec().map_err(|error| {
            RpcError::invalid_params(format!("invalid base58 encoding: {error}"))
        })?,
        Some(other) => {
            let message =
                format!("unsupported encoding: {other}. Supported encodings: base58, base64");
            return Err(RpcError::invalid_params(message));
        }
    };
    if bytes.len() > MAX_TRANSACTION {
        let message = format!(
            "decoded solana_transaction::versioned::VersionedTransaction too large: {} bytes \
             (max: {MAX_TRANSACTION} bytes)",
            bytes.len()
        );
        return Err(RpcError::invalid_params(message));
    }
    let transaction: VersionedTransaction = bincode::deserialize(&bytes).map_err(|error| {
        RpcError::invalid_params(format!(
            "failed to deserialize solana_transaction::versioned::VersionedTransaction: {error}"
        ))
    })?;
    transaction
        .sanitize()
        .map_err(|error| RpcError::invalid_params(format!("invalid transaction: {error}")))?;
    if transaction
        .message
        .address_table_lookups()
        .is_some_and(|lookups| !lookups.is_empty())
    {
        return Err(RpcError::invalid_params(
            "invalid transaction: this chain has no address lookup tables",
        ));
    }
    Ok(transaction)
}
