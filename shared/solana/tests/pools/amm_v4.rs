//! Pools of the AMM v4 program.

use serde_json::Value;
use solana::pools::{PoolAddress, PoolError, Program, TOKEN_2022_PROGRAM, TOKEN_PROGRAM};
use solana_pubkey::Pubkey;
use venues::{Refusal, Side};

use crate::ledger::As::{Reads, Signs, Writes};
use crate::ledger::{Ledger, POOL, SOL, USDC, USER, VAULTS, bytes, key, names, pool};

/// Open orders, market, market program, target orders.
const ORDER_BOOK: [Pubkey; 4] = [key(13), key(14), key(15), key(16)];
/// The program's authority on mainnet, and its nonce.
const AUTHORITY: Pubkey = Pubkey::from_str_const("5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1");
const NONCE: u64 = 254;
const SWAP_ONLY: u64 = 6;

fn chain(balances: [u64; 2]) -> (Ledger, PoolAddress) {
    let pool = pool(Program::AmmV4, POOL);
    let mut ledger = Ledger::with_tokens(VAULTS, balances);
    let [numerator, denominator] = [25u64, 10_000].map(u64::to_le_bytes);
    let [open_orders, market, market_program, target_orders] = ORDER_BOOK.map(|key| key.to_bytes());
    let fields: [(usize, &[u8]); 12] = [
        (0, &SWAP_ONLY.to_le_bytes()),
        (8, &NONCE.to_le_bytes()),
        (176, &numerator),
        (184, &denominator),
        (336, VAULTS[0].as_ref()),
        (368, VAULTS[1].as_ref()),
        (400, SOL.as_ref()),
        (432, USDC.as_ref()),
        (496, &open_orders),
        (528, &market),
        (560, &market_program),
        (592, &target_orders),
    ];
    ledger.set(POOL, pool.program_id, bytes(752, &[], &fields));
    (ledger, pool)
}

#[test]
fn a_quote_from_account_bytes_is_what_the_program_pays() {
    let vectors = include_str!("../../../venues/tests/vectors/raydium_amm_v4.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let units = |field: &str| case[field].as_str().unwrap().parse::<u64>().unwrap();
        let (ledger, pool) = chain([units("coin"), units("pc")]);
        let side = if case["direction"] == "coin2pc" {
            Side::Sell
        } else {
            Side::Buy
        };
        let state = ledger.state(&pool).unwrap();
        let fill = state.pool.fill(side, units("amount_in"), 1).unwrap();
        assert_eq!(fill.amount_out, units("amount_out"), "{case}");
    }
}

#[test]
fn a_swap_names_seventeen_accounts_the_market_in_the_place_of_what_is_not_read() {
    let (ledger, pool) = chain([60_000_000_000_000, 4_800_000_000_000]);
    let keys = ledger.describe(&pool).unwrap();
    assert_eq!(keys.accounts(), [POOL, VAULTS[0], VAULTS[1], SOL, USDC]);
    let state = ledger.read(&keys).unwrap();
    let [open_orders, market, market_program, _] = ORDER_BOOK;
    for side in [Side::Sell, Side::Buy] {
        let swap = state.swap_instruction(&USER, side, 0x201, 0x403);
        let expected = [
            (Reads, TOKEN_PROGRAM),
            (Writes, POOL),
            (Reads, AUTHORITY),
            (Reads, open_orders),
            (Writes, VAULTS[0]),
            (Writes, VAULTS[1]),
            (Reads, market_program),
            (Reads, market),
            (Reads, market), // bids
            (Reads, market), // asks
            (Reads, market), // event queue
            (Reads, market), // coin vault
            (Reads, market), // pc vault
            (Reads, market), // vault signer
            (Writes, USER.token_in),
            (Writes, USER.token_out),
            (Signs, USER.wallet),
        ];
        names(&swap, &expected);
        assert_eq!(swap.program_id, Program::AmmV4.mainnet_id());
        let data = [9, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0];
        assert_eq!(swap.data, data);
    }
}

#[test]
fn a_nonce_without_an_authority_is_refused() {
    let (mut ledger, pool) = chain([1, 1]);
    let why = format!("the pool {POOL} names a nonce that no authority has");
    for nonce in [255u64, 256 + NONCE] {
        ledger.patch(POOL, 8, &nonce.to_le_bytes());
        assert_eq!(ledger.state(&pool).unwrap_err().to_string(), why, "{nonce}");
    }
}

#[test]
fn a_token_of_the_newer_program_is_refused() {
    let (mut ledger, pool) = chain([1, 1]);
    ledger.0.get_mut(&USDC).unwrap().0 = TOKEN_2022_PROGRAM;
    let expected = PoolError::TokenProgram {
        mint: USDC,
        owner: TOKEN_2022_PROGRAM,
    };
    assert_eq!(ledger.state(&pool).unwrap_err(), expected);
}

#[test]
fn a_pool_waits_for_its_open_time_and_is_off_in_other_states() {
    let (mut ledger, pool) = chain([60_000_000_000_000, 4_800_000_000_000]);
    ledger.patch(POOL, 224, &1_000u64.to_le_bytes());
    let mut answer = |status: u64, now| {
        ledger.patch(POOL, 0, &status.to_le_bytes());
        let state = ledger.state(&pool).unwrap();
        let fill = state.pool.fill(Side::Sell, 1_000_000_000, now);
        fill.map(|fill| fill.amount_out)
    };
    assert_eq!(answer(7, 999), Err(Refusal::NotOpen));
    assert_eq!(answer(7, 1_000), Ok(79_798_673));
    assert_eq!(answer(1, 1_000), Err(Refusal::Disabled));
}
