//! Trying a transaction without sending it.

use litesvm::types::{FailedTransactionMetadata, SimulatedTransactionInfo};
use serde::Deserialize;
use serde_json::{Value, json};
use solana_account::Account;
use solana_address::Address;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

use super::error::RpcError;
use super::params::{Config, Params, address};
use super::{Door, wire};
use crate::chain::Commitment;

/// What `simulateTransaction` can be told besides what all methods can.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wishes {
    sig_verify: bool,
    replace_recent_blockhash: bool,
    accounts: Option<WantedAccounts>,
}

#[derive(Deserialize)]
struct WantedAccounts {
    #[serde(default)]
    encoding: Option<String>,
    addresses: Vec<String>,
}

impl Door<'_> {
    pub(super) fn simulate_transaction(&self, params: &Params) -> Result<Value, RpcError> {
        let text: String = params.required(0)?;
        let config: Config = params.optional(1)?;
        let wishes: Wishes = params.optional(1)?;
        let transaction = wire::transaction(&text, config.encoding.as_deref())?;
        self.slot_for(&config)?;
        if wishes.sig_verify {
            if wishes.replace_recent_blockhash {
                let message = "sigVerify may not be used with replaceRecentBlockhash";
                return Err(RpcError::invalid_params(message));
            }
            super::send::verify(&transaction)?;
        }
        let wanted = wishes.accounts.map(|wanted| wanted.read()).transpose()?;
        let simulated = if wishes.replace_recent_blockhash {
            Simulated(self.chain.svm().simulate_transaction(transaction))
        } else {
            self.simulate(transaction)
        };
        let mut value = simulated.to_json();
        if let Some(addresses) = wanted {
            value["accounts"] = self.accounts_after(&simulated, &addresses);
        }
        if wishes.replace_recent_blockhash {
            let block = self.chain.newest(config.commitment);
            value["replacementBlockhash"] = json!({
                "blockhash": block.hash.to_string(),
                "lastValidBlockHeight": block.last_valid_height(),
            });
        }
        // The state that was tried on is the newest, whatever the commitment asked for.
        Ok(self.in_context(Commitment::Processed, &value))
    }

    /// Tries a transaction as it is: with its own blockhash, and not twice.
    pub(super) fn simulate(&self, transaction: VersionedTransaction) -> Simulated {
        let refused = if self.chain.landed(&transaction.signatures[0]).is_some() {
            Some(TransactionError::AlreadyProcessed)
        } else if !self.chain.is_recent(transaction.message.recent_blockhash()) {
            Some(TransactionError::BlockhashNotFound)
        } else {
            None
        };
        Simulated(match refused {
            Some(err) => Err(FailedTransactionMetadata {
                err,
                meta: litesvm::types::TransactionMetadata::default(),
            }),
            None => self.chain.svm().simulate_transaction(transaction),
        })
    }

    /// The accounts that were asked for, as they would be; nulls if the transaction would fail.
    fn accounts_after(&self, simulated: &Simulated, addresses: &[Address]) -> Value {
        let Ok(info) = &simulated.0 else {
            return json!(vec![Value::Null; addresses.len()]);
        };
        let accounts = addresses.iter().map(|address| {
            let changed = info.post_accounts.iter().find(|(key, _)| key == address);
            let account = match changed {
                Some((_, account)) => Some(Account::from(account.clone())),
                None => self.chain.account(address, Commitment::Processed),
            };
            wire::account(account.filter(|account| account.lamports > 0).as_ref())
        });
        Value::Array(accounts.collect())
    }
}

impl WantedAccounts {
    fn read(self) -> Result<Vec<Address>, RpcError> {
        wire::require_base64(self.encoding.as_deref())?;
        self.addresses.iter().map(|text| address(text)).collect()
    }
}

/// How a transaction would end.
pub(super) struct Simulated(Result<SimulatedTransactionInfo, FailedTransactionMetadata>);

impl Simulated {
    /// Why it would fail.
    pub(super) fn err(&self) -> Option<&TransactionError> {
        self.0.as_ref().err().map(|failed| &failed.err)
    }

    /// The value of an answer.
    pub(super) fn to_json(&self) -> Value {
        let meta = match &self.0 {
            Ok(info) => &info.meta,
            Err(failed) => &failed.meta,
        };
        json!({
            "accounts": null,
            "err": self.err(),
            "fee": meta.fee,
            "innerInstructions": null,
            "logs": meta.logs,
            "replacementBlockhash": null,
            "returnData": null,
            "unitsConsumed": meta.compute_units_consumed,
        })
    }
}
