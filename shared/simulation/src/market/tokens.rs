//! The tokens of the default market.

use super::path::{self, Paths};

/// A token that can be traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What people call it.
    pub symbol: &'static str,
    /// Its mint on Solana, base58.
    pub mint: &'static str,
    /// A whole token has ten to this power base units.
    pub decimals: u8,
}

/// Every token of the default market, with its real mint.
pub(super) const TOKENS: [Token; 4] = [
    Token {
        symbol: "SOL",
        mint: "So11111111111111111111111111111111111111112",
        decimals: 9,
    },
    Token {
        symbol: "USDC",
        mint: "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        decimals: 6,
    },
    Token {
        symbol: "USDT",
        mint: "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB",
        decimals: 6,
    },
    Token {
        symbol: "JUP",
        mint: "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN",
        decimals: 6,
    },
];

/// Index of a token in [`TOKENS`].
pub(super) type TokenId = usize;

pub(super) const SOL: TokenId = 0;
pub(super) const USDC: TokenId = 1;
pub(super) const USDT: TokenId = 2;
pub(super) const JUP: TokenId = 3;

/// What a base unit of each token is worth around which the market moves, in attodollars (10⁻¹⁸).
/// SOL is at 79.12 dollars, the snapshot's price; the dollars at one; JUP at a synthetic 0.25.
const ANCHORS: [u64; 4] = [
    79_120_000_000,
    1_000_000_000_000,
    1_000_000_000_000,
    250_000_000_000,
];

/// How much of the full mid path each token moves, in thousandths. USDC is the yardstick.
const ROUGHNESS: [i64; 4] = [1_000, 0, 20, 1_500];

/// The token called `symbol`.
pub(super) fn find(symbol: &str) -> Option<TokenId> {
    TOKENS.iter().position(|token| token.symbol == symbol)
}

/// What a base unit is worth at rest, in attodollars.
pub(super) fn anchor(token: TokenId) -> u64 {
    ANCHORS[token]
}

/// What a base unit is worth at `slot`, in attodollars.
pub(super) fn value(paths: Paths, token: TokenId, slot: u64) -> u64 {
    let moved = path::WHOLE + paths.mid(token as u64, slot, ROUGHNESS[token]);
    // The path is ten per cent at most: the sum is positive, and values are far below 64 bits.
    (u128::from(ANCHORS[token]) * u128::from(moved.unsigned_abs()) / 1_000_000) as u64
}
