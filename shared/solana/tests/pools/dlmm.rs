//! Pools of the DLMM program: the real SOL/USDC pool of the snapshot.

use serde_json::Value;
use solana::instructions::{associated_token, compute_budget, marker};
use solana::pools::{PoolAddress, PoolError, Program, Role, TOKEN_PROGRAM};
use solana::transaction::Message;
use solana_pubkey::Pubkey;
use venues::meteora::{BinArray, LbPair};
use venues::{Refusal, Side};

use crate::ledger::As::{Reads, Signs, Writes};
use crate::ledger::{Ledger, SOL, USDC, USER, key, names, pool};

const PAIR: &[u8] = include_bytes!("../../../venues/snapshots/meteora_sol_usdc/lb_pair.bin");
const ARRAYS: &[u8] = include_bytes!("../../../venues/snapshots/meteora_sol_usdc/bin_arrays.bin");
/// Unix time at which the vectors were taken.
const NOW: i64 = 1_783_662_993;

/// Addresses as mainnet has them.
const POOL: Pubkey = Pubkey::from_str_const("HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR");
const EVENT_AUTHORITY: Pubkey =
    Pubkey::from_str_const("D1ZN9Wj1fRSUQfCjhvnu1hqDMT7hzjzBBpi12nVniYD6");
const MEMO: Pubkey = Pubkey::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
/// From -363 down to -366.
const DOWN: [Pubkey; 4] = [
    Pubkey::from_str_const("621xz3jZ1GCZb1UsaS15JchEBPnBpuxLaCBBQDPifXTV"),
    Pubkey::from_str_const("PaGDF1CPSVtFLWdJGhag7iHyPiXZ4whewX3FRTLBu1G"),
    Pubkey::from_str_const("AKbvJiDVLikAeUZaftiGgKiFMFPjwZE28DkqCLPwbdwp"),
    Pubkey::from_str_const("3EPJ6dicXtNXq37bxa7Zm6qcZB56csFkGzzzfaRc5QT3"),
];
/// From -362 up to -360, which the snapshot does not hold.
const UP: [Pubkey; 3] = [
    Pubkey::from_str_const("DXshF3tvVwrBo4sqQKC9J2DeiHRDJXFQc1NBzagUbZ3s"),
    Pubkey::from_str_const("stbPymYsZ5rW2x6oou5XhRCzMJfMb9qgS7PXpjmvPGg"),
    Pubkey::from_str_const("8KfGFz6M4pLWurHyHte5Pm9TYaJ34BQ6pwzuSUGJiimp"),
];

fn vaults() -> [Pubkey; 2] {
    LbPair::decode(PAIR).unwrap().vaults.map(Pubkey::from)
}

fn oracle() -> Pubkey {
    Pubkey::try_from(&PAIR[552..584]).unwrap()
}

fn snapshot() -> (Ledger, PoolAddress) {
    let pool = pool(Program::Dlmm, POOL);
    let mut ledger = Ledger::with_tokens(vaults(), [1, 1]);
    ledger.set(POOL, pool.program_id, PAIR.to_vec());
    let arrays = ARRAYS.chunks_exact(BinArray::LENGTH).rev();
    for (address, array) in DOWN.into_iter().zip(arrays) {
        ledger.set(address, pool.program_id, array.to_vec());
    }
    (ledger, pool)
}

/// An array without liquidity, or with so much of token X in its first bin.
fn array(index: i64, x: u64) -> Vec<u8> {
    let mut data = vec![0; BinArray::LENGTH];
    data[..8].copy_from_slice(&BinArray::DISCRIMINATOR);
    data[8..16].copy_from_slice(&index.to_le_bytes());
    data[24..56].copy_from_slice(POOL.as_ref());
    data[56..64].copy_from_slice(&x.to_le_bytes());
    data
}

