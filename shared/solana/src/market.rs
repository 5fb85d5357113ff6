//! The pools of the markets file, and those that are created since, as the chain has them now.

use std::{
    borrow::Borrow,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use engine::{order::Token, routing::VenueId};
use solana_pubkey::Pubkey;

use crate::{
    markets::{MarketToken, Markets},
    pools::{self, Mint, PoolAddress, PoolError, PoolKeys, PoolState, Program, Role},
    rpc::{self, Rpc, RpcError},
};

/// How often a pool may move on to other accounts while it is read.
const MOVES: usize = 3;

/// The most pools of one venue for one pair: all of them are read in one slot, by one question.
pub(crate) const MOST_POOLS: usize = 6;

/// Where orders are traded.
pub(crate) struct Market {
    rpc: Arc<Rpc>,
    tokens: Vec<MarketToken>,
    /// The programs of the file's pools, and where they are.
    programs: Vec<(Program, Pubkey)>,
    pools: Vec<Arc<Listed>>,
    /// Pools that no file lists, as far as somebody has asked for them. Each can be read again.
    found: Mutex<HashMap<Pubkey, Arc<Listed>>>,
}

/// How many pools that no file lists are remembered.
const MOST_FOUND: usize = 1_000;

/// A pool that is traded.
pub(crate) struct Listed {
    /// Its own account.
    pub(crate) address: Pubkey,
    /// Whose it is.
    pub(crate) venue: VenueId,
    /// Its tokens.
    pub(crate) mints: [Pubkey; 2],
    /// Their decimals.
    pub(crate) decimals: [u8; 2],
    /// The token programs of its tokens.
    pub(crate) token_programs: [Pubkey; 2],
    /// The accounts to read, as they were when it was read last.
    keys: Mutex<PoolKeys>,
}

/// Which of a pool's tokens is which.
pub(crate) struct Sides<'a> {
    /// The place of the one that no file lists.
    pub(crate) launched: usize,
    /// The other one.
    pub(crate) against: &'a MarketToken,
}

impl Sides<'_> {
    /// The place of the token that is listed.
    pub(crate) const fn other(&self) -> usize {
        1 - self.launched
    }
}

/// A pool, and how safe it is.
pub(crate) struct Inspected {
    /// The pool.
    pub(crate) listed: Arc<Listed>,
    /// The slot that all of it is of.
    pub(crate) slot: u64,
    /// The pool in that slot.
    pub(crate) state: PoolState,
    /// Whether nobody can take its liquidity out any more, as far as can be told.
    pub(crate) shares_burned: bool,
}

/// Why there is no pool at an address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoPool {
    /// No node answers.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// What is there cannot be traded.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

/// Pools, and other accounts, as they were in one slot.
pub(crate) struct Look {
    /// The slot.
    pub(crate) slot: u64,
    /// The pools that were asked for; what is wrong with one does not keep the others away.
    pub(crate) pools: Vec<Result<PoolState, PoolError>>,
    /// The other accounts that were asked for.
    pub(crate) more: Vec<Option<rpc::Account>>,
}

impl Listed {
    /// The pool of these keys, and how it is now.
    async fn read(
        rpc: &Rpc,
        keys: PoolKeys,
        min_slot: Option<u64>,
    ) -> Result<(Self, PoolState), NoPool> {
        let mut listed = Self {
            address: keys.pool.address,
            venue: keys.pool.venue.clone(),
            mints: keys.mints,
            decimals: [0; 2],
            token_programs: [Pubkey::default(); 2],
            keys: Mutex::new(keys),
        };
        let mut look = read(rpc, &[&listed], &[], min_slot).await?;
        let state = look.pools.swap_remove(0)?;
        listed.token_programs = state.mints.map(|mint| mint.program);
        listed.decimals = state.mints.map(|mint| mint.decimals);
        Ok((listed, state))
    }

    /// The token program of one of its tokens.
    pub(crate) fn token_program(&self, mint: &Pubkey) -> Option<Pubkey> {
        let index = self.mints.iter().position(|own| own == mint)?;
        Some(self.token_programs[index])
    }

    fn keys(&self) -> PoolKeys {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.clone()
    }

    fn moved_to(&self, keys: PoolKeys) {
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = keys;
    }
}

/// Why there is no market.
#[derive(Debug, thiserror::Error)]
pub enum NoMarket {
    /// No node answers.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// A pool is not what the markets file says, or cannot be traded.
    #[error("the pool {pool} cannot be traded: {source}")]
    Pool {
        /// Which.
        pool: Pubkey,
        /// Why.
        source: PoolError,
    },
    /// More pools than can be read at once.
    #[error("{venue} has more than {MOST_POOLS} pools for one pair in the markets file")]
    TooMany {
        /// Whose they are.
        venue: VenueId,
    },
}

