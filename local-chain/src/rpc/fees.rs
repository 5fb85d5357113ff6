//! What transactions paid to be executed sooner.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use solana_address::Address;

use super::Door;
use super::error::RpcError;
use super::params::Params;
use crate::chain::{Commitment, Landed};

/// How many slots are answered.
const SLOTS: u64 = 150;
/// How many addresses can be asked about at once.
const MAX_ADDRESSES: usize = 128;
const COMPUTE_BUDGET: Address =
    Address::from_str_const("ComputeBudget111111111111111111111111111111");
/// First byte of the instruction that sets the price of a compute unit.
const SET_PRICE: u8 = 3;

impl Door<'_> {
    /// For each recent slot the lowest price, in micro-lamports for a compute unit, of a
    /// transaction that writes all the given accounts; 0 where there was none.
    pub(super) fn prioritization_fees(&self, params: &Params) -> Result<Value, RpcError> {
        let texts: Option<Vec<String>> = params.optional(0)?;
        let texts = texts.unwrap_or_default();
        if texts.len() > MAX_ADDRESSES {
            let message = format!("Too many inputs provided; max {MAX_ADDRESSES}");
            return Err(RpcError::invalid_params(message));
        }
        let addresses = texts.iter().map(|text| super::params::address(text));
        let addresses = addresses.collect::<Result<Vec<_>, _>>()?;
        let mut lowest: BTreeMap<u64, u64> = BTreeMap::new();
        let landed = self.chain.landed_since(SLOTS);
        for landed in landed.filter(|landed| writes_all(landed, &addresses)) {
            let price = price(landed);
            let slot = lowest.entry(landed.slot).or_insert(price);
            *slot = price.min(*slot);
        }
        let newest = self.chain.newest(Commitment::Processed).slot;
        let slots = newest + 1 - SLOTS..=newest; // the chain begins with a higher slot
        let fees = slots.map(|slot| {
            let fee = lowest.get(&slot).copied().unwrap_or(0);
            json!({"prioritizationFee": fee, "slot": slot})
        });
        Ok(fees.collect())
    }
}

fn writes_all(landed: &Landed, addresses: &[Address]) -> bool {
    let message = &landed.transaction.message;
    let keys = message.static_account_keys();
    addresses.iter().all(|address| {
        let index = keys.iter().position(|key| key == address);
        index.is_some_and(|index| message.is_maybe_writable(index, None))
    })
}

/// The price that a transaction sets for its compute units.
fn price(landed: &Landed) -> u64 {
    let message = &landed.transaction.message;
    let keys = message.static_account_keys();
    let mut prices = message.instructions().iter().filter_map(|instruction| {
        let program = keys.get(usize::from(instruction.program_id_index))?;
        let bytes = instruction.data.strip_prefix(&[SET_PRICE])?;
        let price = u64::from_le_bytes(bytes.try_into().ok()?);
        (*program == COMPUTE_BUDGET).then_some(price)
    });
    prices.next().unwrap_or(0)
}
