//! The CPMM pool.

use litesvm::LiteSVM;
use solana_address::Address;
use venues::raydium::cpmm::{AmmConfig, CreatorFeeOn, Rates};

use super::tokens::{SOL, USDC, place_mint, place_tokens};
use super::{CpmmTerms, place, put};
use crate::programs::cpmm_pool::{Addresses, LP_DECIMALS, Terms, shares_of};
use crate::programs::{CPMM, cpmm_authority};

/// Puts the SOL/USDC pool with everything that belongs to it, each at the address that the program
/// derives. Answers the pool's.
pub(super) fn place_pool(svm: &mut LiteSVM, terms: &CpmmTerms) -> Address {
    let own = Addresses::of([SOL.mint, USDC.mint]);
    let authority = cpmm_authority();
    place(svm, own.config, CPMM, config_bytes(terms.rates));
    for token in [0, 1] {
        let amount = terms.reserves[token];
        place_tokens(svm, own.vaults[token], authority, own.mints[token], amount);
    }
    let shares = shares_of(terms.reserves);
    place_mint(svm, own.lp_mint, LP_DECIMALS, shares, Some(authority));
    place(svm, own.observation, CPMM, own.observations());
    let state = Terms {
        shares,
        open_time: 0,
        creator_fee_on: match terms.creator_fee_on {
            CreatorFeeOn::Input => 0,
            CreatorFeeOn::Token0 => 1,
            CreatorFeeOn::Token1 => 2,
        },
        creator_fee: terms.rates.creator > 0,
    };
    let decimals = [SOL.decimals, USDC.decimals];
    let state = own.state(Address::default(), decimals, &state);
    place(svm, own.pool, CPMM, state);
    own.pool
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
