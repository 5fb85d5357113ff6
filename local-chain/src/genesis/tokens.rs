//! The tokens, and the token program's account layouts.

use litesvm::LiteSVM;
use solana_address::Address;

use super::{place, place_with, put};
use crate::programs::TOKEN;
use crate::programs::instructions::ASSOCIATED_TOKEN;

/// A token of the chain, at its real mint's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What people call it.
    pub symbol: &'static str,
    /// Its mint.
    pub mint: Address,
    /// A whole token has ten to this power base units.
    pub decimals: u8,
}

/// SOL, wrapped: the mint that is native to the chain.
pub const SOL: Token = Token {
    symbol: "SOL",
    mint: Address::from_str_const("So11111111111111111111111111111111111111112"),
    decimals: 9,
};
/// USDC.
pub const USDC: Token = Token {
    symbol: "USDC",
    mint: Address::from_str_const("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
    decimals: 6,
};
/// JUP.
pub const JUP: Token = Token {
    symbol: "JUP",
    mint: Address::from_str_const("JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN"),
    decimals: 6,
};
/// All of them.
pub(super) const TOKENS: [Token; 3] = [SOL, USDC, JUP];

/// What has been issued of each token but SOL, base units: more than pools and wallet hold.
const SUPPLY: u64 = 10_000_000_000_000_000;

/// The address of `owner`'s associated account of the token `mint`.
pub fn associated_token_address(owner: &Address, mint: &Address) -> Address {
    let seeds = [owner.as_ref(), TOKEN.as_ref(), mint.as_ref()];
    Address::find_program_address(&seeds, &ASSOCIATED_TOKEN).0
}

/// Puts the mints. Nobody can issue more, and nobody can freeze accounts.
pub(super) fn place_mints(svm: &mut LiteSVM) {
    for token in TOKENS {
        let supply = if token == SOL { 0 } else { SUPPLY };
        place_mint(svm, token.mint, token.decimals, supply, None);
    }
}

/// Puts a mint.
pub(super) fn place_mint(
    svm: &mut LiteSVM,
    address: Address,
    decimals: u8,
    supply: u64,
    authority: Option<Address>,
) {
    let mut data = vec![0; 82];
    if let Some(authority) = authority {
        data[0] = 1;
        put(&mut data, 4, authority);
    }
    put(&mut data, 36, supply.to_le_bytes());
    data[44] = decimals;
    data[45] = 1; // initialised
    place(svm, address, TOKEN, data);
}

/// Puts a token account of `owner`'s at `address`. One of wrapped SOL holds its amount in lamports
/// as well.
pub(super) fn place_tokens(
    svm: &mut LiteSVM,
    address: Address,
    owner: Address,
    mint: Address,
    amount: u64,
) {
    let mut data = vec![0; 165];
    put(&mut data, 0, mint);
    put(&mut data, 32, owner);
    put(&mut data, 64, amount.to_le_bytes());
    data[108] = 1; // initialised
    let mut lamports = 0;
    if mint == SOL.mint {
        lamports = amount;
        data[109] = 1;
        let kept = svm.minimum_balance_for_rent_exemption(data.len());
        put(&mut data, 113, kept.to_le_bytes());
    }
    place_with(svm, address, TOKEN, data, lamports);
}
