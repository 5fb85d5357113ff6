//! Accounts' bytes as their programs write them.

use solana_pubkey::Pubkey;

use crate::{
    pools::{Mint, TOKEN_PROGRAM, TokenAccount},
    rpc::Account,
};

/// SOL as a token.
pub const SOL: Pubkey = Pubkey::from_str_const("So11111111111111111111111111111111111111112");
/// The dollar that most pools trade it for.
pub const USDC: Pubkey = Pubkey::from_str_const("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");

/// An account's bytes: the discriminator, and fields at their offsets.
pub fn layout(length: usize, discriminator: &[u8], fields: &[(usize, &[u8])]) -> Vec<u8> {
    let mut data = vec![0; length];
    data[..discriminator.len()].copy_from_slice(discriminator);
    for (offset, field) in fields {
        data[*offset..offset + field.len()].copy_from_slice(field);
    }
    data
}

/// A mint without authorities.
pub fn mint(decimals: u8) -> Vec<u8> {
    let supply = 1_000_000u64.to_le_bytes();
    layout(Mint::LENGTH, &[], &[(36, &supply), (44, &[decimals, 1])])
}

/// A token account.
pub fn token_account(mint: Pubkey, owner: Pubkey, amount: u64) -> Vec<u8> {
    let fields: [(usize, &[u8]); 4] = [
        (0, mint.as_ref()),
        (32, owner.as_ref()),
        (64, &amount.to_le_bytes()),
        (108, &[1]),
    ];
    layout(TokenAccount::LENGTH, &[], &fields)
}

/// A pool of the CPMM program that trades SOL for USDC.
#[derive(Clone, Copy, Debug)]
pub struct CpmmPool {
    /// The program.
    pub program_id: Pubkey,
    /// The pool.
    pub address: Pubkey,
    /// Its fees.
    pub config: Pubkey,
    /// Its former prices.
    pub observation: Pubkey,
    /// Its token accounts.
    pub vaults: [Pubkey; 2],
    /// What is in them.
    pub balances: [u64; 2],
    /// The rates of trade, protocol and fund, in millionths.
    pub rates: [u64; 3],
}

impl CpmmPool {
    /// Everything that a quote reads.
    pub fn accounts(&self) -> Vec<(Pubkey, Account)> {
        let token_program = TOKEN_PROGRAM.to_bytes();
        let fields: [(usize, &[u8]); 9] = [
            (8, self.config.as_ref()),
            (72, self.vaults[0].as_ref()),
            (104, self.vaults[1].as_ref()),
            (168, SOL.as_ref()),
            (200, USDC.as_ref()),
            (232, &token_program),
            (264, &token_program),
            (296, self.observation.as_ref()),
            (331, &[9, 6]),
        ];
        let state = layout(637, &[247, 237, 227, 245, 215, 195, 222, 70], &fields);
        let [trade, protocol, fund] = self.rates.map(u64::to_le_bytes);
        let fields: [(usize, &[u8]); 3] = [(12, &trade), (20, &protocol), (28, &fund)];
        let config = layout(236, &[218, 244, 33, 104, 203, 203, 43, 111], &fields);
        let vault = |mint, amount| token_account(mint, self.address, amount);
        vec![
            (self.address, account(self.program_id, state)),
            (self.config, account(self.program_id, config)),
            (SOL, account(TOKEN_PROGRAM, mint(9))),
            (USDC, account(TOKEN_PROGRAM, mint(6))),
            (
                self.vaults[0],
                account(TOKEN_PROGRAM, vault(SOL, self.balances[0])),
            ),
            (
                self.vaults[1],
                account(TOKEN_PROGRAM, vault(USDC, self.balances[1])),
            ),
        ]
    }
}

/// An account with a balance that lasts.
pub(super) fn account(owner: Pubkey, data: Vec<u8>) -> Account {
    Account {
        owner,
        lamports: 10_000_000,
        data,
    }
}
