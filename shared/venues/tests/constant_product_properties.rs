//! What must hold for every constant-product pool and amount.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod bound;

use proptest::prelude::*;
use venues::raydium::{amm_v4, cpmm};
use venues::{Pool, Refusal, Side};

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Sell), Just(Side::Buy)]
}

fn opposite(side: Side) -> Side {
    if side == Side::Sell {
        Side::Buy
    } else {
        Side::Sell
    }
}

/// An amount of any magnitude up to `bits`.
fn amount(bits: u32) -> impl Strategy<Value = u64> {
    (0..bits).prop_flat_map(|bits| 0..=(u64::MAX >> (63 - bits)))
}

prop_compose! {
    fn any_cpmm()(
        vaults in [amount(63), amount(63)],
        shares in [(0..200u64, 0..200u64, 0..200u64), (0..200u64, 0..200u64, 0..200u64)],
        trade in 0..300_000u64,
        protocol in 0..500_000u64,
        fund in 0..500_000u64,
        creator in prop_oneof![Just(0), 0..300_000u64],
        creator_fee_on in prop_oneof![
            Just(cpmm::CreatorFeeOn::Input),
            Just(cpmm::CreatorFeeOn::Token0),
            Just(cpmm::CreatorFeeOn::Token1),
        ],
    ) -> cpmm::Pool {
        let accrued = |token: usize| {
            let part = |share: u64| (u128::from(vaults[token]) * u128::from(share) / 1_000) as u64;
            let (protocol, fund, creator) = shares[token];
            cpmm::AccruedFees {
                protocol: part(protocol), fund: part(fund), creator: part(creator),
            }
        };
        cpmm::Pool {
            vaults,
            accrued: [accrued(0), accrued(1)],
            rates: cpmm::Rates { trade, protocol, fund, creator },
            creator_fee_on,
            status: 0,
            open_time: 0,
        }
    }
}

prop_compose! {
    fn any_amm_v4()(
        vaults in [amount(63), amount(63)],
        need_take_pnl in [amount(30), amount(30)],
        denominator in 2..100_000u64,
        part in 0..1_000u64,
    ) -> amm_v4::Pool {
        amm_v4::Pool {
            vaults,
            need_take_pnl,
            swap_fee: [denominator * part / 1_001, denominator],
            status: amm_v4::STATUS_SWAP_ONLY,
            open_time: 0,
        }
    }
}

