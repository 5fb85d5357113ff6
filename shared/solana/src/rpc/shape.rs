//! The shapes that several answers are made of.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de::Error};
use solana_pubkey::Pubkey;

/// An answer, and the slot that it is of.
#[derive(Deserialize)]
pub(super) struct Context<T> {
    context: Slot,
    pub(super) value: T,
}

#[derive(Deserialize)]
struct Slot {
    slot: u64,
}

impl<T> Context<T> {
    pub(super) fn slot(&self) -> u64 {
        self.context.slot
    }
}

/// A value that is written as a text: an address in base58, an amount in decimal digits.
pub(super) struct Text<T>(pub(super) T);

impl<'de, T: FromStr> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let value = text.parse().map_err(|_| D::Error::custom("unreadable"))?;
        Ok(Self(value))
    }
}

/// Addresses as parameters have them.
pub(super) fn texts(keys: &[Pubkey]) -> Vec<String> {
    keys.iter().map(Pubkey::to_string).collect()
}
