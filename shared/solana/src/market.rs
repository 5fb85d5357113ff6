//! The pools of the markets file, as the chain has them now.

use std::sync::{Arc, Mutex, PoisonError};

use engine::{order::Token, routing::VenueId};
use solana_pubkey::Pubkey;

use crate::{
    markets::{MarketToken, Markets},
    pools::{self, PoolError, PoolKeys, PoolState},
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
    pools: Vec<Listed>,
}

/// A pool that is traded.
pub(crate) struct Listed {
    /// Its own account.
    pub(crate) address: Pubkey,
    /// Whose it is.
    pub(crate) venue: VenueId,
    /// Its tokens.
    pub(crate) mints: [Pubkey; 2],
    /// The token programs of its tokens.
    pub(crate) token_programs: [Pubkey; 2],
    /// The accounts to read, as they were when it was read last.
    keys: Mutex<PoolKeys>,
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
        let mut pools: Vec<Listed> = Vec::new();
        for pool in &markets.pools {
            let bad = |source| NoMarket::Pool {
                pool: pool.address,
                source,
            };
            let found = rpc.accounts(&[pool.address], None).await?.accounts;
            let account = found.first().and_then(Option::as_ref);
            let keys = pool.describe(account.map(view)).map_err(bad)?;
            let mut listed = Listed {
                address: pool.address,
                venue: pool.venue.clone(),
                mints: keys.mints,
                token_programs: [Pubkey::default(); 2],
                keys: Mutex::new(keys),
            };
            let state = read(&rpc, &[&listed], &[], None).await?.pools;
            for state in state {
                let state = state.map_err(bad)?;
                state.tokens(markets).map_err(bad)?;
                listed.token_programs = state.mints.map(|mint| mint.program);
            }
            pools.push(listed);
        }
        let market = Self {
            rpc,
            tokens: markets.tokens.clone(),
            pools,
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
    pub(crate) fn between(&self, venue: &VenueId, mints: &[Pubkey; 2]) -> Vec<&Listed> {
        let fits = |pool: &&Listed| {
            let has = |mint: &Pubkey| pool.mints.contains(mint);
            pool.venue == *venue && mints[0] != mints[1] && mints.iter().all(has)
        };
        self.pools.iter().filter(fits).collect()
    }

    /// The pool at that address, base58.
    pub(crate) fn pool(&self, address: &str) -> Option<&Listed> {
        let address: Pubkey = address.parse().ok()?;
        self.pools.iter().find(|pool| pool.address == address)
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
        pools: &[&Listed],
        more: &[Pubkey],
        min_slot: Option<u64>,
    ) -> Result<Look, RpcError> {
        read(&self.rpc, pools, more, min_slot).await
    }
}

async fn read(
    rpc: &Rpc,
    pools: &[&Listed],
    more: &[Pubkey],
    min_slot: Option<u64>,
) -> Result<Look, RpcError> {
    let mut moves = 0;
    loop {
        let keys: Vec<PoolKeys> = pools.iter().map(|pool| pool.keys()).collect();
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
                listed.moved_to(PoolKeys::clone(keys));
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
