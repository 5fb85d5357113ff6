//! The venues by name.

use std::{fmt, str::FromStr};

use crate::name::UnknownName;

/// A venue that orders are routed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dex {
    /// Raydium's constant product pools.
    Raydium,
    /// Meteora's liquidity bins.
    Meteora,
}

impl Dex {
    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raydium => "Raydium",
            Self::Meteora => "Meteora",
        }
    }
}

impl fmt::Display for Dex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dex {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Self::Raydium, Self::Meteora]
            .into_iter()
            .find(|dex| dex.name() == name)
            .ok_or_else(|| UnknownName(name.to_owned()))
    }
}
