//! Sending a transaction.

use serde::Deserialize;
use serde_json::{Value, json};
use solana_transaction::versioned::VersionedTransaction;

use super::error::RpcError;
use super::params::{Config, Params};
use super::{Door, wire};

/// What `sendTransaction` can be told besides what all methods can. `maxRetries` is taken and
/// means nothing: what is accepted lands in the next slot or never.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wishes {
    skip_preflight: bool,
}

impl Door<'_> {
    pub(super) fn send_transaction(&mut self, params: &Params) -> Result<Value, RpcError> {
        let text: String = params.required(0)?;
        let config: Config = params.optional(1)?;
        let wishes: Wishes = params.optional(1)?;
        let transaction = wire::transaction(&text, config.encoding.as_deref())?;
        self.slot_for(&config)?;
        verify(&transaction)?;
        if !wishes.skip_preflight {
            let simulated = self.simulate(transaction.clone());
            if let Some(err) = simulated.err() {
                return Err(RpcError::preflight(&err.to_string(), simulated.to_json()));
            }
        }
        let signature = transaction.signatures[0].to_string();
        self.chain.submit(transaction);
        Ok(json!(signature))
    }
}

/// Checks every signature of a transaction.
///
/// # Errors
/// When one is not its signer's.
pub(super) fn verify(transaction: &VersionedTransaction) -> Result<(), RpcError> {
    if transaction
        .verify_with_results()
        .into_iter()
        .all(|valid| valid)
    {
        Ok(())
    } else {
        Err(RpcError::signature_verification())
    }
}
