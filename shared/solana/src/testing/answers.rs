//! What a well-behaved node answers, and one that lies.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use solana_pubkey::Pubkey;

use super::{
    chain::ScriptedChain,
    fault::Fault,
    height::{LIFE, blockhash, height_of},
    wire,
};

/// An error as JSON-RPC has it.
pub(super) struct Refusal(pub(super) i64, pub(super) &'static str);

const INVALID_PARAMS: Refusal = Refusal(-32602, "Invalid params");

/// The answer to one question, as of the newest final slot, or as a fault has it.
pub(super) fn answer(
    chain: &ScriptedChain,
    method: &str,
    params: &Value,
    fault: Option<&Fault>,
) -> Result<Value, Refusal> {
    let lag = match fault {
        Some(Fault::Behind(slots)) => *slots,
        _ => 0,
    };
    let question = Question {
        chain,
        params,
        slot: chain.slot() - lag,
        knows: fault != Some(&Fault::Nothing),
        names_slots: fault == Some(&Fault::SlotForHeight),
    };
    if lag == 0 {
        question.has_reached_min_context_slot()?;
    }
    match method {
        "getGenesisHash" => Ok(json!(chain.state().genesis.to_string())),
        "getSlot" => Ok(json!(question.slot)),
        "getBlocksWithLimit" => question.blocks(),
        "getBlock" => question.block(),
        "getBlockHeight" => Ok(json!(question.height())),
        "getLatestBlockhash" => Ok(question.latest_blockhash()),
        "getMultipleAccounts" => question.accounts(),
        "getMinimumBalanceForRentExemption" => question.rent(),
        "getRecentPrioritizationFees" => Ok(question.fees()),
        "getSignatureStatuses" => question.statuses(),
        "getTransaction" => question.transaction(),
        "getSignaturesForAddress" => question.history(),
        "simulateTransaction" => question.simulation(),
        "sendTransaction" => question.send(fault == Some(&Fault::Forget)),
        _ => Err(Refusal(-32601, "Method not found")),
    }
}

struct Question<'a> {
    chain: &'a ScriptedChain,
    params: &'a Value,
    slot: u64,
    knows: bool,
    names_slots: bool,
}

