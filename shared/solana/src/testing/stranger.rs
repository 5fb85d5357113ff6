//! Somebody else on the chain.

use ed25519_dalek::{Signer, SigningKey};
use solana_hash::Hash;
use solana_instruction::{AccountMeta, Instruction};
use solana_message::{VersionedMessage, v0};
use solana_pubkey::Pubkey;

use crate::instructions::SYSTEM_PROGRAM;

/// The number of `Transfer` among the system program's instructions.
const TRANSFER: u32 = 2;

/// The transaction of one of them that sends some lamports to an address.
pub(super) fn transfer(nth: u16, to: Pubkey, blockhash: Hash) -> Vec<u8> {
    let mut seed = [66; 32];
    seed[..2].copy_from_slice(&nth.to_le_bytes());
    let key = SigningKey::from_bytes(&seed);
    let from = Pubkey::new_from_array(key.verifying_key().to_bytes());
    let lamports = 890_880u64;
    let instruction = Instruction {
        program_id: SYSTEM_PROGRAM,
        accounts: vec![AccountMeta::new(from, true), AccountMeta::new(to, false)],
        data: [&TRANSFER.to_le_bytes()[..], &lamports.to_le_bytes()].concat(),
    };
    let message = v0::Message::try_compile(&from, &[instruction], &[], blockhash);
    let message = VersionedMessage::V0(message.expect("a message")).serialize();
    let signature = key.sign(&message).to_bytes();
    [&[1], &signature[..], &message].concat()
}
