//! The parameters of a request.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use solana_address::Address;
use solana_signature::Signature;

use super::error::RpcError;
use crate::chain::Commitment;

/// Parameters by position.
pub(super) struct Params(Vec<Value>);

/// What most methods can be told besides. Each method reads what it knows.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Config {
    pub(super) commitment: Commitment,
    pub(super) min_context_slot: Option<u64>,
    pub(super) encoding: Option<String>,
}

impl Params {
    /// Takes a request's `params`: an array, or nothing.
    pub(super) fn new(params: Option<Value>) -> Result<Params, RpcError> {
        match params {
            None | Some(Value::Null) => Ok(Params(Vec::new())),
            Some(Value::Array(values)) => Ok(Params(values)),
            Some(_) => Err(RpcError::invalid_params(
                "Invalid params: expected an array",
            )),
        }
    }

    /// The parameter at `index`, which must be there.
    pub(super) fn required<T: DeserializeOwned>(&self, index: usize) -> Result<T, RpcError> {
        let value = self.0.get(index).ok_or_else(|| {
            RpcError::invalid_params("`params` should have at least 1 argument(s)")
        })?;
        read(value)
    }

    /// The parameter at `index`, or nothing said.
    pub(super) fn optional<T: DeserializeOwned + Default>(
        &self,
        index: usize,
    ) -> Result<T, RpcError> {
        match self.0.get(index) {
            None | Some(Value::Null) => Ok(T::default()),
            Some(value) => read(value),
        }
    }

    /// The addresses in the array at `index`.
    pub(super) fn addresses(&self, index: usize) -> Result<Vec<Address>, RpcError> {
        let texts: Vec<String> = self.required(index)?;
        texts.iter().map(|text| address(text)).collect()
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, RpcError> {
    T::deserialize(value)
        .map_err(|error| RpcError::invalid_params(format!("Invalid params: {error}.")))
}

/// An address in base58.
pub(super) fn address(text: &str) -> Result<Address, RpcError> {
    text.parse()
        .map_err(|error| RpcError::invalid_params(format!("Invalid param: {error}")))
}

/// A signature in base58.
pub(super) fn signature(text: &str) -> Result<Signature, RpcError> {
    text.parse()
        .map_err(|error| RpcError::invalid_params(format!("Invalid param: {error}")))
}