impl Market {
    /// The market of that file, each pool of it held against the chain.
    ///
    /// # Errors
    /// [`NoMarket`], which names the pool.
    pub(crate) async fn open(rpc: Arc<Rpc>, markets: &Markets) -> Result<Self, NoMarket> {
        let mut pools: Vec<Arc<Listed>> = Vec::new();
        let mut programs = Vec::new();
        for pool in &markets.pools {
            let bad = |source| NoMarket::Pool {
                pool: pool.address,
                source,
            };
            let found = rpc.accounts(&[pool.address], None).await?.accounts;
            let account = found.first().and_then(Option::as_ref);
            let keys = pool.describe(account.map(view)).map_err(bad)?;
            let (listed, state) = match Listed::read(&rpc, keys, None).await {
                Ok(read) => read,
                Err(NoPool::Pool(error)) => return Err(bad(error)),
                Err(NoPool::Rpc(error)) => return Err(error.into()),
            };
            state.tokens(markets).map_err(bad)?;
            pools.push(Arc::new(listed));
            let program = (pool.program, pool.program_id);
            if !programs.contains(&program) {
                programs.push(program);
            }
        }
        let market = Self {
            rpc,
            tokens: markets.tokens.clone(),
            programs,
            pools,
            found: Mutex::default(),
        };
        for pool in &market.pools {
            if market.between(&pool.venue, &pool.mints).len() > MOST_POOLS {
                let venue = pool.venue.clone();
                return Err(NoMarket::TooMany { venue });
            }
        }
        Ok(market)
    }

    /// The mint of a listed token. An order whose token had other decimals was for another one.
    pub(crate) fn mint(&self, token: &Token) -> Option<Pubkey> {
        let named = |listed: &&MarketToken| {
            listed.symbol == token.symbol && listed.decimals == token.decimals
        };
        Some(self.tokens.iter().find(named)?.mint)
    }

    /// The pools of a venue for these two tokens, in the file's order.
    pub(crate) fn between(&self, venue: &VenueId, mints: &[Pubkey; 2]) -> Vec<Arc<Listed>> {
        let fits = |pool: &&Arc<Listed>| {
            let has = |mint: &Pubkey| pool.mints.contains(mint);
            pool.venue == *venue && mints[0] != mints[1] && mints.iter().all(has)
        };
        self.pools.iter().filter(fits).cloned().collect()
    }

    /// The programs of the file's pools, and where they are. A pool that is in no file is traded
    /// when it is of one of them.
    pub(crate) fn programs(&self) -> impl Iterator<Item = (Program, Pubkey)> {
        self.programs.iter().copied()
    }