fn product(reserves: [u64; 2]) -> u128 {
    u128::from(reserves[0]) * u128::from(reserves[1])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn no_cpmm_swap_of_any_size_is_paid_more_than_the_marginal_price(
        pool in any_cpmm(), side in side(), amount_in in amount(63),
    ) {
        if let Ok(fill) = pool.quote(side, amount_in, 0) {
            let price = venues::Pool::marginal_price(&pool, side).unwrap();
            prop_assert!(bound::holds(price, amount_in, fill.amount_out), "{price} {fill:?}");
        }
    }

    #[test]
    fn no_amm_v4_swap_of_any_size_is_paid_more_than_the_marginal_price(
        pool in any_amm_v4(), side in side(), amount_in in amount(63),
    ) {
        if let Ok(fill) = pool.quote(side, amount_in, 0) {
            let price = venues::Pool::marginal_price(&pool, side).unwrap();
            prop_assert!(bound::holds(price, amount_in, fill.amount_out), "{price} {fill:?}");
        }
    }

    #[test]
    fn a_cpmm_fill_is_its_quote_and_the_product_never_falls(
        mut pool in any_cpmm(), side in side(), amount_in in amount(63),
    ) {
        let before = pool.clone();
        let quote = pool.quote(side, amount_in, 0);
        let fill = pool.swap(side, amount_in, 0);
        prop_assert_eq!(fill, quote);
        let Ok(fill) = fill else {
            prop_assert_eq!(pool, before, "a refused swap changes nothing");
            return Ok(());
        };
        prop_assert!(product(pool.reserves()) >= product(before.reserves()));
        let (token_in, token_out) = (side.token_in(), side.token_out());
        prop_assert_eq!(pool.vaults[token_in], before.vaults[token_in] + amount_in);
        prop_assert_eq!(pool.vaults[token_out], before.vaults[token_out] - fill.amount_out);
        prop_assert!(fill.amount_out < before.reserves()[token_out]);
    }

    #[test]
    fn more_into_a_cpmm_pool_never_gives_less(
        pool in any_cpmm(), side in side(), amount_in in amount(62), more in amount(62),
    ) {
        let less = pool.quote(side, amount_in, 0);
        if let (Ok(less), Ok(more)) = (less, pool.quote(side, amount_in + more, 0)) {
            prop_assert!(more.amount_out >= less.amount_out);
        }
    }

    #[test]
    fn a_cpmm_round_trip_never_profits(
        mut pool in any_cpmm(), side in side(), amount_in in amount(62),
    ) {
        if let Ok(there) = pool.swap(side, amount_in, 0)
            && let Ok(back) = pool.swap(opposite(side), there.amount_out, 0)
        {
            prop_assert!(back.amount_out <= amount_in);
        }
    }

    #[test]
    fn an_exact_output_is_reached(pool in any_cpmm(), side in side(), wanted in amount(62)) {
        prop_assume!(wanted > 0);
        if let Ok(fill) = pool.quote_exact_out(side, wanted, 0) {
            prop_assert!(fill.amount_out >= wanted);
        }
    }

    #[test]
    fn an_amm_v4_fill_is_its_quote_and_the_product_never_falls(
        mut pool in any_amm_v4(), side in side(), amount_in in amount(63),
    ) {
        let before = pool.clone();
        let quote = pool.quote(side, amount_in, 0);
        let fill = pool.swap(side, amount_in, 0);
        prop_assert_eq!(fill, quote);
        if let Ok(there) = fill {
            prop_assert!(product(pool.reserves()) >= product(before.reserves()));
            if let Ok(back) = pool.swap(opposite(side), there.amount_out, 0) {
                prop_assert!(back.amount_out <= amount_in);
            }
        } else {
            prop_assert_eq!(pool, before, "a refused swap changes nothing");
        }
    }

    #[test]
    fn more_into_an_amm_v4_pool_never_gives_less(
        pool in any_amm_v4(), side in side(), amount_in in amount(62), more in amount(62),
    ) {
        let less = pool.quote(side, amount_in, 0);
        if let (Ok(less), Ok(more)) = (less, pool.quote(side, amount_in + more, 0)) {
            prop_assert!(more.amount_out >= less.amount_out);
        }
    }
}

fn sol_usdc() -> cpmm::Pool {
    cpmm::Pool {
        vaults: [50_000_000_000_000, 4_000_000_000_000],
        accrued: Default::default(),
        rates: cpmm::Rates {
            trade: 2_500,
            protocol: 120_000,
            fund: 40_000,
            creator: 0,
        },
        creator_fee_on: cpmm::CreatorFeeOn::Input,
        status: 0,
        open_time: 1_000,
    }
}

#[test]
fn fees_stay_in_the_vault_and_out_of_the_reserves() {
    let mut pool = sol_usdc();
    pool.swap(Side::Sell, 1_000_000_000, 1_000).unwrap();
    assert_eq!(pool.vaults, [50_001_000_000_000, 3_999_920_201_592]);
    assert_eq!(
        (pool.accrued[0].protocol, pool.accrued[0].fund),
        (300_000, 100_000)
    );
    assert_eq!(
        pool.reserves(),
        [50_001_000_000_000 - 400_000, 3_999_920_201_592]
    );
}

