//! Account bytes: fields at the programs' offsets, and no panic on any bytes at all.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod snapshot;

use proptest::prelude::*;
use venues::meteora::{BinArray, LbPair, Pool};
use venues::raydium::{amm_v4, cpmm};
use venues::{DecodeError, Side};

/// An account in which the eight bytes at an offset count up from the offset's low byte, so that a
/// field read at the wrong place has the wrong value.
fn ruler(length: usize, discriminator: &[u8]) -> Vec<u8> {
    let mut account: Vec<u8> = (0..length).map(|offset| offset as u8).collect();
    account[..discriminator.len()].copy_from_slice(discriminator);
    account
}

fn u64_at(account: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(account[offset..offset + 8].try_into().unwrap())
}

#[test]
fn a_cpmm_pool_is_read_at_its_offsets() {
    let mut account = ruler(637, &[247, 237, 227, 245, 215, 195, 222, 70]);
    (account[389], account[390]) = (2, 1);
    let state = cpmm::PoolState::decode(&account).unwrap();
    assert_eq!(state.amm_config, account[8..40]);
    assert_eq!(state.vaults, [&account[72..104], &account[104..136]]);
    assert_eq!(state.mints, [&account[168..200], &account[200..232]]);
    assert_eq!(
        state.token_programs,
        [&account[232..264], &account[264..296]]
    );
    assert_eq!(state.observation, account[296..328]);
    assert_eq!(state.decimals, [account[331], account[332]]);
    assert_eq!(state.status, account[329]);
    assert_eq!(state.open_time, u64_at(&account, 373));
    let offsets = state
        .accrued
        .map(|fees| [fees.protocol, fees.fund, fees.creator]);
    let expected = [[341, 357, 397], [349, 365, 405]];
    assert_eq!(
        offsets,
        expected.map(|token| token.map(|offset| u64_at(&account, offset)))
    );
    assert_eq!(state.creator_fee_on, cpmm::CreatorFeeOn::Token1);
    assert!(state.creator_fee_enabled);
}

#[test]
fn a_cpmm_pool_takes_the_creators_rate_only_if_it_enables_it() {
    let mut account = ruler(637, &[247, 237, 227, 245, 215, 195, 222, 70]);
    account[329] = 0;
    account[341..373].fill(0);
    account[397..413].fill(0);
    let mut config = vec![0; 236];
    config[..8].copy_from_slice(&[218, 244, 33, 104, 203, 203, 43, 111]);
    for (offset, rate) in [(12, 2_500u64), (20, 120_000), (28, 40_000), (108, 500)] {
        config[offset..offset + 8].copy_from_slice(&rate.to_le_bytes());
    }
    let config = cpmm::AmmConfig::decode(&config).unwrap();
    for (enabled, creator) in [(0, 0), (1, 500)] {
        (account[389], account[390]) = (0, enabled);
        let state = cpmm::PoolState::decode(&account).unwrap();
        let pool = cpmm::Pool::from_accounts(&state, &config, [7, 8]);
        let rates = cpmm::Rates {
            trade: 2_500,
            protocol: 120_000,
            fund: 40_000,
            creator,
        };
        assert_eq!((pool.rates, pool.reserves()), (rates, [7, 8]));
    }
}

#[test]
fn an_amm_v4_pool_is_read_at_its_offsets() {
    let mut account = ruler(752, &[]);
    account[176..192].fill(0);
    (account[176], account[184]) = (25, 100);
    let info = amm_v4::AmmInfo::decode(&account).unwrap();
    assert_eq!(
        (info.status, info.nonce),
        (u64_at(&account, 0), u64_at(&account, 8))
    );
    assert_eq!(info.swap_fee, [25, 100]);
    assert_eq!(info.open_time, u64_at(&account, 224));
    assert_eq!(
        info.need_take_pnl,
        [u64_at(&account, 192), u64_at(&account, 200)]
    );
    assert_eq!(info.vaults, [&account[336..368], &account[368..400]]);
    assert_eq!(info.mints, [&account[400..432], &account[432..464]]);
    let book = [496, 528, 560, 592].map(|offset| account[offset..offset + 32].to_vec());
    assert_eq!(info.order_book.map(|address| address.to_vec()), book);
    account[176] = 100;
    assert!(
        amm_v4::AmmInfo::decode(&account).is_err(),
        "a fee of everything"
    );
}