    /// Which of two tokens is new, when the other one is listed and it is not.
    pub(crate) fn launched(&self, mints: &[Pubkey; 2]) -> Option<Sides<'_>> {
        let listed = |mint: &Pubkey| self.tokens.iter().find(|token| token.mint == *mint);
        match mints.each_ref().map(listed) {
            [Some(against), None] => Some(Sides {
                launched: 1,
                against,
            }),
            [None, Some(against)] => Some(Sides {
                launched: 0,
                against,
            }),
            [Some(_), Some(_)] | [None, None] => None,
        }
    }

    /// The pool at that address: one of the file, or one of a new token and of the programs that
    /// the file names. What is checked of a pool of the file at the start is checked of it here.
    ///
    /// # Errors
    /// [`NoPool`].
    pub(crate) async fn find(
        &self,
        address: &Pubkey,
        min_slot: Option<u64>,
    ) -> Result<Arc<Listed>, NoPool> {
        if let Some(pool) = self.pools.iter().find(|pool| pool.address == *address) {
            return Ok(Arc::clone(pool));
        }
        if let Some(pool) = self.found().get(address) {
            return Ok(Arc::clone(pool));
        }
        let found = self.rpc.accounts(&[*address], min_slot).await?.accounts;
        let account = found.into_iter().next().flatten();
        let account = account.ok_or(PoolError::Missing {
            role: Role::Pool,
            address: *address,
        })?;
        let mut programs = self.programs.iter();
        let program = programs.find(|(_, program_id)| *program_id == account.owner);
        let (program, program_id) = program.ok_or(PoolError::Program {
            pool: *address,
            owner: account.owner,
        })?;
        let pool = PoolAddress {
            program: *program,
            program_id: *program_id,
            address: *address,
            venue: VenueId::new(program.venue()),
        };
        let keys = pool.describe(Some(view(&account)))?;
        // Who takes a pool out of the file does not want it to be traded.
        if self.launched(&keys.mints).is_none() {
            Err(PoolError::NotListed(*address))?;
        }
        let (listed, state) = Listed::read(&self.rpc, keys, min_slot).await?;
        for (mint, on_chain) in listed.mints.iter().zip(state.mints) {
            let mut tokens = self.tokens.iter();
            let token = tokens.find(|token| token.mint == *mint);
            if let Some(token) = token.filter(|token| token.decimals != on_chain.decimals) {
                Err(PoolError::Decimals {
                    symbol: token.symbol.clone(),
                    in_file: token.decimals,
                    on_chain: on_chain.decimals,
                })?;
            }
        }
        let listed = Arc::new(listed);
        let mut known = self.found();
        if known.len() >= MOST_FOUND {
            known.clear();
        }
        known.insert(*address, Arc::clone(&listed));
        Ok(listed)
    }

    fn found(&self) -> MutexGuard<'_, HashMap<Pubkey, Arc<Listed>>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mint of a token that a pool trades. One that is not listed is called by its mint.
    pub(crate) fn mint_in(&self, pool: &Listed, token: &Token) -> Option<Pubkey> {
        let by_mint = || token.symbol.parse().ok();
        let mint = self.mint(token).or_else(by_mint)?;
        let index = pool.mints.iter().position(|own| *own == mint)?;
        (pool.decimals[index] == token.decimals).then_some(mint)
    }

    /// A pool as it is now, and what its creator has given out of hand.
    ///
    /// # Errors
    /// [`NoPool`].
    pub(crate) async fn inspect(
        &self,
        address: &Pubkey,
        min_slot: Option<u64>,
    ) -> Result<Inspected, NoPool> {
        let listed = self.find(address, min_slot).await?;
        let shares = listed.keys().shares.map(|shares| shares.mint);
        let pools = [Arc::clone(&listed)];
        let mut look = self.look(&pools, shares.as_slice(), min_slot).await?;
        let state = look.pools.swap_remove(0)?;
        let issued = state
            .keys
            .shares
            .zip(look.more.into_iter().next().flatten());
        let shares_burned = issued.is_some_and(|(shares, account)| {
            let mint = Mint::read(shares.mint, Some(view(&account)));
            mint.is_ok_and(|mint| shares.are_burned(&mint))
        });
        Ok(Inspected {
            listed,
            slot: look.slot,
            state,
            shares_burned,
        })
    }

    /// Each pair that a pool trades, once, in the file's order.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let symbol = |mint: &Pubkey| {
            let listed = self.tokens.iter().find(|token| token.mint == *mint);
            Some(listed?.symbol.clone())
        };
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pool in &self.pools {
            let [Some(first), Some(second)] = [symbol(&pool.mints[0]), symbol(&pool.mints[1])]
            else {
                continue;
            };
            let known = |(a, b): &(String, String)| {
                (*a == first && *b == second) || (*a == second && *b == first)
            };
            if !pairs.iter().any(known) {
                pairs.push((first, second));
            }
        }
        pairs
    }

    /// Reads pools and other accounts, all of them in one slot, which is `min_slot` at the least.
    ///
    /// # Errors
    /// [`RpcError`] when no node answers.
    pub(crate) async fn look(
        &self,
        pools: &[Arc<Listed>],
        more: &[Pubkey],
        min_slot: Option<u64>,
    ) -> Result<Look, RpcError> {
        read(&self.rpc, pools, more, min_slot).await
    }
}

async fn read(
    rpc: &Rpc,
    pools: &[impl Borrow<Listed>],
    more: &[Pubkey],
    min_slot: Option<u64>,
) -> Result<Look, RpcError> {
    let mut moves = 0;
    loop {
        let keys = pools.iter().map(|pool| pool.borrow().keys());
        let keys: Vec<PoolKeys> = keys.collect();
        let mut addresses: Vec<Pubkey> = keys.iter().flat_map(PoolKeys::accounts).collect();
        addresses.extend(more);
        let found = rpc.accounts(&addresses, min_slot).await?;
        let accounts: Vec<_> = found
            .accounts
            .iter()
            .map(|one| one.as_ref().map(view))
            .collect();
        let mut rest = accounts.as_slice();
        let mut states = Vec::new();
        let mut moved = false;
        for (listed, keys) in pools.iter().zip(&keys) {
            let (own, others) = rest.split_at(keys.accounts().len().min(rest.len()));
            rest = others;
            let state = keys.state(own);
            if let Err(PoolError::Moved(keys)) = &state {
                listed.borrow().moved_to(PoolKeys::clone(keys));
                moved = true;
            }
            states.push(state);
        }
        moves += 1;
        if !moved || moves == MOVES {
            let others = found.accounts.len().saturating_sub(more.len());
            return Ok(Look {
                slot: found.slot,
                pools: states,
                more: found.accounts.into_iter().skip(others).collect(),
            });
        }
    }
}

/// An account as the pools read it.
pub(crate) fn view(account: &rpc::Account) -> pools::Account<'_> {
    pools::Account {
        owner: account.owner,
        data: &account.data,
    }
}