#[test]
fn a_creators_fee_on_the_output_is_told_as_what_it_is_worth_of_the_input() {
    for creator_fee_on in [cpmm::CreatorFeeOn::Input, cpmm::CreatorFeeOn::Token1] {
        let mut pool = sol_usdc();
        pool.rates.creator = 10_000;
        pool.creator_fee_on = creator_fee_on;
        let fill = Pool::fill(&pool, Side::Sell, 1_000_000_000, 1_000).unwrap();
        // The trade fee of a quarter, and one of a hundred.
        assert!((12_475_000..=12_500_000).contains(&fill.fee), "{fill:?}");
        assert_eq!(fill.price_impact_bps(), 1, "{fill:?}");
    }
}

#[test]
fn an_exact_output_costs_the_least_input_that_reaches_it() {
    let pool = sol_usdc();
    let fill = pool.quote_exact_out(Side::Sell, 79_798_408, 1_000).unwrap();
    assert_eq!(fill.amount_out, 79_798_408);
    let less = pool.quote(Side::Sell, fill.amount_in - 2, 1_000).unwrap();
    assert!(less.amount_out <= 79_798_408 && fill.amount_in <= 1_000_000_000);
    let all = pool.quote_exact_out(Side::Sell, 4_000_000_000_000, 1_000);
    assert_eq!(all, Err(Refusal::NoLiquidity));
}

#[test]
fn a_pool_that_is_off_or_not_open_yet_refuses() {
    let mut pool = sol_usdc();
    assert_eq!(
        pool.quote(Side::Sell, 1_000_000, 999),
        Err(Refusal::NotOpen)
    );
    pool.status = 0b011; // deposits and withdrawals are off, swaps are not
    assert!(pool.quote(Side::Sell, 1_000_000, 1_000).is_ok());
    pool.status = 0b100;
    assert_eq!(
        pool.quote(Side::Sell, 1_000_000, 1_000),
        Err(Refusal::Disabled)
    );
    assert!(!Refusal::Disabled.is_final() && Refusal::Dust.is_final());
}

#[test]
fn an_amm_v4_pool_swaps_in_two_statuses_and_waits_for_its_open_time_in_one() {
    let pool = |status| amm_v4::Pool {
        vaults: [60_000_000_000_000, 4_800_000_000_000],
        need_take_pnl: [0, 0],
        swap_fee: [25, 10_000],
        status,
        open_time: 1_000,
    };
    let answer = |status, now| {
        let fill = pool(status).quote(Side::Sell, 1_000_000_000, now);
        fill.map(|fill| fill.amount_out)
    };
    assert_eq!(answer(amm_v4::STATUS_SWAP_ONLY, 0), Ok(79_798_673));
    assert_eq!(
        answer(amm_v4::STATUS_WAITING_TRADE, 999),
        Err(Refusal::NotOpen)
    );
    assert_eq!(answer(amm_v4::STATUS_WAITING_TRADE, 1_000), Ok(79_798_673));
    for other in [0, 1, 2, 3, 4, 5, 8] {
        assert_eq!(answer(other, 1_000), Err(Refusal::Disabled), "{other}");
    }
}

#[test]
fn an_amm_v4_pool_moves_to_a_price() {
    let pool = amm_v4::Pool {
        vaults: [1_000_000_000_000, 5],
        need_take_pnl: [0, 0],
        swap_fee: [0, 1],
        status: amm_v4::STATUS_SWAP_ONLY,
        open_time: 0,
    };
    let price = (1 << 64) / 10;
    let moved = venues::Pool::at_price(&pool, price);
    assert!(moved.marginal_price(Side::Sell).unwrap().abs_diff(price) < 1 << 32);
    assert_eq!(moved.fill(Side::Sell, 1_000, 0).unwrap().marginal_out, 99);
}

#[test]
fn a_vault_never_overflows() {
    let mut pool = sol_usdc();
    pool.vaults[0] = u64::MAX - 5;
    assert_eq!(pool.quote(Side::Sell, 6, 1_000), Err(Refusal::TooLarge));
    pool.vaults[1] = 0;
    assert_eq!(pool.quote(Side::Sell, 5, 1_000), Err(Refusal::NoLiquidity));
}
