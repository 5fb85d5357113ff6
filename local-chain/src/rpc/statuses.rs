//! Whether transactions landed.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Door;
use super::error::RpcError;
use super::params::{Config, Params, signature};
use crate::chain::{Commitment, Landed};

/// How many signatures can be asked about at once.
const MAX_SIGNATURES: usize = 256;
/// For how many slots a status is remembered without a search.
const REMEMBERED_SLOTS: u64 = 300;

/// What `getSignatureStatuses` can be told besides what all methods can.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wishes {
    search_transaction_history: bool,
}

impl Door<'_> {
    /// As on a node, what landed long ago is found by a search only.
    pub(super) fn signature_statuses(&self, params: &Params) -> Result<Value, RpcError> {
        let texts: Vec<String> = params.required(0)?;
        let config: Config = params.optional(1)?;
        let wishes: Wishes = params.optional(1)?;
        if texts.len() > MAX_SIGNATURES {
            let message = format!("Too many inputs provided; max {MAX_SIGNATURES}");
            return Err(RpcError::invalid_params(message));
        }
        let commitment = Commitment::Processed;
        let newest = self.slot_for(&Config {
            commitment,
            ..config
        })?;
        let statuses = texts.iter().map(|text| {
            let landed = self.chain.landed(&signature(text)?).filter(|landed| {
                wishes.search_transaction_history || newest - landed.slot <= REMEMBERED_SLOTS
            });
            Ok(landed.map_or(Value::Null, |landed| self.status(landed)))
        });
        let value = Value::Array(statuses.collect::<Result<_, RpcError>>()?);
        Ok(self.in_context(commitment, &value))
    }

    fn status(&self, landed: &Landed) -> Value {
        let since = self.chain.newest(Commitment::Processed).slot - landed.slot;
        let commitment = Commitment::after(since);
        let confirmations = (commitment != Commitment::Finalized).then_some(since);
        json!({
            "confirmationStatus": commitment.name(),
            "confirmations": confirmations,
            "err": landed.err,
            "slot": landed.slot,
            "status": outcome(landed),
        })
    }
}

/// How a transaction ended, in the older form that answers also carry.
pub(super) fn outcome(landed: &Landed) -> Value {
    match &landed.err {
        None => json!({"Ok": null}),
        Some(err) => json!({"Err": err}),
    }
}
