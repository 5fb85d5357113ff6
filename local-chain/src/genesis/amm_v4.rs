//! The AMM v4 pool.

use litesvm::LiteSVM;
use solana_address::Address;
use venues::raydium::amm_v4::AmmInfo;

use super::tokens::{JUP, SOL, place_tokens};
use super::{AmmV4Terms, place, put};
use crate::programs::{AMM_V4, amm_v4_authority};

/// Fractions in every pool, from offset 128 on: least separation, trade fee, profit share, swap
/// fee. Numerator, denominator.
const FRACTIONS: [u64; 8] = [5, 10_000, 25, 10_000, 12, 100, 25, 10_000];

/// Puts the JUP/SOL pool and its vaults. Answers the pool's address.
pub(super) fn place_pool(svm: &mut LiteSVM, terms: &AmmV4Terms) -> Address {
    let (authority, nonce) = amm_v4_authority();
    let tokens = [JUP, SOL];
    let pool = address(b"pool");
    let vaults = [address(b"coin_vault"), address(b"pc_vault")];
    for token in [0, 1] {
        let amount = terms.reserves[token];
        place_tokens(svm, vaults[token], authority, tokens[token].mint, amount);
    }
    let mut data = vec![0; AmmInfo::LENGTH];
    // Status 6: swaps only, no order book. The nonce is the seed of the authority.
    for (offset, number) in [
        (0, 6),
        (8, u64::from(nonce)),
        (32, u64::from(JUP.decimals)),
        (40, u64::from(SOL.decimals)),
    ] {
        put(&mut data, offset, number.to_le_bytes());
    }
    for (offset, number) in (128..).step_by(8).zip(FRACTIONS) {
        put(&mut data, offset, number.to_le_bytes());
    }
    let addresses = [
        (336, vaults[0]),
        (368, vaults[1]),
        (400, JUP.mint),
        (432, SOL.mint),
        (464, address(b"lp_mint")),
        (496, address(b"open_orders")),
        (528, address(b"market")),
        (560, address(b"market_program")),
        (592, address(b"target_orders")),
    ];
    for (offset, field) in addresses {
        put(&mut data, offset, field);
    }
    place(svm, pool, AMM_V4, data);
    pool
}

/// The address of a part of the pool. On chain these depend on the order book's market.
fn address(part: &[u8]) -> Address {
    Address::find_program_address(&[b"JUP/SOL", part], &AMM_V4).0
}
