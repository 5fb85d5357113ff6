//! Pools of the CPMM program.

use serde_json::Value;
use solana::pools::{PoolAddress, PoolError, Program, Role, TOKEN_PROGRAM};
use solana::testing::accounts::CpmmPool;
use solana_pubkey::Pubkey;
use venues::{DecodeError, Side};

use crate::ledger::As::{Reads, Signs, Writes};
use crate::ledger::{Ledger, POOL, SOL, USDC, USER, VAULTS, key, names, pool};

const CONFIG: Pubkey = key(13);
const OBSERVATION: Pubkey = key(14);
/// The program's authority on mainnet.
const AUTHORITY: Pubkey = Pubkey::from_str_const("GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL");

/// Vault balances and rates: trade, protocol, fund.
pub(crate) fn chain(balances: [u64; 2], rates: [u64; 3]) -> (Ledger, PoolAddress) {
    let pool = pool(Program::Cpmm, POOL);
    let made = CpmmPool {
        program_id: pool.program_id,
        address: POOL,
        config: CONFIG,
        observation: OBSERVATION,
        vaults: VAULTS,
        balances,
        rates,
    };
    let mut ledger = Ledger::default();
    for (address, account) in made.accounts() {
        ledger.set(address, account.owner, account.data);
    }
    (ledger, pool)
}

pub(crate) fn sol_usdc() -> (Ledger, PoolAddress) {
    chain(
        [50_000_000_000_000, 4_000_000_000_000],
        [2_500, 120_000, 40_000],
    )
}