#[test]
fn the_snapshots_pair_is_read_as_the_chain_showed_it() {
    let pair = LbPair::decode(snapshot::PAIR).unwrap();
    assert_eq!((pair.active_id, pair.fees.bin_step), (-25_369, 1));
    assert_eq!((pair.fees.base_factor, pair.fees.base_power), (10_000, 0));
    assert_eq!((pair.fees.filter_period, pair.fees.decay_period), (10, 120));
    assert_eq!(
        (pair.fees.reduction_factor, pair.fees.protocol_share),
        (5_000, 1_000)
    );
    assert_eq!(
        (pair.fees.variable_control, pair.fees.max_volatility),
        (2_000_000, 100_000)
    );
    assert_eq!(
        (pair.volatility.accumulator, pair.volatility.reference),
        (4_614, 4_614)
    );
    assert_eq!(pair.volatility.reference_bin, -25_369);
    assert_eq!(pair.volatility.last_update, 1_783_662_947);
    assert!(pair.enabled && pair.limit_orders);
    assert_eq!(pair.mints[0][..4], [0x06, 0x9b, 0x88, 0x57], "wrapped SOL");
}

/// The arrays from -409 to -196 hold liquidity, but for -253.
#[test]
fn the_snapshots_bitmap_tells_which_arrays_a_swap_meets() {
    let mut pair = LbPair::decode(snapshot::PAIR).unwrap();
    let ahead = |pair: &LbPair, side| pair.arrays_ahead(side).collect::<Vec<_>>();
    let down: Vec<i32> = (-409..=-363).rev().collect();
    let up: Vec<i32> = (-363..=-196).filter(|index| *index != -253).collect();
    assert_eq!(ahead(&pair, Side::Sell), down);
    assert_eq!(ahead(&pair, Side::Buy), up);
    pair.active_id = -253 * 70;
    assert_eq!(ahead(&pair, Side::Sell)[..2], [-254, -255]);
    assert_eq!(ahead(&pair, Side::Buy)[..2], [-252, -251]);
    for (active_id, within) in [
        (-35_840, true),
        (-35_841, false),
        (35_839, true),
        (35_840, false),
    ] {
        pair.active_id = active_id;
        assert_eq!(pair.is_within_bitmap(), within, "{active_id}");
    }
}

#[test]
fn the_snapshots_bins_carry_the_prices_that_their_numbers_have() {
    for (bytes, array) in snapshot::ARRAYS
        .chunks_exact(BinArray::LENGTH)
        .zip(snapshot::arrays())
    {
        for (slot, bin) in array.bins.iter().enumerate() {
            let at = 56 + slot * 144 + 16;
            let stored = u128::from_le_bytes(bytes[at..at + 16].try_into().unwrap());
            assert_eq!(
                venues::meteora::price::of_bin(bin.id, 1),
                Some(stored),
                "bin {}",
                bin.id
            );
        }
    }
    let order = snapshot::pool()
        .bins()
        .find(|bin| bin.orders.open > 0)
        .unwrap();
    assert_eq!((order.id, order.orders.open), (-25_429, 12_545_529));
    assert_eq!(order.orders.taken_by, Side::Sell);
}

#[test]
fn bin_arrays_of_another_pair_or_given_twice_are_refused() {
    let (pair, mut arrays) = (LbPair::decode(snapshot::PAIR).unwrap(), snapshot::arrays());
    let address = arrays[0].lb_pair;
    assert!(Pool::from_accounts(&address, &pair, &arrays).is_ok());
    let foreign = Pool::from_accounts(&[0; 32], &pair, &arrays).map(|_| ());
    assert_eq!(foreign, Err(DecodeError::ForeignBinArray));
    arrays.push(arrays[0].clone());
    let twice = Pool::from_accounts(&address, &pair, &arrays).map(|_| ());
    assert_eq!(twice, Err(DecodeError::ForeignBinArray));
}

#[test]
fn another_length_or_discriminator_is_refused() {
    let short = LbPair::decode(&snapshot::PAIR[..903]);
    let expected = DecodeError::Length {
        account: "dlmm::LbPair",
        found: 903,
        expected: 904,
    };
    assert_eq!(short, Err(expected));
    let mut other = snapshot::PAIR.to_vec();
    other[0] ^= 1;
    let refused = LbPair::decode(&other);
    assert_eq!(
        refused,
        Err(DecodeError::Discriminator {
            account: "dlmm::LbPair"
        })
    );
}

#[test]
fn array_numbers_round_down_below_zero() {
    let numbers = [-25_369, -71, -70, -1, 0, 69, 70].map(BinArray::index_of);
    assert_eq!(numbers, [-363, -2, -1, -1, 0, 0, 1]);
}

