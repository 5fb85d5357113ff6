//! Instructions of the System, SPL Token and Associated Token programs.

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use super::TOKEN;

/// The program of accounts without one.
pub(crate) const SYSTEM: Address = Address::new_from_array([0; 32]);
/// The program that gives each wallet one account of a token.
pub(crate) const ASSOCIATED_TOKEN: Address =
    Address::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// Bytes of a mint and of a token account.
pub(crate) const MINT_LENGTH: usize = 82;
pub(crate) const ACCOUNT_LENGTH: usize = 165;

/// Makes an account with so many bytes, all zero. Both sign.
pub(crate) fn create_account(
    payer: Address,
    account: Address,
    lamports: u64,
    bytes: usize,
    owner: Address,
) -> Instruction {
    let mut data = vec![0; 4];
    data.extend(lamports.to_le_bytes());
    data.extend((bytes as u64).to_le_bytes());
    data.extend(owner.as_ref());
    Instruction {
        program_id: SYSTEM,
        accounts: vec![
            AccountMeta::new(payer, true),
            AccountMeta::new(account, true),
        ],
        data,
    }
}

/// Makes a mint of an account. One authority for both, unless nobody is to freeze accounts.
pub(crate) fn initialize_mint(
    mint: Address,
    decimals: u8,
    authority: Address,
    freezes: bool,
) -> Instruction {
    let mut data = vec![20, decimals];
    data.extend(authority.as_ref());
    data.push(u8::from(freezes));
    if freezes {
        data.extend(authority.as_ref());
    }
    token(data, vec![AccountMeta::new(mint, false)])
}

/// Makes a token account of an account.
pub(crate) fn initialize_account(account: Address, mint: Address, owner: Address) -> Instruction {
    let mut data = vec![18];
    data.extend(owner.as_ref());
    let accounts = vec![
        AccountMeta::new(account, false),
        AccountMeta::new_readonly(mint, false),
    ];
    token(data, accounts)
}

/// Makes more of a token; its authority signs.
pub(crate) fn mint_to(mint: Address, to: Address, authority: Address, amount: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(mint, false),
        AccountMeta::new(to, false),
        AccountMeta::new_readonly(authority, true),
    ];
    token(with_amount(7, amount), accounts)
}

/// Destroys tokens; their owner signs.
pub(crate) fn burn(from: Address, mint: Address, owner: Address, amount: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(from, false),
        AccountMeta::new(mint, false),
        AccountMeta::new_readonly(owner, true),
    ];
    token(with_amount(8, amount), accounts)
}

/// Takes from everybody, for ever, the power to make more of a token; who has it signs.
pub(crate) fn revoke_minting(mint: Address, authority: Address) -> Instruction {
    let accounts = vec![
        AccountMeta::new(mint, false),
        AccountMeta::new_readonly(authority, true),
    ];
    token(vec![6, 0, 0], accounts)
}

/// Makes a wallet's account of a token, unless there is one. The payer signs.
pub(crate) fn create_associated(
    payer: Address,
    account: Address,
    wallet: Address,
    mint: Address,
) -> Instruction {
    Instruction {
        program_id: ASSOCIATED_TOKEN,
        accounts: vec![
            AccountMeta::new(payer, true),
            AccountMeta::new(account, false),
            AccountMeta::new_readonly(wallet, false),
            AccountMeta::new_readonly(mint, false),
            AccountMeta::new_readonly(SYSTEM, false),
            AccountMeta::new_readonly(TOKEN, false),
        ],
        data: vec![1],
    }
}

fn with_amount(tag: u8, amount: u64) -> Vec<u8> {
    [&[tag], &amount.to_le_bytes()[..]].concat()
}

fn token(data: Vec<u8>, accounts: Vec<AccountMeta>) -> Instruction {
    Instruction {
        program_id: TOKEN,
        accounts,
        data,
    }
}