impl Question<'_> {
    fn has_reached_min_context_slot(&self) -> Result<(), Refusal> {
        let params = self.params.as_array().into_iter().flatten();
        let mut wanted = params.filter_map(|param| param.get("minContextSlot")?.as_u64());
        if wanted.any(|slot| slot > self.slot + 1) {
            return Err(Refusal(-32016, "Minimum context slot has not been reached"));
        }
        Ok(())
    }

    fn at(&self, slot: u64, value: Value) -> Value {
        json!({ "context": { "slot": slot, "apiVersion": "3.0.0" }, "value": value })
    }

    fn height(&self) -> u64 {
        if self.names_slots {
            self.slot
        } else {
            height_of(self.slot)
        }
    }

    fn latest_blockhash(&self) -> Value {
        let value = json!({
            "blockhash": blockhash(height_of(self.slot)).to_string(),
            "lastValidBlockHeight": self.height() + LIFE,
        });
        self.at(self.slot, value)
    }

    fn blocks(&self) -> Result<Value, Refusal> {
        let number = |index: usize| self.params[index].as_u64().ok_or(INVALID_PARAMS);
        let (begin, limit) = (number(0)?, number(1)?);
        let state = self.chain.state();
        let slots = state.blocks.keys().copied();
        let slots = slots.filter(|slot| (begin..=self.slot).contains(slot));
        Ok(slots.take(usize::try_from(limit).unwrap_or(0)).collect())
    }

    fn block(&self) -> Result<Value, Refusal> {
        let slot = self.params[0].as_u64().ok_or(INVALID_PARAMS)?;
        if self.params[1]["maxSupportedTransactionVersion"].is_null() {
            return Err(Refusal(-32015, "Transaction version (0) is not supported"));
        }
        if slot > self.slot {
            return Err(Refusal(-32004, "Block not available"));
        }
        let skipped = Refusal(-32007, "Slot was skipped, or missing due to ledger jump");
        self.chain.state().blocks.get(&slot).cloned().ok_or(skipped)
    }

    fn accounts(&self) -> Result<Value, Refusal> {
        let keys = keys(&self.params[0])?;
        if keys.len() > 100 {
            return Err(Refusal(-32602, "Too many inputs provided; max 100"));
        }
        let state = self.chain.state();
        let account = |key| state.account(key).filter(|_| self.knows).map(wire::account);
        let accounts: Vec<Option<Value>> = keys.iter().map(account).collect();
        Ok(self.at(self.slot, json!(accounts)))
    }

    fn rent(&self) -> Result<Value, Refusal> {
        /// What is charged beside an account's bytes.
        const OVERHEAD: u64 = 128;
        let length = self.params[0].as_u64().ok_or(INVALID_PARAMS)?;
        Ok(json!(
            (OVERHEAD + length) * self.chain.state().lamports_per_byte
        ))
    }

    fn fees(&self) -> Value {
        let fees = self.chain.state().fees.clone();
        let fee = |(before, fee)| json!({ "slot": self.slot - before, "prioritizationFee": fee });
        (0..).zip(fees).map(fee).collect()
    }

    /// The block after the final one is processed.
    fn statuses(&self) -> Result<Value, Refusal> {
        let signatures = self.params[0].as_array().ok_or(INVALID_PARAMS)?;
        let processed = self.slot + 1;
        let state = self.chain.state();
        let status = |signature: &Value| {
            let landed = state.landed(signature.as_str()?, processed);
            let landed = landed.filter(|_| self.knows)?;
            let slot = landed.slot?;
            let is_final = slot <= self.slot;
            let error = wire::executed(&landed.opened, &landed.landing, slot)["meta"]["err"].take();
            Some(json!({
                "slot": slot,
                "confirmations": if is_final { json!(null) } else { json!(1) },
                "confirmationStatus": if is_final { "finalized" } else { "processed" },
                "err": error,
            }))
        };
        let statuses: Vec<Option<Value>> = signatures.iter().map(status).collect();
        Ok(self.at(processed, json!(statuses)))
    }

    fn transaction(&self) -> Result<Value, Refusal> {
        let signature = self.params[0].as_str().ok_or(INVALID_PARAMS)?;
        if self.params[1]["maxSupportedTransactionVersion"].is_null() {
            return Err(Refusal(-32015, "Transaction version (0) is not supported"));
        }
        let state = self.chain.state();
        let landed = state.landed(signature, self.slot);
        let executed = landed.filter(|_| self.knows).and_then(|landed| {
            let mut executed = wire::executed(&landed.opened, &landed.landing, landed.slot?);
            if self.params[1]["encoding"] == "base64" {
                let bytes = STANDARD.encode(&landed.sent.bytes);
                executed["transaction"] = json!([bytes, "base64"]);
            }
            let keys = landed.opened.message.static_account_keys().iter();
            let balances = |held: &[Pubkey]| {
                let balance = |key| u64::from(held.contains(key)) * 890_880;
                keys.clone().map(balance).collect()
            };
            executed["meta"]["preBalances"] = balances(&landed.held_before);
            executed["meta"]["postBalances"] = balances(&landed.held_after);
            Some(executed)
        });
        Ok(executed.unwrap_or_default())
    }

    /// The newest first.
    fn history(&self) -> Result<Value, Refusal> {
        let key = self.params[0].as_str().and_then(|key| key.parse().ok());
        let key: Pubkey = key.ok_or(INVALID_PARAMS)?;
        let state = self.chain.state();
        let config = &self.params[1];
        let before = config["before"].as_str();
        let limit = config["limit"].as_u64().unwrap_or(1_000);
        let mut landed = state.naming(&key, self.slot);
        if let Some(before) = before {
            landed.find(|landed| landed.opened.signature == before);
        }
        let landed = landed.take(usize::try_from(limit).unwrap_or(0));
        let landed = landed.filter(|_| self.knows).map(|landed| {
            let error = wire::executed(&landed.opened, &landed.landing, 0)["meta"]["err"].take();
            json!({
                "signature": landed.opened.signature,
                "slot": landed.slot,
                "err": error,
                "confirmationStatus": "finalized",
            })
        });
        Ok(landed.collect())
    }

    fn simulation(&self) -> Result<Value, Refusal> {
        let simulated = self.chain.simulate(&bytes(&self.params[0])?);
        let addresses = &self.params[1]["accounts"]["addresses"];
        let state = self.chain.state();
        let account = |key: &Pubkey| {
            let mut written = simulated.accounts.iter();
            let written = written.find(|(account, _)| account == key);
            let account = written.map(|(_, account)| account);
            account.or(state.account(key)).map(wire::account)
        };
        let accounts: Value = if addresses.is_null() || simulated.error.is_some() {
            Value::Null
        } else {
            keys(addresses)?.iter().map(account).collect()
        };
        let value = json!({
            "err": simulated.error,
            "logs": simulated.logs,
            "unitsConsumed": simulated.units_consumed,
            "accounts": accounts,
        });
        Ok(self.at(self.slot, value))
    }

    fn send(&self, forget: bool) -> Result<Value, Refusal> {
        let bytes = bytes(&self.params[0])?;
        let opened = wire::open(&bytes).ok_or(INVALID_PARAMS)?;
        if !opened.is_signed {
            return Err(Refusal(
                -32003,
                "Transaction signature verification failure",
            ));
        }
        if forget {
            return Ok(json!(opened.signature));
        }
        Ok(json!(self.chain.take(&bytes, opened)))
    }
}

fn bytes(param: &Value) -> Result<Vec<u8>, Refusal> {
    let text = param.as_str().ok_or(INVALID_PARAMS)?;
    STANDARD.decode(text).map_err(|_| INVALID_PARAMS)
}

fn keys(param: &Value) -> Result<Vec<Pubkey>, Refusal> {
    let texts = param.as_array().ok_or(INVALID_PARAMS)?.iter();
    let key = |text: &Value| text.as_str()?.parse().ok();
    texts.map(|text| key(text).ok_or(INVALID_PARAMS)).collect()
}
