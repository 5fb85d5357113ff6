//! What makes one order different from another. Whoever executes an order asks its kind four
//! questions and knows no kind by name: [when](OrderKind::trigger) it may begin, the
//! [floor](OrderKind::min_out) under what it receives, [how long](OrderKind::lifetime) it lives,
//! and what it [needs](OrderKind::needs) to be accepted.

mod limit;
mod market;
mod sniper;

use std::time::Duration;

use jiff::Timestamp;

pub use limit::{InvalidLimitPrice, Limit, LimitPrice, TimeInForce};
pub use market::Market;
pub use sniper::{Requirements, Sniper};

use crate::{
    amount::TokenAmount,
    order::swap::{SlippageTolerance, Swap},
    policy::Policy,
};

/// The kind of an order, with the terms that only this kind has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// Swaps at once, at the best price there is.
    Market(Market),
    /// Swaps at its price or better, as soon as there is one.
    Limit(Limit),
    /// Buys a token as soon as there is a pool of it that is good enough.
    Sniper(Sniper),
}

/// When an order may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger<'a> {
    /// As soon as a worker has it.
    Immediately,
    /// When the swap would be paid at least this price, if not now then later or not at all.
    PriceAtLeast(LimitPrice, TimeInForce),
    /// When there is a pool of the token that it buys which misses nothing of these terms.
    PoolCreated(&'a Sniper),
}

/// How long an order is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// For so long after it was accepted; then it has failed.
    For(Duration),
    /// Until this moment; then it has expired.
    Until(Timestamp),
}

/// What must be there for an order to be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Both tokens are listed, and some venue has a pool for them.
    ListedPair,
    /// The token sold is listed, and the token bought is named by its mint, which no pool need
    /// have yet.
    Mint,
}

impl OrderKind {
    /// The names of all kinds, as on the wire and in the database.
    pub const NAMES: [&'static str; 3] = [Market::NAME, Limit::NAME, Sniper::NAME];

    /// The names of those that [begin at once](OrderKind::begins_at_once).
    pub const BEGIN_AT_ONCE: [&'static str; 2] = [Market::NAME, Limit::NAME];

    /// Whether whoever takes a new order up asks the venues, and looks at nothing before.
    pub const fn begins_at_once(&self) -> bool {
        match self.trigger() {
            Trigger::Immediately | Trigger::PriceAtLeast(..) => true,
            Trigger::PoolCreated(_) => false,
        }
    }

    /// The name on the wire and in the database.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Market(_) => Market::NAME,
            Self::Limit(_) => Limit::NAME,
            Self::Sniper(_) => Sniper::NAME,
        }
    }

    /// When it may begin.
    pub const fn trigger(&self) -> Trigger<'_> {
        match self {
            Self::Market(_) => Trigger::Immediately,
            Self::Limit(limit) => Trigger::PriceAtLeast(limit.price, limit.time_in_force),
            Self::Sniper(sniper) => Trigger::PoolCreated(sniper),
        }
    }

    /// How much worse than quoted the execution may be.
    pub const fn slippage(&self) -> SlippageTolerance {
        match self {
            Self::Market(market) => market.slippage,
            Self::Limit(limit) => limit.slippage,
            Self::Sniper(sniper) => sniper.slippage,
        }
    }

    /// The least that the client accepts, whatever is quoted; `None` when it takes what it gets.
    pub fn floor(&self, swap: &Swap) -> Option<TokenAmount> {
        match self {
            Self::Market(market) => market.floor(swap),
            Self::Limit(limit) => Some(limit.price.floor(swap)),
            Self::Sniper(sniper) => sniper.price.map(|price| price.floor(swap)),
        }
    }

    /// The least that may be received when `quoted` was promised: the largest of the floors. It is
    /// what the signed transaction carries, and the chain refuses to go below.
    pub fn min_out(&self, swap: &Swap, quoted: TokenAmount) -> TokenAmount {
        let tolerated = self.slippage().minimum_of(quoted);
        match self.floor(swap) {
            Some(floor) if floor.units() > tolerated.units() => floor,
            Some(_) | None => tolerated,
        }
    }

    /// How long it is tried.
    pub const fn lifetime(&self, policy: &Policy) -> Lifetime {
        match self {
            Self::Market(_) => Lifetime::For(policy.market_lifetime),
            Self::Limit(limit) => Lifetime::Until(limit.expires_at),
            Self::Sniper(sniper) => Lifetime::Until(sniper.expires_at),
        }
    }

    /// What must be there for it to be accepted.
    pub const fn needs(&self) -> Needs {
        match self {
            Self::Market(_) | Self::Limit(_) => Needs::ListedPair,
            Self::Sniper(_) => Needs::Mint,
        }
    }
}
