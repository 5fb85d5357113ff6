//! Pools of the CPMM program.

use solana_instruction::AccountMeta;
use solana_pubkey::Pubkey;
use venues::raydium::cpmm::{AmmConfig, Pool, PoolState as PoolAccount, swap_base_input_data};

use super::keys::{Opens, Own, Shares, pubkeys, unreadable};
use super::state::{Swap, Token, readonly, signer, writable};
use super::{Account, PoolAddress, PoolError, PoolKeys, PoolState, Role};

/// What only a CPMM pool has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) config: Pubkey,
    observation: Pubkey,
    authority: Pubkey,
}

pub(super) fn describe(pool: &PoolAddress, data: &[u8]) -> Result<PoolKeys, PoolError> {
    let account = PoolAccount::decode(data).map_err(unreadable(Role::Pool, pool.address))?;
    let seeds: &[&[u8]] = &[b"vault_and_lp_mint_auth_seed"];
    Ok(PoolKeys {
        pool: pool.clone(),
        mints: pubkeys(account.mints),
        vaults: pubkeys(account.vaults),
        shares: Some(Shares {
            mint: account.lp_mint.into(),
            issued: account.lp_supply,
        }),
        opens: Opens::at(account.open_time),
        own: Own::Cpmm(Keys {
            config: account.amm_config.into(),
            observation: account.observation.into(),
            authority: Pubkey::find_program_address(seeds, &pool.program_id).0,
        }),
    })
}

impl Keys {
    pub(super) fn state(
        &self,
        keys: &PoolKeys,
        data: &[u8],
        tokens: [Token; 2],
        more: &[Option<Account<'_>>],
    ) -> Result<PoolState, PoolError> {
        let pool = &keys.pool;
        let config = more.first().copied().flatten();
        let config = pool.own_bytes(Role::Config, self.config, config)?;
        let config = AmmConfig::decode(config).map_err(unreadable(Role::Config, self.config))?;
        let account = PoolAccount::decode(data).map_err(unreadable(Role::Pool, pool.address))?;
        let balances = tokens.map(|token| token.vault.amount);
        let pool = Pool::from_accounts(&account, &config, balances);
        Ok(PoolState::new(keys, pool, tokens))
    }

    /// `swap_base_input`, whose accounts [`swap_base_input_data`] lists.
    pub(super) fn swap(&self, swap: &Swap<'_>) -> (Vec<AccountMeta>, Vec<u8>) {
        let (token_in, token_out) = (swap.side.token_in(), swap.side.token_out());
        let (pool, user) = (swap.keys, swap.user);
        let accounts = vec![
            signer(user.wallet),
            readonly(self.authority),
            readonly(self.config),
            writable(pool.pool.address),
            writable(user.token_in),
            writable(user.token_out),
            writable(pool.vaults[token_in]),
            writable(pool.vaults[token_out]),
            readonly(swap.token_programs[token_in]),
            readonly(swap.token_programs[token_out]),
            readonly(pool.mints[token_in]),
            readonly(pool.mints[token_out]),
            writable(self.observation),
        ];
        let data = swap_base_input_data(swap.amount_in, swap.min_out);
        (accounts, data.to_vec())
    }
}
