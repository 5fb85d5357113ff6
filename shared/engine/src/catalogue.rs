//! What can be traded.

use crate::order::Token;

/// A token that can be traded now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedToken {
    /// Symbol and decimals.
    pub token: Token,
    /// The address of the token's mint on chain, base58.
    pub mint: String,
}

/// What trades are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketKind {
    /// Prices, venues and chain are simulated: nothing is bought or sold.
    Simulated,
    /// Solana on one's own machine: its tokens are worth nothing.
    LocalChain,
    /// Solana's devnet: its tokens are worth nothing.
    Devnet,
    /// Solana's mainnet: what is bought is paid for.
    Mainnet,
}

impl MarketKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Simulated,
        Self::LocalChain,
        Self::Devnet,
        Self::Mainnet,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Simulated => "simulated",
            Self::LocalChain => "local",
            Self::Devnet => "devnet",
            Self::Mainnet => "mainnet",
        }
    }
}

/// Tokens, and the pairs of them that some venue has a pool for.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Whether what is traded is real.
    pub kind: MarketKind,
    /// Whether the pools that are created there are read, so that orders can wait for one.
    pub tells_launches: bool,
    /// Where a transaction can be looked at: an address with `{signature}` in the place of its
    /// signature.
    pub explorer: Option<String>,
    /// Every token.
    pub tokens: Vec<ListedToken>,
    /// Symbols that can be swapped for each other, in either direction.
    pub pairs: Vec<(String, String)>,
}

impl Catalogue {
    /// The token of that symbol, if it is listed. Symbols are case-sensitive, as on chain.
    pub fn token(&self, symbol: &str) -> Option<&Token> {
        self.tokens
            .iter()
            .map(|listed| &listed.token)
            .find(|token| token.symbol == symbol)
    }

    /// Whether some venue can swap the one for the other.
    pub fn trades(&self, a: &str, b: &str) -> bool {
        self.pairs
            .iter()
            .any(|(x, y)| (x == a && y == b) || (x == b && y == a))
    }
}
