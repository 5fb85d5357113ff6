//! The token account that belongs to a wallet and a mint by its address alone.
//!
//! Layouts: the associated token account program's `CreateIdempotent`.

use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;

use super::SYSTEM_PROGRAM;

/// The associated token account program.
pub const ASSOCIATED_TOKEN_PROGRAM: Pubkey =
    Pubkey::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// The wallet's token account for a mint: the program address of wallet, token program and mint.
pub fn address(wallet: &Pubkey, mint: &Pubkey, token_program: &Pubkey) -> Pubkey {
    let seeds = [wallet.as_ref(), token_program.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN_PROGRAM).0
}

/// Where the mint stands among the accounts of [`create_if_absent`].
pub(crate) const MINT: usize = 3;

/// Creates the wallet's token account for a mint at the wallet's expense. One that exists stays as
/// it is.
pub fn create_if_absent(wallet: &Pubkey, mint: &Pubkey, token_program: &Pubkey) -> Instruction {
    Instruction {
        program_id: ASSOCIATED_TOKEN_PROGRAM,
        accounts: vec![
            AccountMeta::new(*wallet, true),
            AccountMeta::new(address(wallet, mint, token_program), false),
            AccountMeta::new_readonly(*wallet, false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
            AccountMeta::new_readonly(*token_program, false),
        ],
        data: vec![1],
    }
}
