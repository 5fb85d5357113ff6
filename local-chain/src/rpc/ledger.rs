//! Blocks, with what is in them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Door;
use super::error::RpcError;
use super::params::{Config, Params};
use super::record;
use crate::chain::Commitment;

/// How many slots can be listed at once.
const MAX_LISTED: u64 = 500_000;

/// What `getBlock` can be told besides what all methods can.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wishes {
    transaction_details: Option<String>,
    max_supported_transaction_version: Option<u8>,
}

impl Door<'_> {
    pub(super) fn blocks_with_limit(&self, params: &Params) -> Result<Value, RpcError> {
        let (begin, limit): (u64, u64) = (params.required(0)?, params.required(1)?);
        let config: Config = params.optional(2)?;
        if limit > MAX_LISTED {
            let message = format!("Limit too large; max {MAX_LISTED}");
            return Err(RpcError::invalid_params(message));
        }
        let newest = self.settled_slot(&config)?;
        let slots = begin.max(self.chain.first_slot())..=newest;
        Ok(slots
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect())
    }

    pub(super) fn block(&self, params: &Params) -> Result<Value, RpcError> {
        let slot: u64 = params.required(0)?;
        let config: Config = params.optional(1)?;
        let wishes: Wishes = params.optional(1)?;
        let is_json = matches!(config.encoding.as_deref(), None | Some("json"));
        if !is_json || !matches!(wishes.transaction_details.as_deref(), None | Some("full")) {
            let message = "Invalid params: this chain answers blocks with encoding json and \
                           transactionDetails full only.";
            return Err(RpcError::invalid_params(message));
        }
        if slot > self.settled_slot(&config)? {
            return Err(RpcError::block_not_available(slot));
        }
        let block = self.chain.block(slot).ok_or(RpcError::slot_skipped(slot))?;
        let landed = self.chain.landed_in(slot);
        let transactions = landed
            .map(|landed| record::versioned(landed, wishes.max_supported_transaction_version));
        Ok(json!({
            "blockHeight": block.height,
            "blockTime": self.chain.landed_in(slot).next().map(|landed| landed.time),
            "blockhash": block.hash.to_string(),
            "parentSlot": slot - 1,
            "previousBlockhash": self.chain.block(slot - 1).unwrap_or(block).hash.to_string(),
            "transactions": transactions.collect::<Result<Vec<Value>, RpcError>>()?,
        }))
    }

    fn settled_slot(&self, config: &Config) -> Result<u64, RpcError> {
        if config.commitment == Commitment::Processed {
            let message = "Method does not support commitment below `confirmed`";
            return Err(RpcError::invalid_params(message));
        }
        self.slot_for(config)
    }
}
