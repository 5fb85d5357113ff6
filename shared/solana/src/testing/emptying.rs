//! Transactions that empty markers.

use serde_json::{Value, json};
use solana_message::VersionedMessage;
use solana_pubkey::Pubkey;

use super::chain::ScriptedChain;
use crate::{instructions::SYSTEM_PROGRAM, rpc::Account};

/// The number of `TransferWithSeed` among the system program's instructions.
const TRANSFER_WITH_SEED: [u8; 4] = [11, 0, 0, 0];

/// The system program's code for an account that holds too little.
const LACKS_LAMPORTS: u32 = 1;

/// What a signature costs.
const FEE: u64 = 5_000;

/// Accounts as they are afterwards; `None` for one that is gone.
pub(super) type Written = Vec<(Pubkey, Option<Account>)>;

/// Whether a message does nothing but move lamports from seeded accounts.
pub(super) fn is_emptying(message: &VersionedMessage) -> bool {
    let keys = message.static_account_keys();
    message.instructions().iter().all(|instruction| {
        keys[usize::from(instruction.program_id_index)] == SYSTEM_PROGRAM
            && instruction.data.starts_with(&TRANSFER_WITH_SEED)
    })
}

/// The accounts after it: those that are emptied, and the wallet's own.
pub(super) fn emptied(chain: &ScriptedChain, message: &VersionedMessage) -> Result<Written, Value> {
    let keys = message.static_account_keys();
    let wallet = keys[0];
    let mut own = chain.account(&wallet).ok_or(json!("AccountNotFound"))?;
    own.lamports -= FEE;
    let mut after = Vec::new();
    for (index, instruction) in message.instructions().iter().enumerate() {
        let custom = json!({ "InstructionError": [index, { "Custom": LACKS_LAMPORTS }] });
        let from = keys[usize::from(instruction.accounts[0])];
        let lamports = instruction.data[4..12].try_into().map(u64::from_le_bytes);
        let lamports = lamports.map_err(|_| custom.clone())?;
        let account = chain.account(&from);
        let mut account = account
            .filter(|account| account.lamports >= lamports)
            .ok_or(custom)?;
        account.lamports -= lamports;
        own.lamports += lamports;
        after.push((from, Some(account).filter(|account| account.lamports > 0)));
    }
    after.push((wallet, Some(own)));
    Ok(after)
}