#[test]
fn swap_instructions_carry_the_amounts_little_endian() {
    let amounts = [[1, 2, 0, 0, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0, 0, 4]].concat();
    let min_out = 3 + (4 << 56);
    let cpmm = cpmm::swap_base_input_data(0x201, min_out);
    assert_eq!(cpmm[..8], [143, 190, 90, 218, 196, 30, 51, 222]);
    assert_eq!(cpmm[8..], amounts);
    let amm_v4 = amm_v4::swap_base_in_data(0x201, min_out);
    assert_eq!((amm_v4[0], &amm_v4[1..]), (9, &amounts[..]));
    let dlmm = venues::meteora::swap2_data(0x201, min_out);
    assert_eq!(dlmm[..8], [65, 75, 63, 76, 235, 91, 91, 136]);
    assert_eq!(
        (&dlmm[8..24], &dlmm[24..]),
        (&amounts[..], &[0, 0, 0, 0][..])
    );
}

/// Arbitrary bytes; half of the time with the right discriminator, so that the fields are reached.
fn account(length: usize, discriminator: [u8; 8]) -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop_oneof![
        9 => prop::collection::vec(any::<u8>(), length),
        1 => prop::collection::vec(any::<u8>(), 0..length + 9),
    ];
    (bytes, any::<bool>()).prop_map(move |(mut bytes, right)| {
        if right && bytes.len() >= 8 {
            bytes[..8].copy_from_slice(&discriminator);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..<_>::default() })]

    #[test]
    fn no_bytes_break_raydiums_decoders_or_their_pools(
        mut state in account(cpmm::PoolState::LENGTH, cpmm::PoolState::DISCRIMINATOR),
        config in account(cpmm::AmmConfig::LENGTH, cpmm::AmmConfig::DISCRIMINATOR),
        mut info in prop::collection::vec(any::<u8>(), amm_v4::AmmInfo::LENGTH),
        vaults in any::<[u64; 2]>(), amount_in in any::<u64>(),
    ) {
        if state.len() > 389 {
            state[389] %= 4;
        }
        let mut rates = config.clone();
        for byte in [12, 20, 28, 108].iter().flat_map(|rate| rate + 2..rate + 8) {
            if let Some(byte) = rates.get_mut(byte) { *byte = 0 }
        }
        for config in [config, rates] {
            if let (Ok(state), Ok(config)) =
                (cpmm::PoolState::decode(&state), cpmm::AmmConfig::decode(&config))
            {
                let mut pool = cpmm::Pool::from_accounts(&state, &config, vaults);
                for side in [Side::Sell, Side::Buy] {
                    let _ = pool.quote_exact_out(side, amount_in, u64::MAX);
                    let _ = pool.swap(side, amount_in, u64::MAX);
                }
            }
        }
        info[191] = 0xff;
        info[..8].copy_from_slice(&amm_v4::STATUS_SWAP_ONLY.to_le_bytes());
        if let Ok(info) = amm_v4::AmmInfo::decode(&info) {
            let mut pool = amm_v4::Pool::from_accounts(&info, vaults);
            for side in [Side::Sell, Side::Buy] {
                let _ = pool.swap(side, amount_in, u64::MAX);
            }
        }
    }

    #[test]
    fn no_bytes_break_meteoras_decoders_or_their_pools(
        mut pair in account(LbPair::LENGTH, LbPair::DISCRIMINATOR),
        mut array in account(BinArray::LENGTH, BinArray::DISCRIMINATOR),
        index in -6_338..6_338i64,
        within in 0..70i32,
        amount_in in any::<u64>(), now in any::<i64>(),
    ) {
        let _ = (LbPair::decode(&pair), BinArray::decode(&array));
        if pair.len() == LbPair::LENGTH && array.len() == BinArray::LENGTH {
            pair[32..34].copy_from_slice(&1_000u16.to_le_bytes());
            (pair[36], pair[82]) = (pair[36] % 2, 0);
            pair[76..80].copy_from_slice(&(index as i32 * 70 + within).to_le_bytes());
            array[8..16].copy_from_slice(&index.to_le_bytes());
        }
        if let (Ok(pair), Ok(array)) = (LbPair::decode(&pair), BinArray::decode(&array)) {
            let mut pool = Pool::from_accounts(&array.lb_pair.clone(), &pair, &[array]).unwrap();
            for side in [Side::Sell, Side::Buy] {
                let _ = pool.swap(side, amount_in, now);
            }
        }
    }
}
