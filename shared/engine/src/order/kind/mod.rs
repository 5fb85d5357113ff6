//! What makes one order different from another. Whoever executes an order asks its kind four
//! questions and knows no kind by name: [when](OrderKind::trigger) it may begin, the
//! [floor](OrderKind::min_out) under what it receives, [how long](OrderKind::lifetime) it lives,
//! and what it [needs](OrderKind::needs) to be accepted.

mod market;

use std::time::Duration;

pub use market::Market;

use crate::{amount::TokenAmount, policy::Policy};

/// The kind of an order, with the terms that only this kind has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// Swaps at once, at the best price there is.
    Market(Market),
}

/// When an order may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// As soon as a worker has it.
    Immediately,
}

/// What must be there for an order to be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Both tokens are listed, and some venue has a pool for them.
    ListedPair,
}

impl OrderKind {
    /// The names of all kinds, as on the wire and in the database.
    pub const NAMES: [&'static str; 1] = [Market::NAME];

    /// The name on the wire and in the database.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Market(_) => Market::NAME,
        }
    }

    /// When it may begin.
    pub const fn trigger(&self) -> Trigger {
        match self {
            Self::Market(_) => Trigger::Immediately,
        }
    }

    /// The least that may be received when `quoted` was promised: what the signed transaction
    /// carries, and the chain refuses to go below.
    pub fn min_out(&self, quoted: TokenAmount) -> TokenAmount {
        match self {
            Self::Market(market) => market.slippage.minimum_of(quoted),
        }
    }

    /// How long it is tried after it was accepted.
    pub const fn lifetime(&self, policy: &Policy) -> Duration {
        match self {
            Self::Market(_) => policy.market_lifetime,
        }
    }

    /// What must be there for it to be accepted.
    pub const fn needs(&self) -> Needs {
        match self {
            Self::Market(_) => Needs::ListedPair,
        }
    }
}
