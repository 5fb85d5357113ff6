//! Pools that are created on chain, and what makes one safe enough to buy from.

use std::time::Duration;

use jiff::Timestamp;

use crate::{amount::TokenAmount, venue::VenueId};

/// A pool, as the chain's log tells its creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchedPool {
    /// Where in the log.
    pub place: LaunchPlace,
    /// The mint of the token that is launched, base58.
    pub mint: String,
    /// What people call that token. Anybody may call a token anything.
    pub symbol: String,
    /// The token's decimals.
    pub decimals: u8,
    /// The symbol of the token that it is traded against.
    pub against: String,
    /// Where the pool is.
    pub venue: VenueId,
    /// The pool's address.
    pub pool: String,
    /// From then on it can be swapped in.
    pub opens_at: Timestamp,
    /// How much of the token it is traded against lay in it when it was created.
    pub liquidity: TokenAmount,
    /// What its creator could still do then.
    pub safety: Safety,
}

impl LaunchedPool {
    /// Whether amounts of both of its tokens can be told.
    pub const fn is_possible(&self) -> bool {
        self.decimals <= TokenAmount::MAX_DECIMALS
            && self.liquidity.decimals() <= TokenAmount::MAX_DECIMALS
    }
}

/// A place in the chain's log. Of several pools of a mint the one with the smallest is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LaunchPlace {
    /// The slot.
    pub slot: u64,
    /// The transaction within the slot.
    pub transaction: u32,
    /// The instruction within the transaction, those inside of others counted as well: no two
    /// pools have the same place.
    pub instruction: u32,
}

/// What the creator of a token and its pool has given out of hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Safety {
    /// Nobody can mint more of the token.
    pub mint_authority_revoked: bool,
    /// Nobody can freeze an account of it.
    pub freeze_authority_revoked: bool,
    /// Nobody can take the pool's liquidity out: the shares in it are burned.
    pub lp_burned: bool,
}

/// A pool as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolCondition {
    /// For how many slots it could have been swapped in, or how long until it can be.
    pub age: PoolAge,
    /// How much of the token it is traded against lies in it.
    pub liquidity: TokenAmount,
    /// What its creator can still do.
    pub safety: Safety,
}

/// How long a pool has been open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolAge {
    /// For so many slots.
    Open(u64),
    /// It opens after this time.
    OpensIn(Duration),
}