#[test]
fn a_quote_from_account_bytes_is_what_the_program_pays() {
    let vectors = include_str!("../../../venues/tests/vectors/raydium_cpmm.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let units = |case: &Value, field: &str| case[field].as_str().unwrap().parse::<u64>().unwrap();
    let rate = |case: &Value, field: &str| case[field].as_u64().unwrap();
    let mut seen = 0;
    let cases = vectors["cases"].as_array().unwrap();
    for case in cases.iter().filter(|case| case["creator_fee_on"].is_null()) {
        let reserves = ["reserve0", "reserve1"].map(|field| units(case, field));
        let rates = ["trade_fee_rate", "protocol_fee_rate", "fund_fee_rate"];
        let (ledger, pool) = chain(reserves, rates.map(|field| rate(case, field)));
        let side = if case["direction"] == "0to1" {
            Side::Sell
        } else {
            Side::Buy
        };
        let state = ledger.state(&pool).unwrap();
        let fill = state.pool.fill(side, units(case, "amount_in"), 1).unwrap();
        assert_eq!(fill.amount_out, units(case, "amount_out"), "{case}");
        seen += 1;
    }
    assert_eq!(seen, 4);
}

#[test]
fn a_quote_reads_the_pool_its_vaults_its_mints_and_its_fees() {
    let (ledger, pool) = sol_usdc();
    let keys = ledger.describe(&pool).unwrap();
    assert_eq!((keys.mints, keys.vaults), ([SOL, USDC], VAULTS));
    let read = [POOL, VAULTS[0], VAULTS[1], SOL, USDC, CONFIG];
    assert_eq!(keys.accounts(), read);
    let state = ledger.read(&keys).unwrap();
    assert_eq!(state.mints.map(|mint| mint.program), [TOKEN_PROGRAM; 2]);
    assert_eq!(state.mints.map(|mint| mint.decimals), [9, 6]);
    let balances = [50_000_000_000_000, 4_000_000_000_000];
    assert_eq!(state.vaults.map(|vault| vault.amount), balances);
    assert_eq!(state.side(&SOL), Some(Side::Sell));
    assert_eq!(state.side(&USDC), Some(Side::Buy));
    assert_eq!(state.side(&key(99)), None);
}

#[test]
fn a_swap_names_thirteen_accounts_those_of_the_token_sold_before_the_others() {
    let (ledger, pool) = sol_usdc();
    let state = ledger.state(&pool).unwrap();
    let swap = |side| state.swap_instruction(&USER, side, 0x201, 0x403);
    let expected = |token_in: usize, token_out: usize| {
        [
            (Signs, USER.wallet),
            (Reads, AUTHORITY),
            (Reads, CONFIG),
            (Writes, POOL),
            (Writes, USER.token_in),
            (Writes, USER.token_out),
            (Writes, VAULTS[token_in]),
            (Writes, VAULTS[token_out]),
            (Reads, TOKEN_PROGRAM),
            (Reads, TOKEN_PROGRAM),
            (Reads, [SOL, USDC][token_in]),
            (Reads, [SOL, USDC][token_out]),
            (Writes, OBSERVATION),
        ]
    };
    let sale = swap(Side::Sell);
    names(&sale, &expected(0, 1));
    names(&swap(Side::Buy), &expected(1, 0));
    assert_eq!(sale.program_id, Program::Cpmm.mainnet_id());
    let data = [
        [143, 190, 90, 218, 196, 30, 51, 222],
        [1, 2, 0, 0, 0, 0, 0, 0],
        [3, 4, 0, 0, 0, 0, 0, 0],
    ];
    assert_eq!(sale.data, data.concat());
}

#[test]
fn a_program_elsewhere_has_an_authority_of_its_own() {
    let (mut ledger, mut pool) = sol_usdc();
    pool.program_id = key(40);
    for account in [POOL, CONFIG] {
        ledger.0.get_mut(&account).unwrap().0 = key(40);
    }
    let state = ledger.state(&pool).unwrap();
    let swap = state.swap_instruction(&USER, Side::Sell, 1, 1);
    let seeds: &[&[u8]] = &[b"vault_and_lp_mint_auth_seed"];
    let authority = Pubkey::find_program_address(seeds, &key(40)).0;
    assert_eq!(
        (swap.program_id, swap.accounts[1].pubkey),
        (key(40), authority)
    );
}

#[test]
fn accounts_that_are_not_a_pools_are_refused_by_name() {
    let (ledger, pool) = sol_usdc();
    let refused = |change: &dyn Fn(&mut Ledger)| {
        let mut ledger = ledger.clone();
        change(&mut ledger);
        ledger.state(&pool).unwrap_err().to_string()
    };
    let own = pool.program_id;
    assert_eq!(
        refused(&|ledger| drop(ledger.0.remove(&POOL))),
        format!("the pool {POOL} does not exist")
    );
    assert_eq!(
        refused(&|ledger| ledger.0.get_mut(&POOL).unwrap().0 = TOKEN_PROGRAM),
        format!("the pool {POOL} belongs to the program {TOKEN_PROGRAM}, not to {own}")
    );
    assert_eq!(
        refused(&|ledger| ledger.patch(POOL, 0, &[0])),
        format!("the pool {POOL} cannot be read: cpmm::PoolState: another discriminator")
    );
    assert_eq!(
        refused(&|ledger| drop(ledger.0.remove(&CONFIG))),
        format!("the fee configuration {CONFIG} does not exist")
    );
    assert_eq!(
        refused(&|ledger| ledger.0.get_mut(&CONFIG).unwrap().0 = key(41)),
        format!(
            "the fee configuration {CONFIG} belongs to the program {}, not to {own}",
            key(41)
        )
    );
    assert_eq!(
        refused(&|ledger| ledger.patch(CONFIG, 0, &[0])),
        format!(
            "the fee configuration {CONFIG} cannot be read: cpmm::AmmConfig: another discriminator"
        )
    );
}

#[test]
fn a_pool_that_names_another_account_than_was_read_is_to_be_read_again() {
    let (mut ledger, pool) = sol_usdc();
    let keys = ledger.describe(&pool).unwrap();
    ledger.patch(POOL, 8, key(50).as_ref());
    let Err(PoolError::Moved(fresh)) = ledger.read(&keys) else {
        panic!("the keys are old");
    };
    assert_eq!(fresh.accounts()[5], key(50));
    let missing = PoolError::Missing {
        role: Role::Config,
        address: key(50),
    };
    assert_eq!(ledger.read(&fresh).unwrap_err(), missing);
    assert_eq!(
        keys.state(&[]).unwrap_err(),
        PoolError::Missing {
            role: Role::Pool,
            address: POOL
        }
    );
}

#[test]
fn a_pool_of_another_length_is_refused() {
    let (mut ledger, pool) = sol_usdc();
    ledger.0.get_mut(&POOL).unwrap().1.push(0);
    let source = DecodeError::Length {
        account: "cpmm::PoolState",
        found: 638,
        expected: 637,
    };
    let expected = PoolError::Layout {
        role: Role::Pool,
        address: POOL,
        source,
    };
    assert_eq!(ledger.state(&pool).unwrap_err(), expected);
}
