//! The order: what a client asked for, and where it stands. What exists here is valid.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{amount::Amount, failure::Failure, status::Status};

pub use crate::{dex::Dex, name::UnknownName};

/// An order's identity: a UUID of version 7, so ids sort by the time of acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderId(pub Uuid);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for OrderId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self)
    }
}

/// A token as an order names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The symbol clients use, for example `SOL`.
    pub symbol: String,
    /// How many decimals a whole token has: 10^decimals base units.
    pub decimals: u8,
}

/// A token that can be traded now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Symbol and decimals.
    pub token: Token,
    /// The address of the token's mint on chain, base58.
    pub mint: String,
}

/// What can be traded: tokens, and the pairs of them that some venue has a pool for.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// Every token.
    pub listings: Vec<Listing>,
    /// Symbols that can be swapped for each other, in either direction.
    pub pairs: Vec<(String, String)>,
}

impl Catalogue {
    /// The token of that symbol, if it is listed. Symbols are case-sensitive, as on chain.
    pub fn token(&self, symbol: &str) -> Option<&Token> {
        self.listings
            .iter()
            .map(|listing| &listing.token)
            .find(|token| token.symbol == symbol)
    }

    /// Whether some venue can swap the one for the other.
    pub fn trades(&self, a: &str, b: &str) -> bool {
        self.pairs
            .iter()
            .any(|(x, y)| (x == a && y == b) || (x == b && y == a))
    }
}

/// Hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bps(u16);

impl Bps {
    /// The tolerance of an order that names none: 0.5 %.
    pub const DEFAULT_SLIPPAGE: Self = Self(50);
    /// The widest tolerance an order may ask for: 10 %.
    pub const MAX_SLIPPAGE: u16 = 1_000;

    /// `None` above [`Bps::MAX_SLIPPAGE`].
    pub fn slippage(value: u16) -> Option<Self> {
        (value <= Self::MAX_SLIPPAGE).then_some(Self(value))
    }

    /// The number of basis points.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The least that may be received when `quoted` was promised: floor(quoted × (10000 − bps) / 10000).
    pub fn minimum_of(self, quoted: u64) -> u64 {
        let kept = u128::from(quoted) * u128::from(10_000 - self.0) / 10_000;
        u64::try_from(kept).unwrap_or(u64::MAX) // kept <= quoted, which is a u64
    }
}

/// The swap that a market order asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    /// What is sold.
    pub token_in: Token,
    /// What is bought.
    pub token_out: Token,
    /// How much of `token_in` is sold, in its base units.
    pub amount_in: u64,
    /// How much worse than quoted the execution may be.
    pub slippage: Bps,
}

impl Swap {
    /// The amount sold.
    pub const fn sent(&self) -> Amount {
        Amount::from_units(self.amount_in, self.token_in.decimals)
    }

    /// `units` of the token bought.
    pub const fn received(&self, units: u64) -> Amount {
        Amount::from_units(units, self.token_out.decimals)
    }
}

/// The client's own name for an intent: the same key never makes two orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// 1 to 255 printable ASCII characters.
    pub key: String,
    /// SHA-256 of what was asked for, to tell a repeat from a reuse.
    pub request_hash: [u8; 32],
}

/// An order that was checked and not yet stored.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Its identity, drawn before it is stored.
    pub id: OrderId,
    /// What to do.
    pub swap: Swap,
    /// The client's key, if it gave one.
    pub idempotency: Option<IdempotencyKey>,
}

/// An accepted order and where it stands.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its identity.
    pub id: OrderId,
    /// What was asked for.
    pub swap: Swap,
    /// Where it stands.
    pub status: Status,
    /// The attempt it is in, from 1.
    pub attempt: u32,
    /// The number of its newest event.
    pub last_seq: u64,
    /// After this moment it is not tried again.
    pub deadline: Timestamp,
    /// The venue of this attempt, once chosen.
    pub chosen_dex: Option<Dex>,
    /// What that venue promised, in base units of `token_out`.
    pub quoted_out: Option<u64>,
    /// The signature of the newest transaction.
    pub tx_hash: Option<String>,
    /// What was received, in base units of `token_out`; set when confirmed.
    pub amount_out: Option<u64>,
    /// Why it failed; set when failed.
    pub failure: Option<Failure>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_accepted_is_rounded_down_as_on_chain() {
        let half_percent = Bps::DEFAULT_SLIPPAGE;
        assert_eq!(half_percent.minimum_of(790_983_110), 787_028_194);
        assert_eq!(half_percent.minimum_of(1), 0);
        assert_eq!(
            Bps::slippage(0).map(|none| none.minimum_of(u64::MAX)),
            Some(u64::MAX)
        );
        assert_eq!(Bps::slippage(1_001), None);
    }
}