#[test]
fn a_quote_from_account_bytes_is_what_the_program_pays() {
    let vectors = include_str!("../../../venues/tests/vectors/meteora_dlmm.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 7);
    let (ledger, pool) = snapshot();
    let state = ledger.state(&pool).unwrap();
    for case in cases {
        let units = |field: &str| case[field].as_str().unwrap().parse::<u64>().unwrap();
        let side = if case["direction"] == "XtoY" {
            Side::Sell
        } else {
            Side::Buy
        };
        let fill = state.pool.fill(side, units("amount_in"), NOW).unwrap();
        assert_eq!(fill.amount_out, units("amount_out"), "{case}");
    }
}

#[test]
fn a_quote_reads_four_arrays_in_each_direction_the_active_one_once() {
    let (ledger, pool) = snapshot();
    let keys = ledger.describe(&pool).unwrap();
    let [vault_x, vault_y] = vaults();
    let common = [POOL, vault_x, vault_y, SOL, USDC];
    let expected = [&common[..], &DOWN, &UP].concat();
    assert_eq!(keys.accounts(), expected);
    assert_eq!(keys.mints, [SOL, USDC]);
}

#[test]
fn a_swap_names_sixteen_accounts_and_the_arrays_in_the_order_of_the_walk() {
    let (mut ledger, pool) = snapshot();
    for (address, index) in UP.into_iter().zip(-362..) {
        ledger.set(address, pool.program_id, array(index, 5));
    }
    let state = ledger.state(&pool).unwrap();
    let program = Program::Dlmm.mainnet_id();
    let [vault_x, vault_y] = vaults();
    let fixed = [
        (Writes, POOL),
        (Reads, program), // no bitmap extension
        (Writes, vault_x),
        (Writes, vault_y),
        (Writes, USER.token_in),
        (Writes, USER.token_out),
        (Reads, SOL),
        (Reads, USDC),
        (Writes, oracle()),
        (Reads, program), // no host's fee
        (Signs, USER.wallet),
        (Reads, TOKEN_PROGRAM),
        (Reads, TOKEN_PROGRAM),
        (Reads, MEMO),
        (Reads, EVENT_AUTHORITY),
        (Reads, program),
    ];
    let with = |arrays: &[Pubkey]| {
        let arrays = arrays.iter().map(|array| (Writes, *array));
        fixed.into_iter().chain(arrays).collect::<Vec<_>>()
    };
    let sale = state.swap_instruction(&USER, Side::Sell, 0x201, 0x403);
    names(&sale, &with(&DOWN));
    let purchase = state.swap_instruction(&USER, Side::Buy, 0x201, 0x403);
    names(&purchase, &with(&[&DOWN[..1], &UP].concat()));
    assert_eq!(sale.program_id, program);
    let data = [
        &[65, 75, 63, 76, 235, 91, 91, 136][..],
        &[1, 2, 0, 0, 0, 0, 0, 0],
        &[3, 4, 0, 0, 0, 0, 0, 0],
        &[0; 4],
    ];
    assert_eq!(sale.data, data.concat());
}

/// The last of a purchase's arrays is paid from, and none that a purchase does not name.
#[test]
fn a_quote_knows_no_more_than_its_swap_names() {
    let (mut ledger, pool) = snapshot();
    for (address, index) in UP.into_iter().zip(-362..) {
        ledger.set(address, pool.program_id, array(index, 5_000_000_000));
    }
    let answer = |ledger: &Ledger, side, amount_in| {
        let state = ledger.state(&pool).unwrap();
        let fill = state.pool.fill(side, amount_in, NOW);
        fill.map(|fill| fill.amount_out)
    };
    let all = 6_500_000_000;
    let third = answer(&ledger, Side::Buy, all).unwrap();
    assert!(third > 80_000_000_000, "{third}");
    let mut narrow = ledger.clone();
    DOWN[1..]
        .iter()
        .for_each(|array| drop(narrow.0.remove(array)));
    assert_eq!(answer(&narrow, Side::Buy, all), Ok(third));
    narrow.0.remove(&UP[2]);
    assert_eq!(answer(&narrow, Side::Buy, all), Err(Refusal::NoLiquidity));
    UP.iter().for_each(|array| drop(ledger.0.remove(array)));
    assert_eq!(
        answer(&ledger, Side::Sell, 300_000_000_000),
        Ok(23_663_357_241)
    );
}

#[test]
fn the_longest_transaction_fits_in_a_packet() {
    let (mut ledger, pool) = snapshot();
    for (address, index) in UP.into_iter().zip(-362..) {
        ledger.set(address, pool.program_id, array(index, 5));
    }
    let state = ledger.state(&pool).unwrap();
    let order = "018f3a2b-4c5d-7e6f-8091-a2b3c4d5e6f7".parse().unwrap();
    let instructions = [
        marker::create(&USER.wallet, order, 890_880),
        compute_budget::limit(1_400_000),
        compute_budget::price(1),
        associated_token::create_if_absent(&USER.wallet, &USDC, &TOKEN_PROGRAM),
        state.swap_instruction(&USER, Side::Sell, 1, 1),
    ];
    let message = Message::new(USER.wallet, &instructions, Default::default()).unwrap();
    let length = message.unsigned().len();
    assert!(length < 1_100, "{length} of 1232 bytes");
}

/// What lies behind an array that is not known is not known either, and the swap does not name it.
#[test]
fn a_quote_ends_where_an_array_is_missing() {
    let (mut ledger, pool) = snapshot();
    let large = 300_000_000_000;
    let answer = |ledger: &Ledger| {
        let state = ledger.state(&pool).unwrap();
        let swap = state.swap_instruction(&USER, Side::Sell, large, 1);
        let fill = state.pool.fill(Side::Sell, large, NOW);
        (fill.map(|fill| fill.amount_out), swap.accounts.len() - 16)
    };
    assert_eq!(answer(&ledger), (Ok(23_663_357_241), 4));
    ledger.0.remove(&DOWN[1]);
    assert_eq!(answer(&ledger), (Err(Refusal::NoLiquidity), 1));
    ledger.0.remove(&DOWN[0]);
    assert_eq!(answer(&ledger), (Err(Refusal::NoLiquidity), 0));
}

#[test]
fn a_pool_whose_active_array_is_another_is_to_be_read_again() {
    let (mut ledger, pool) = snapshot();
    let keys = ledger.describe(&pool).unwrap();
    let within = -25_400i32; // array -363, as before
    ledger.patch(POOL, 76, &within.to_le_bytes());
    assert!(ledger.read(&keys).is_ok());
    let below = -25_411i32; // array -364
    ledger.patch(POOL, 76, &below.to_le_bytes());
    let Err(PoolError::Moved(fresh)) = ledger.read(&keys) else {
        panic!("the arrays are others");
    };
    assert_eq!(fresh.accounts()[5..8], DOWN[1..]);
    let state = ledger.read(&fresh).unwrap();
    assert!(state.pool.fill(Side::Sell, 1_000, NOW).is_ok());
}

#[test]
fn an_array_that_holds_no_liquidity_is_neither_read_nor_named() {
    let (mut ledger, pool) = snapshot();
    let bit = usize::try_from(-364 + 512).unwrap();
    let byte = 584 + bit / 8;
    let cleared = PAIR[byte] & !(1 << (bit % 8));
    ledger.patch(POOL, byte, &[cleared]);
    let keys = ledger.describe(&pool).unwrap();
    assert!(!keys.accounts().contains(&DOWN[1]));
    assert_eq!(keys.accounts()[5..8], [DOWN[0], DOWN[2], DOWN[3]]);
}

#[test]
fn arrays_of_another_pair_or_program_are_refused() {
    let (ledger, pool) = snapshot();
    let refused = |change: &dyn Fn(&mut Ledger)| {
        let mut ledger = ledger.clone();
        change(&mut ledger);
        ledger.state(&pool).unwrap_err().to_string()
    };
    let array = DOWN[2];
    assert_eq!(
        refused(&|ledger| ledger.patch(array, 24, key(60).as_ref())),
        format!("the pool {POOL} cannot be read: bin arrays of another pair, or one of them twice")
    );
    assert_eq!(
        refused(&|ledger| ledger.patch(array, 0, &[0])),
        format!("the bin array {array} cannot be read: dlmm::BinArray: another discriminator")
    );
    let own = pool.program_id;
    assert_eq!(
        refused(&|ledger| ledger.0.get_mut(&array).unwrap().0 = key(61)),
        format!(
            "the bin array {array} belongs to the program {}, not to {own}",
            key(61)
        )
    );
}

#[test]
fn a_pool_beyond_its_own_bitmap_is_refused() {
    let (mut ledger, pool) = snapshot();
    ledger.patch(POOL, 76, &35_840i32.to_le_bytes());
    let why = ledger.state(&pool).unwrap_err();
    assert_eq!(why, PoolError::OutsideBitmap(POOL));
    ledger.patch(POOL, 76, &443_637i32.to_le_bytes());
    let Err(PoolError::Layout { role, .. }) = ledger.state(&pool) else {
        panic!("no bin has that number");
    };
    assert_eq!(role, Role::Pool);
}
