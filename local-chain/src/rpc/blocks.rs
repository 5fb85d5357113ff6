//! Slots, heights and blockhashes.

use serde_json::{Value, json};

use super::Door;
use super::error::RpcError;
use super::params::{Config, Params};

impl Door<'_> {
    pub(super) fn slot(&self, params: &Params) -> Result<Value, RpcError> {
        let config: Config = params.optional(0)?;
        Ok(json!(self.slot_for(&config)?))
    }

    pub(super) fn block_height(&self, params: &Params) -> Result<Value, RpcError> {
        let config: Config = params.optional(0)?;
        self.slot_for(&config)?;
        Ok(json!(self.chain.newest(config.commitment).height))
    }

    pub(super) fn latest_blockhash(&self, params: &Params) -> Result<Value, RpcError> {
        let config: Config = params.optional(0)?;
        self.slot_for(&config)?;
        let block = self.chain.newest(config.commitment);
        let value = json!({
            "blockhash": block.hash.to_string(),
            "lastValidBlockHeight": block.last_valid_height(),
        });
        Ok(self.in_context(config.commitment, &value))
    }
}
