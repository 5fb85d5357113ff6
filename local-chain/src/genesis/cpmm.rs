//! The CPMM pool.

use litesvm::LiteSVM;
use solana_address::Address;
use venues::raydium::cpmm::{AmmConfig, CreatorFeeOn, PoolState, Rates};

use super::tokens::{SOL, USDC, place_mint, place_tokens};
use super::{CpmmTerms, place, put};
use crate::programs::{CPMM, TOKEN, cpmm_authority};

/// Bytes and first eight of an account of price observations. Its records stay empty.
const OBSERVATION_LENGTH: usize = 4_075;
const OBSERVATION_DISCRIMINATOR: [u8; 8] = [122, 174, 197, 53, 129, 9, 165, 132];

/// Puts the SOL/USDC pool with everything that belongs to it, each at the address that the program
/// derives. Answers the pool's.
pub(super) fn place_pool(svm: &mut LiteSVM, terms: &CpmmTerms) -> Address {
    let config = address(&[b"amm_config", &0u16.to_be_bytes()]);
    let mints = [SOL.mint, USDC.mint];
    let pool = address(&[
        b"pool",
        config.as_ref(),
        mints[0].as_ref(),
        mints[1].as_ref(),
    ]);
    let authority = cpmm_authority();
    let vaults = mints.map(|mint| address(&[b"pool_vault", pool.as_ref(), mint.as_ref()]));
    let lp_mint = address(&[b"pool_lp_mint", pool.as_ref()]);
    let observation = address(&[b"observation", pool.as_ref()]);

    place(svm, config, CPMM, config_bytes(terms.rates));
    for token in [0, 1] {
        let amount = terms.reserves[token];
        place_tokens(svm, vaults[token], authority, mints[token], amount);
    }
    let [first, second] = terms.reserves.map(u128::from);
    // The root of a product of two 64-bit amounts has 64 bits.
    let shares = (first * second).isqrt() as u64;
    place_mint(svm, lp_mint, 9, shares, Some(authority));
    let mut records = vec![0; OBSERVATION_LENGTH];
    put(&mut records, 0, OBSERVATION_DISCRIMINATOR);
    put(&mut records, 11, pool);
    place(svm, observation, CPMM, records);

    let mut state = vec![0; PoolState::LENGTH];
    put(&mut state, 0, PoolState::DISCRIMINATOR);
    let addresses = [
        (8, config),
        (72, vaults[0]),
        (104, vaults[1]),
        (136, lp_mint),
        (168, mints[0]),
        (200, mints[1]),
        (232, TOKEN),
        (264, TOKEN),
        (296, observation),
    ];
    for (offset, field) in addresses {
        put(&mut state, offset, field);
    }
    let bump = Address::find_program_address(&[b"vault_and_lp_mint_auth_seed"], &CPMM).1;
    put(&mut state, 328, [bump, 0, 9, SOL.decimals, USDC.decimals]);
    put(&mut state, 333, shares.to_le_bytes());
    state[389] = match terms.creator_fee_on {
        CreatorFeeOn::Input => 0,
        CreatorFeeOn::Token0 => 1,
        CreatorFeeOn::Token1 => 2,
    };
    state[390] = u8::from(terms.rates.creator > 0);
    place(svm, pool, CPMM, state);
    pool
}

fn address(seeds: &[&[u8]]) -> Address {
    Address::find_program_address(seeds, &CPMM).0
}

fn config_bytes(rates: Rates) -> Vec<u8> {
    let mut data = vec![0; AmmConfig::LENGTH];
    put(&mut data, 0, AmmConfig::DISCRIMINATOR);
    for (offset, rate) in [
        (12, rates.trade),
        (20, rates.protocol),
        (28, rates.fund),
        (108, rates.creator),
    ] {
        put(&mut data, offset, rate.to_le_bytes());
    }
    data
}
