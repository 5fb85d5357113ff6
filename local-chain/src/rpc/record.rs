//! The record of a transaction: `getTransaction`.

use serde::Deserialize;
use serde_json::{Value, json};
use solana_message::VersionedMessage;
use solana_message::compiled_instruction::CompiledInstruction;
use solana_transaction::versioned::{TransactionVersion, VersionedTransaction};

use super::Door;
use super::error::RpcError;
use super::params::{Config, Params, signature};
use super::statuses::outcome;
use crate::chain::{Commitment, Landed, TokenBalance};

/// What `getTransaction` can be told besides what all methods can.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wishes {
    max_supported_transaction_version: Option<u8>,
}

impl Door<'_> {
    pub(super) fn transaction(&self, params: &Params) -> Result<Value, RpcError> {
        let signature = signature(&params.required::<String>(0)?)?;
        let config: Config = params.optional(1)?;
        let wishes: Wishes = params.optional(1)?;
        if config.commitment == Commitment::Processed {
            let message = "Method does not support commitment below `confirmed`";
            return Err(RpcError::invalid_params(message));
        }
        if !matches!(config.encoding.as_deref(), None | Some("json")) {
            let message =
                "Invalid params: this chain answers transactions with encoding json only.";
            return Err(RpcError::invalid_params(message));
        }
        let slot = self.slot_for(&config)?;
        let landed = self.chain.landed(&signature);
        let Some(landed) = landed.filter(|landed| landed.slot <= slot) else {
            return Ok(Value::Null);
        };
        let mut answer = versioned(landed, wishes.max_supported_transaction_version)?;
        answer["blockTime"] = json!(landed.time);
        answer["slot"] = json!(landed.slot);
        Ok(answer)
    }
}

/// A transaction and what it did, for a client that knows the versions up to `version`.
pub(super) fn versioned(landed: &Landed, version: Option<u8>) -> Result<Value, RpcError> {
    let mut answer = json!({
        "meta": meta(landed),
        "transaction": transaction(&landed.transaction),
    });
    match (version, landed.transaction.version()) {
        (Some(_), version) => answer["version"] = json!(version),
        (None, TransactionVersion::Legacy(_)) => {}
        (None, TransactionVersion::Number(number)) => {
            return Err(RpcError::unsupported_version(number));
        }
    }
    Ok(answer)
}

fn meta(landed: &Landed) -> Value {
    let tokens = |balances: &[TokenBalance]| balances.iter().map(token_balance).collect::<Value>();
    json!({
        "computeUnitsConsumed": landed.units,
        "err": landed.err,
        "fee": landed.fee,
        "innerInstructions": inner(landed),
        "loadedAddresses": {"readonly": [], "writable": []},
        "logMessages": landed.logs,
        "postBalances": landed.after.lamports,
        "postTokenBalances": tokens(&landed.after.tokens),
        "preBalances": landed.before.lamports,
        "preTokenBalances": tokens(&landed.before.tokens),
        "rewards": [],
        "status": outcome(landed),
    })
}

/// What instructions asked of other programs; those that asked nothing are left out.
fn inner(landed: &Landed) -> Value {
    let lists = landed.inner.iter().enumerate();
    let asked = lists.filter(|(_, list)| !list.is_empty());
    let lists = asked.map(|(index, list)| {
        let called = list.iter();
        let called = called.map(|inner| instruction(&inner.instruction, inner.stack_height));
        json!({"index": index, "instructions": called.collect::<Value>()})
    });
    lists.collect()
}

fn instruction(called: &CompiledInstruction, stack_height: u8) -> Value {
    json!({
        "accounts": called.accounts,
        "data": bs58::encode(&called.data).into_string(),
        "programIdIndex": called.program_id_index,
        "stackHeight": stack_height,
    })
}

fn token_balance(balance: &TokenBalance) -> Value {
    let text = decimal(balance.amount, balance.decimals);
    // For people only; a node gives it as a float as well.
    let number: Option<f64> = text.parse().ok();
    json!({
        "accountIndex": balance.index,
        "mint": balance.mint.to_string(),
        "owner": balance.owner.to_string(),
        "programId": balance.program.to_string(),
        "uiTokenAmount": {
            "amount": balance.amount.to_string(),
            "decimals": balance.decimals,
            "uiAmount": number,
            "uiAmountString": text,
        },
    })
}

/// Base units as a decimal number without trailing zeros.
fn decimal(amount: u64, decimals: u8) -> String {
    let width = usize::from(decimals) + 1;
    let digits = format!("{amount:0width$}");
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(decimals));
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

fn transaction(transaction: &VersionedTransaction) -> Value {
    let message = &transaction.message;
    let header = message.header();
    let texts = |keys: &[solana_address::Address]| -> Value {
        keys.iter().map(ToString::to_string).collect()
    };
    let instructions = message.instructions().iter();
    let instructions = instructions.map(|called| instruction(called, 1));
    let mut fields = json!({
        "accountKeys": texts(message.static_account_keys()),
        "header": {
            "numReadonlySignedAccounts": header.num_readonly_signed_accounts,
            "numReadonlyUnsignedAccounts": header.num_readonly_unsigned_accounts,
            "numRequiredSignatures": header.num_required_signatures,
        },
        "instructions": instructions.collect::<Value>(),
        "recentBlockhash": message.recent_blockhash().to_string(),
    });
    if !matches!(message, VersionedMessage::Legacy(_)) {
        fields["addressTableLookups"] = json!([]);
    }
    let signatures = transaction.signatures.iter().map(ToString::to_string);
    json!({"message": fields, "signatures": signatures.collect::<Value>()})
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn base_units_are_shown_as_decimals() {
        assert_eq!(decimal(1_500_000, 6), "1.5");
        assert_eq!(decimal(1, 9), "0.000000001");
        assert_eq!(decimal(2_000_000, 6), "2");
        assert_eq!(decimal(0, 6), "0");
        assert_eq!(decimal(7, 0), "7");
    }
}
