//! Methods that no node has: what tests do to the chain. Their names begin with an underscore.

use serde_json::{Value, json};

use super::Door;
use super::error::RpcError;
use super::params::{Params, address};
use crate::chain::Commitment;

/// How many slots can be made at once.
const MAX_WARP: u64 = 10_000;

impl Door<'_> {
    /// Accepts the next so many transactions and forgets them.
    pub(super) fn drop_sends(&mut self, params: &Params) -> Result<Value, RpcError> {
        self.chain.drop_next(params.required(0)?);
        Ok(Value::Null)
    }

    /// Changes what a token account holds: a vault's, which moves a pool's price, or the wallet's.
    pub(super) fn set_tokens(&mut self, params: &Params) -> Result<Value, RpcError> {
        let address = address(&params.required::<String>(0)?)?;
        if self.chain.set_tokens(&address, params.required(1)?) {
            Ok(Value::Null)
        } else {
            Err(RpcError::invalid_params(
                "Invalid params: no token account.",
            ))
        }
    }

    /// Makes a block each so many milliseconds from now on.
    pub(super) fn set_slot_ms(&mut self, params: &Params) -> Result<Value, RpcError> {
        let slot_ms: u64 = params.required(0)?;
        if slot_ms == 0 {
            return Err(RpcError::invalid_params(
                "Invalid params: a slot takes at least 1 ms.",
            ));
        }
        self.slot_ms.send_replace(slot_ms);
        Ok(Value::Null)
    }

    /// Makes so many blocks at once, and answers the newest slot.
    pub(super) fn warp(&mut self, params: &Params) -> Result<Value, RpcError> {
        let slots: u64 = params.required(0)?;
        if slots > MAX_WARP {
            return Err(RpcError::invalid_params(format!(
                "Invalid params: more than {MAX_WARP}."
            )));
        }
        for _ in 0..slots {
            self.chain.advance();
        }
        Ok(json!(self.chain.newest(Commitment::Processed).slot))
    }
}
