//! Token accounts and mints.

use solana::pools::{Mint, PoolError, Role, TOKEN_2022_PROGRAM, TOKEN_PROGRAM, TokenAccount};
use solana_pubkey::Pubkey;
use venues::Side;

use crate::cpmm::sol_usdc;
use crate::ledger::{Ledger, SOL, USDC, USER, VAULTS, key, mint_bytes, vault_bytes};

const SYSTEM: Pubkey = Pubkey::new_from_array([0; 32]);

/// Why the pool is refused when the chain is so.
fn refused(change: impl FnOnce(&mut Ledger)) -> String {
    let (mut ledger, pool) = sol_usdc();
    change(&mut ledger);
    ledger.state(&pool).unwrap_err().to_string()
}

#[test]
fn a_token_account_is_read_at_its_offsets() {
    let mut ledger = Ledger::default();
    let mut data = vault_bytes(USDC, 1 << 40 | 7);
    ledger.set(VAULTS[0], TOKEN_PROGRAM, data.clone());
    let read = |ledger: &Ledger| {
        TokenAccount::read(Role::Vault, VAULTS[0], ledger.get(&VAULTS[0])).unwrap()
    };
    let mut expected = TokenAccount {
        program: TOKEN_PROGRAM,
        mint: USDC,
        owner: key(30),
        amount: 1 << 40 | 7,
        frozen: false,
    };
    assert_eq!(read(&ledger), expected);
    // An account of the newer program has its extensions behind.
    data[108] = 2;
    data.extend([2, 7, 0, 0, 0]);
    ledger.set(VAULTS[0], TOKEN_2022_PROGRAM, data);
    (expected.program, expected.frozen) = (TOKEN_2022_PROGRAM, true);
    assert_eq!(read(&ledger), expected);
}

#[test]
fn a_mint_is_read_at_its_offsets() {
    let mut ledger = Ledger::default();
    let mut data = mint_bytes(6);
    ledger.set(USDC, TOKEN_PROGRAM, data.clone());
    let read = |ledger: &Ledger| Mint::read(USDC, ledger.get(&USDC));
    let mut expected = Mint {
        program: TOKEN_PROGRAM,
        mint_authority: None,
        supply: 1_000_000,
        decimals: 6,
        freeze_authority: None,
    };
    assert_eq!(read(&ledger), Ok(expected));
    data[0] = 1;
    data[4..36].copy_from_slice(key(31).as_ref());
    data[46] = 1;
    data[50..82].copy_from_slice(key(32).as_ref());
    ledger.set(USDC, TOKEN_2022_PROGRAM, data.clone());
    expected.program = TOKEN_2022_PROGRAM;
    expected.mint_authority = Some(key(31));
    expected.freeze_authority = Some(key(32));
    assert_eq!(read(&ledger), Ok(expected));
    data[46] = 2;
    ledger.set(USDC, TOKEN_PROGRAM, data);
    let (role, address) = (Role::Mint, USDC);
    assert_eq!(
        read(&ledger),
        Err(PoolError::NotInitialized { role, address })
    );
}

#[test]
fn a_vault_or_mint_of_no_token_program_is_refused() {
    assert_eq!(
        refused(|ledger| ledger.0.get_mut(&VAULTS[1]).unwrap().0 = SYSTEM),
        format!(
            "the vault {} belongs to {SYSTEM}, which is no token program",
            VAULTS[1]
        )
    );
    assert_eq!(
        refused(|ledger| ledger.0.get_mut(&SOL).unwrap().0 = SYSTEM),
        format!("the mint {SOL} belongs to {SYSTEM}, which is no token program")
    );
    assert_eq!(
        refused(|ledger| drop(ledger.0.remove(&VAULTS[0]))),
        format!("the vault {} does not exist", VAULTS[0])
    );
    assert_eq!(
        refused(|ledger| drop(ledger.0.remove(&USDC))),
        format!("the mint {USDC} does not exist")
    );
}

#[test]
fn a_mint_with_extensions_is_refused() {
    let extended = |ledger: &mut Ledger| {
        let mut data = mint_bytes(6);
        data.resize(165, 0);
        data.extend([1, 1, 0, 108, 0]); // a mint, with the fee of a transfer
        ledger.set(USDC, TOKEN_2022_PROGRAM, data);
    };
    let why =
        format!("the mint {USDC} has extensions of Token-2022, which the arithmetic does not know");
    assert_eq!(refused(extended), why);
    // Without any, it is a token like others.
    let (mut ledger, pool) = sol_usdc();
    ledger.set(USDC, TOKEN_2022_PROGRAM, mint_bytes(6));
    let state = ledger.state(&pool).unwrap();
    let programs = state.mints.map(|mint| mint.program);
    assert_eq!(programs, [TOKEN_PROGRAM, TOKEN_2022_PROGRAM]);
    let swap = state.swap_instruction(&USER, Side::Buy, 1, 1);
    assert_eq!(swap.accounts[8].pubkey, TOKEN_2022_PROGRAM);
    assert_eq!(swap.accounts[9].pubkey, TOKEN_PROGRAM);
}

#[test]
fn a_vault_that_is_frozen_or_holds_another_token_is_refused() {
    assert_eq!(
        refused(|ledger| ledger.patch(VAULTS[0], 108, &[2])),
        format!("the vault {} is frozen", VAULTS[0])
    );
    assert_eq!(
        refused(|ledger| ledger.patch(VAULTS[0], 0, USDC.as_ref())),
        format!(
            "the vault {} holds {USDC}, but the pool says {SOL}",
            VAULTS[0]
        )
    );
}

#[test]
fn bytes_that_are_no_token_account_or_mint_are_refused() {
    let vault = format!("the vault {} is not an initialized one", VAULTS[0]);
    assert_eq!(refused(|ledger| ledger.patch(VAULTS[0], 108, &[0])), vault);
    assert_eq!(refused(|ledger| ledger.patch(VAULTS[0], 108, &[3])), vault);
    for length in [0, 82, 108, 109, 164, 166, 355] {
        let resize = |ledger: &mut Ledger| {
            let data = &mut ledger.0.get_mut(&VAULTS[0]).unwrap().1;
            data.resize(length, 1);
        };
        assert_eq!(refused(resize), vault, "{length}");
    }
    let extended_mint = |ledger: &mut Ledger| {
        let data = [&vault_bytes(SOL, 1)[..], &[1, 1, 0, 108, 0]].concat();
        ledger.set(VAULTS[0], TOKEN_2022_PROGRAM, data);
    };
    assert_eq!(refused(extended_mint), vault);
    let mint = format!("the mint {USDC} is not an initialized one");
    assert_eq!(refused(|ledger| ledger.patch(USDC, 45, &[0])), mint);
    for length in [0, 44, 81, 83, 165] {
        let resize = |ledger: &mut Ledger| {
            ledger.0.get_mut(&USDC).unwrap().1.resize(length, 0);
        };
        assert_eq!(refused(resize), mint, "{length}");
    }
}
