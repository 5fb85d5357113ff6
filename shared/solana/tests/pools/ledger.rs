//! A chain's accounts, as bytes.

use std::collections::HashMap;

use solana::pools::{Account, PoolAddress, PoolError, PoolKeys, PoolState, SwapUser};
use solana::pools::{Program, TOKEN_PROGRAM};
use solana::testing::accounts::token_account;
pub(crate) use solana::testing::accounts::{SOL, USDC, layout as bytes, mint as mint_bytes};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;

/// An address that is nobody else's.
pub(crate) const fn key(number: u8) -> Pubkey {
    Pubkey::new_from_array([number; 32])
}

pub(crate) const POOL: Pubkey = key(10);
pub(crate) const VAULTS: [Pubkey; 2] = [key(11), key(12)];
pub(crate) const USER: SwapUser = SwapUser {
    wallet: key(20),
    token_in: key(21),
    token_out: key(22),
};

/// Accounts by their addresses: owner and bytes.
#[derive(Clone, Default)]
pub(crate) struct Ledger(pub(crate) HashMap<Pubkey, (Pubkey, Vec<u8>)>);

impl Ledger {
    pub(crate) fn set(&mut self, address: Pubkey, owner: Pubkey, data: Vec<u8>) {
        self.0.insert(address, (owner, data));
    }

    pub(crate) fn get(&self, address: &Pubkey) -> Option<Account<'_>> {
        let (owner, data) = self.0.get(address)?;
        Some(Account {
            owner: *owner,
            data,
        })
    }

    /// SOL and USDC, and vaults that hold so much of them.
    pub(crate) fn with_tokens(vaults: [Pubkey; 2], balances: [u64; 2]) -> Ledger {
        let mut ledger = Ledger::default();
        for (index, mint) in [SOL, USDC].into_iter().enumerate() {
            ledger.set(mint, TOKEN_PROGRAM, mint_bytes([9, 6][index]));
            let vault = vault_bytes(mint, balances[index]);
            ledger.set(vaults[index], TOKEN_PROGRAM, vault);
        }
        ledger
    }

    pub(crate) fn describe(&self, pool: &PoolAddress) -> Result<PoolKeys, PoolError> {
        pool.describe(self.get(&pool.address))
    }

    pub(crate) fn read(&self, keys: &PoolKeys) -> Result<PoolState, PoolError> {
        let addresses = keys.accounts();
        let accounts: Vec<_> = addresses.iter().map(|address| self.get(address)).collect();
        keys.state(&accounts)
    }

    pub(crate) fn state(&self, pool: &PoolAddress) -> Result<PoolState, PoolError> {
        self.read(&self.describe(pool)?)
    }

    /// Changes bytes of an account.
    pub(crate) fn patch(&mut self, address: Pubkey, offset: usize, bytes: &[u8]) {
        let (_, data) = self.0.get_mut(&address).unwrap();
        data[offset..offset + bytes.len()].copy_from_slice(bytes);
    }
}

/// A pool of the program on mainnet.
pub(crate) fn pool(program: Program, address: Pubkey) -> PoolAddress {
    PoolAddress {
        program,
        program_id: program.mainnet_id(),
        address,
        venue: engine::routing::VenueId::new(program.venue()),
    }
}

/// A token account that belongs to nobody in particular.
pub(crate) fn vault_bytes(mint: Pubkey, amount: u64) -> Vec<u8> {
    token_account(mint, key(30), amount)
}

/// How an instruction names an account.
#[derive(Clone, Copy)]
pub(crate) enum As {
    Reads,
    Writes,
    Signs,
}

/// Holds an instruction to its accounts, in their order.
pub(crate) fn names(instruction: &Instruction, expected: &[(As, Pubkey)]) {
    let metas = expected.iter().map(|(how, address)| match how {
        As::Reads => AccountMeta::new_readonly(*address, false),
        As::Writes => AccountMeta::new(*address, false),
        As::Signs => AccountMeta::new_readonly(*address, true),
    });
    assert_eq!(instruction.accounts, metas.collect::<Vec<_>>());
}
