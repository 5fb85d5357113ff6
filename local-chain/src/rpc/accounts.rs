//! Accounts.

use serde_json::{Value, json};

use super::error::RpcError;
use super::params::{Config, Params};
use super::{Door, wire};

/// How many accounts can be asked for at once.
const MAX_ACCOUNTS: usize = 100;
/// Bytes of the largest account.
const MAX_SPACE: usize = 10 * 1024 * 1024;

impl Door<'_> {
    pub(super) fn multiple_accounts(&self, params: &Params) -> Result<Value, RpcError> {
        let addresses = params.addresses(0)?;
        let config: Config = params.optional(1)?;
        if addresses.len() > MAX_ACCOUNTS {
            let message = format!("Too many inputs provided; max {MAX_ACCOUNTS}");
            return Err(RpcError::invalid_params(message));
        }
        wire::require_base64(config.encoding.as_deref())?;
        self.slot_for(&config)?;
        let accounts = addresses.iter().map(|address| {
            let account = self.chain.account(address, config.commitment);
            wire::account(account.as_ref())
        });
        let value = Value::Array(accounts.collect());
        Ok(self.in_context(config.commitment, &value))
    }

    pub(super) fn least_balance(&self, params: &Params) -> Result<Value, RpcError> {
        let bytes: usize = params.required(0)?;
        if bytes > MAX_SPACE {
            return Err(RpcError::invalid_params(
                "Invalid params: more than an account can have.",
            ));
        }
        Ok(json!(self.chain.least_balance(bytes)))
    }
}
