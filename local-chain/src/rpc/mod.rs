//! The JSON-RPC door: the methods of a Solana node that an engine needs, with a node's answers.

mod accounts;
mod blocks;
mod control;
mod error;
mod fees;
mod launch;
mod ledger;
mod params;
mod record;
mod send;
mod simulate;
mod statuses;
mod wire;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::chain::{Chain, Commitment};
use crate::launcher::Launcher;
use error::RpcError;
use params::{Config, Params};

/// The version that answers name: that of the VM's runtime.
const API_VERSION: &str = "3.1.14";

/// A request of JSON-RPC 2.0.
#[derive(Deserialize)]
struct Request {
    jsonrpc: String,
    id: Value,
    method: String,
    #[serde(default)]
    params: Option<Value>,
}

/// What a method gets.
struct Door<'a> {
    chain: &'a mut Chain,
    launcher: &'a Launcher,
    slot_ms: &'a watch::Sender<u64>,
}

/// Answers a request's body.
pub(crate) fn answer(
    chain: &mut Chain,
    launcher: &Launcher,
    slot_ms: &watch::Sender<u64>,
    body: &[u8],
) -> Value {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return failure(Value::Null, &RpcError::parse());
    };
    let request = match Request::deserialize(value) {
        Ok(request) if request.jsonrpc == "2.0" => request,
        _ => return failure(Value::Null, &RpcError::invalid_request()),
    };
    let mut door = Door {
        chain,
        launcher,
        slot_ms,
    };
    let result = Params::new(request.params).and_then(|params| door.call(&request.method, &params));
    match result {
        Ok(result) => json!({"jsonrpc": "2.0", "id": request.id, "result": result}),
        Err(error) => failure(request.id, &error),
    }
}

fn failure(id: Value, error: &RpcError) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": error.to_json()})
}

impl Door<'_> {
    fn call(&mut self, method: &str, params: &Params) -> Result<Value, RpcError> {
        match method {
            "getHealth" => Ok(json!("ok")),
            "getGenesisHash" => Ok(json!(self.chain.genesis().to_string())),
            "getSlot" => self.slot(params),
            "getBlockHeight" => self.block_height(params),
            "getLatestBlockhash" => self.latest_blockhash(params),
            "getMultipleAccounts" => self.multiple_accounts(params),
            "getMinimumBalanceForRentExemption" => self.least_balance(params),
            "getRecentPrioritizationFees" => self.prioritization_fees(params),
            "simulateTransaction" => self.simulate_transaction(params),
            "sendTransaction" => self.send_transaction(params),
            "getSignatureStatuses" => self.signature_statuses(params),
            "getTransaction" => self.transaction(params),
            "getBlocksWithLimit" => self.blocks_with_limit(params),
            "getBlock" => self.block(params),
            "_createToken" => self.create_token(params),
            "_createPool" => self.create_pool(params),
            "_dropSends" => self.drop_sends(params),
            "_setTokens" => self.set_tokens(params),
            "_setSlotMs" => self.set_slot_ms(params),
            "_warp" => self.warp(params),
            _ => Err(RpcError::method_not_found()),
        }
    }

    /// The slot that a request is answered from.
    ///
    /// # Errors
    /// When the request wants a later one.
    fn slot_for(&self, config: &Config) -> Result<u64, RpcError> {
        let slot = self.chain.newest(config.commitment).slot;
        match config.min_context_slot {
            Some(least) if slot < least => Err(RpcError::min_context_slot(slot)),
            _ => Ok(slot),
        }
    }

    /// `value` with the slot that it is true of.
    fn in_context(&self, commitment: Commitment, value: &Value) -> Value {
        let slot = self.chain.newest(commitment).slot;
        json!({"context": {"apiVersion": API_VERSION, "slot": slot}, "value": value})
    }
}
