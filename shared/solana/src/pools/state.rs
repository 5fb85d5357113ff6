//! A pool in one slot: what it pays, and the instruction that takes it.

use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use venues::{Pool, Side};

use super::keys::Own;
use super::{Mint, PoolError, PoolKeys, TokenAccount, amm_v4};
use crate::markets::{MarketToken, Markets};

/// One of a pool's tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) mint: Mint,
    pub(super) vault: TokenAccount,
}

/// A pool as its accounts of one slot describe it.
#[derive(Debug)]
pub struct PoolState {
    /// Where it is, and where its accounts are.
    pub keys: PoolKeys,
    /// What it pays.
    pub pool: Box<dyn Pool>,
    /// Its tokens: their programs and decimals, and what their issuers can still do.
    pub mints: [Mint; 2],
    /// What it holds of them. What of that is owed to others is the arithmetic's to know.
    pub vaults: [TokenAccount; 2],
    /// The accounts that a swap names behind the others, by direction: the bin arrays that the
    /// quote knows. Empty where a program has none.
    pub(super) walked: [Vec<Pubkey>; 2],
}

/// Whose swap it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwapUser {
    /// Who signs, and owns both token accounts.
    pub wallet: Pubkey,
    /// The token account that pays.
    pub token_in: Pubkey,
    /// The token account that is paid.
    pub token_out: Pubkey,
}

/// What a swap instruction is made of, whichever program swaps.
pub(super) struct Swap<'a> {
    pub(super) keys: &'a PoolKeys,
    pub(super) user: &'a SwapUser,
    pub(super) side: Side,
    pub(super) amount_in: u64,
    pub(super) min_out: u64,
    pub(super) token_programs: [Pubkey; 2],
}

impl PoolState {
    pub(super) fn new(keys: &PoolKeys, pool: impl Pool + 'static, tokens: [Token; 2]) -> Self {
        PoolState {
            keys: keys.clone(),
            pool: Box::new(pool),
            mints: tokens.map(|token| token.mint),
            vaults: tokens.map(|token| token.vault),
            walked: [vec![], vec![]],
        }
    }

    /// The pool's tokens as the markets file lists them.
    ///
    /// # Errors
    /// [`PoolError::Unlisted`] and [`PoolError::Decimals`] where file and chain disagree.
    pub fn tokens<'m>(&self, markets: &'m Markets) -> Result<[&'m MarketToken; 2], PoolError> {
        Ok([self.listed(0, markets)?, self.listed(1, markets)?])
    }

    fn listed<'m>(&self, index: usize, markets: &'m Markets) -> Result<&'m MarketToken, PoolError> {
        let mint = self.keys.mints[index];
        let token = markets.token_of(&mint).ok_or(PoolError::Unlisted {
            pool: self.keys.pool.address,
            mint,
        })?;
        let on_chain = self.mints[index].decimals;
        if token.decimals != on_chain {
            return Err(PoolError::Decimals {
                symbol: token.symbol.clone(),
                in_file: token.decimals,
                on_chain,
            });
        }
        Ok(token)
    }

    /// Which way a swap goes that sells the token of that mint; `None` when the pool has no such
    /// token.
    pub fn side(&self, mint_in: &Pubkey) -> Option<Side> {
        let [first, second] = &self.keys.mints;
        match mint_in {
            mint if mint == first => Some(Side::Sell),
            mint if mint == second => Some(Side::Buy),
            _ => None,
        }
    }

    /// The instruction that sells exactly `amount_in` base units and fails when it would be paid
    /// less than `min_out`.
    pub fn swap_instruction(
        &self,
        user: &SwapUser,
        side: Side,
        amount_in: u64,
        min_out: u64,
    ) -> Instruction {
        let swap = Swap {
            keys: &self.keys,
            user,
            side,
            amount_in,
            min_out,
            token_programs: self.mints.map(|mint| mint.program),
        };
        let walked = &self.walked[side.token_in()];
        let (mut accounts, data) = match &self.keys.own {
            Own::Cpmm(keys) => keys.swap(&swap),
            Own::AmmV4(keys) => amm_v4::swap(keys, &swap),
            Own::Dlmm(keys) => keys.swap(&swap),
        };
        accounts.extend(walked.iter().copied().map(writable));
        Instruction {
            program_id: self.keys.pool.program_id,
            accounts,
            data,
        }
    }
}

/// An account that the swap changes.
pub(super) fn writable(address: Pubkey) -> AccountMeta {
    AccountMeta::new(address, false)
}

/// An account that the swap only reads.
pub(super) fn readonly(address: Pubkey) -> AccountMeta {
    AccountMeta::new_readonly(address, false)
}

/// The one who signs. That he pays the transaction's fee as well is the transaction's business.
pub(super) fn signer(address: Pubkey) -> AccountMeta {
    AccountMeta::new_readonly(address, true)
}
