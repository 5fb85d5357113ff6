//! Which accounts a pool's quote is made of.

use solana_pubkey::Pubkey;
use venues::DecodeError;

use super::state::Token;
use super::{
    Account, Mint, PoolAddress, PoolError, PoolState, Program, Role, TokenAccount, amm_v4, cpmm,
    dlmm,
};

/// What a pool's own account says about where the rest of it is. Pairs are the first token's value,
/// then the second's, as [`venues::Side`] counts them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolKeys {
    /// The pool.
    pub pool: PoolAddress,
    /// The tokens that it trades.
    pub mints: [Pubkey; 2],
    /// The token accounts that hold them.
    pub vaults: [Pubkey; 2],
    /// What stands for its liquidity; `None` where each provider's part is an account of its own.
    pub shares: Option<Shares>,
    /// From when on it can be swapped in.
    pub opens: Opens,
    /// What only this program's pools have.
    pub(super) own: Own,
}

/// Shares in a pool's liquidity, which are tokens: whoever burns his own leaves it in the pool for
/// ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// Their mint.
    pub mint: Pubkey,
    /// How many the pool has issued and not taken back, those that were burned among them.
    pub issued: u64,
}

impl Shares {
    /// Whether all of them are burned, as the mint has it; a hundredth may be left, for no creator
    /// takes a pool away with that. Shares that somebody keeps locked are not burned.
    pub fn are_burned(&self, mint: &Mint) -> bool {
        u128::from(mint.supply) * 100 <= u128::from(self.issued) && self.issued > 0
    }
}

/// From when on a pool can be swapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// From this unix time on, in seconds; 0 or less is always.
    At(i64),
    /// From this slot on.
    AtSlot(u64),
}

impl Opens {
    /// From that unix time on. One that no clock reaches is the end of time.
    pub(super) fn at(seconds: u64) -> Self {
        Self::At(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}

/// What only one program's pools have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Own {
    Cpmm(cpmm::Keys),
    AmmV4(amm_v4::Keys),
    Dlmm(dlmm::Keys),
}

/// How many accounts stand before those that only one program's pools have.
const COMMON: usize = 5;

impl PoolAddress {
    /// Reads the pool's own account.
    ///
    /// # Errors
    /// [`PoolError`] for an account that does not exist, belongs to another program, has another
    /// layout, or names what cannot be traded.
    pub fn describe(&self, account: Option<Account<'_>>) -> Result<PoolKeys, PoolError> {
        let data = self.own_bytes(Role::Pool, self.address, account)?;
        match self.program {
            Program::Cpmm => cpmm::describe(self, data),
            Program::AmmV4 => amm_v4::describe(self, data),
            Program::Dlmm => dlmm::describe(self, data),
        }
    }

    /// The bytes of an account that must belong to the pool's program.
    pub(super) fn own_bytes<'a>(
        &self,
        role: Role,
        address: Pubkey,
        account: Option<Account<'a>>,
    ) -> Result<&'a [u8], PoolError> {
        let account = account.ok_or(PoolError::Missing { role, address })?;
        if account.owner != self.program_id {
            return Err(PoolError::Owner {
                role,
                address,
                owner: account.owner,
                expected: self.program_id,
            });
        }
        Ok(account.data)
    }
}

impl PoolKeys {
    /// What to read for a quote, all of it in one slot: the pool's own account again, its vaults,
    /// its mints, and what only this program's pools have. At most 13 accounts.
    pub fn accounts(&self) -> Vec<Pubkey> {
        let [vault_0, vault_1] = self.vaults;
        let [mint_0, mint_1] = self.mints;
        let mut accounts = vec![self.pool.address, vault_0, vault_1, mint_0, mint_1];
        accounts.extend(match &self.own {
            Own::Cpmm(keys) => vec![keys.config],
            Own::AmmV4(_) => vec![],
            Own::Dlmm(keys) => keys.arrays(),
        });
        accounts
    }

    /// The pool as its accounts of one slot describe it; they stand in the order of
    /// [`PoolKeys::accounts`].
    ///
    /// # Errors
    /// [`PoolError::Moved`] when the pool names other accounts than these keys do; any other
    /// [`PoolError`] for accounts that no quote can be made of.
    pub fn state(&self, accounts: &[Option<Account<'_>>]) -> Result<PoolState, PoolError> {
        let account = |index: usize| accounts.get(index).copied().flatten();
        let fresh = self.pool.describe(account(0))?;
        if fresh.accounts() != self.accounts() {
            return Err(PoolError::Moved(Box::new(fresh)));
        }
        let data = self
            .pool
            .own_bytes(Role::Pool, self.pool.address, account(0))?;
        let tokens = [
            fresh.token(0, account(1), account(3))?,
            fresh.token(1, account(2), account(4))?,
        ];
        let more = accounts.get(COMMON..).unwrap_or_default();
        match &fresh.own {
            Own::Cpmm(keys) => keys.state(&fresh, data, tokens, more),
            Own::AmmV4(_) => amm_v4::state(&fresh, data, tokens),
            Own::Dlmm(keys) => keys.state(&fresh, data, tokens, more),
        }
    }

    fn token(
        &self,
        index: usize,
        vault: Option<Account<'_>>,
        mint: Option<Account<'_>>,
    ) -> Result<Token, PoolError> {
        let (vault_address, expected) = (self.vaults[index], self.mints[index]);
        let mint = Mint::read(expected, mint)?;
        let vault = TokenAccount::read(Role::Vault, vault_address, vault)?;
        if vault.mint != expected {
            return Err(PoolError::VaultMint {
                vault: vault_address,
                found: vault.mint,
                expected,
            });
        }
        if vault.frozen {
            return Err(PoolError::Frozen(vault_address));
        }
        Ok(Token { mint, vault })
    }
}

/// The error of an account whose bytes are not what the program writes.
pub(super) fn unreadable(role: Role, address: Pubkey) -> impl FnOnce(DecodeError) -> PoolError {
    move |source| PoolError::Layout {
        role,
        address,
        source,
    }
}

/// Addresses as the chain's crates have them.
pub(super) fn pubkeys(addresses: [venues::Address; 2]) -> [Pubkey; 2] {
    addresses.map(Pubkey::new_from_array)
}
