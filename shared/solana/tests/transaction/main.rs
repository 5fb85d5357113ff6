//! What is signed and sent, byte for byte.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod instructions;
mod signing;
mod wallet;

use solana_pubkey::Pubkey;

/// The wallet of the tests: the key of 32 sevens.
pub(crate) const WALLET: Pubkey =
    Pubkey::from_str_const("GmaDrppBC7P5ARKV8g3djiwP89vz1jLK23V2GBjuAEGB");

/// Its key file, as solana-keygen writes one.
pub(crate) fn key_file() -> String {
    let mut numbers = vec![7; 32];
    numbers.extend(WALLET.to_bytes());
    serde_json::to_string(&numbers).unwrap()
}
