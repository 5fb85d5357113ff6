//! Swaps that the programs do not execute.

use serde_json::{Value, json};
use solana_address::Address;
use solana_instruction::Instruction;
use venues::Side;

use crate::node::{Node, custom};
use crate::swap::{ALL, At};

/// Lands a transaction of one instruction that fails, and answers why.
fn failure(node: &Node, instruction: Instruction) -> Value {
    node.execute(&[instruction])["meta"]["err"].clone()
}

#[test]
fn less_than_the_least_is_each_programs_slippage_error() {
    let node = Node::start();
    for at in ALL {
        let number = match at {
            At::Cpmm => 6005,
            At::AmmV4 => 30,
            At::Dlmm => 6003,
        };
        for side in [Side::Sell, Side::Buy] {
            let quote = at.quote(&node, side, 50_000_000);
            let swap = at.swap(&node, side, 50_000_000, quote.amount_out + 1);
            assert_eq!(failure(&node, swap), custom(0, number), "{at:?} {side:?}");
            let again = at.quote(&node, side, 50_000_000);
            assert_eq!(again.amount_out, quote.amount_out, "nothing moved");
        }
    }
}

#[test]
fn dust_is_refused() {
    let node = Node::start();
    let dust = |at: At| failure(&node, at.swap(&node, Side::Sell, 1, 0));
    assert_eq!(dust(At::Dlmm), custom(0, 6039));
    assert_eq!(dust(At::Cpmm), custom(0, 6006));
}

#[test]
fn more_than_the_wallet_has_is_the_token_programs_error() {
    let node = Node::start();
    let all = u64::MAX / 1_000;
    let swap = At::Cpmm.swap(&node, Side::Sell, all, 0);
    assert_eq!(failure(&node, swap), custom(0, 1));
    let swap = At::AmmV4.swap(&node, Side::Sell, all, 0);
    assert_eq!(failure(&node, swap), custom(0, 40));
}

#[test]
fn more_than_the_bins_hold_is_refused() {
    let node = Node::start();
    let swap = At::Dlmm.swap(&node, Side::Sell, 5_000_000_000_000, 0);
    let limit = json!({"InstructionError": [0, "ComputationalBudgetExceeded"]});
    assert_eq!(failure(&node, swap), limit);
}

#[test]
fn an_account_that_is_not_the_pools_is_refused() {
    let node = Node::start();
    // Program, place in the list, the error's number: authority, configuration, vault, mint,
    // token program, observation, oracle, event authority.
    let cases = [
        (At::Cpmm, 1, 2006),
        (At::Cpmm, 2, 3007),
        (At::Cpmm, 6, 2003),
        (At::Cpmm, 8, 3008),
        (At::Cpmm, 10, 2012),
        (At::Cpmm, 12, 2012),
        (At::AmmV4, 0, 38),
        (At::AmmV4, 1, 27),
        (At::AmmV4, 2, 1),
        (At::AmmV4, 3, 10),
        (At::AmmV4, 4, 4),
        (At::AmmV4, 5, 5),
        (At::AmmV4, 14, 42),
        (At::Dlmm, 0, 3007),
        (At::Dlmm, 2, 2001),
        (At::Dlmm, 6, 2001),
        (At::Dlmm, 8, 2001),
        (At::Dlmm, 11, 3008),
        (At::Dlmm, 13, 3008),
        (At::Dlmm, 14, 2006),
        (At::Dlmm, 16, 3007),
    ];
    for (at, place, number) in cases {
        let mut swap = at.swap(&node, Side::Sell, 50_000_000, 0);
        swap.accounts[place].pubkey = Address::new_from_array([9; 32]);
        assert_eq!(
            failure(&node, swap),
            custom(0, number),
            "{at:?}, account {place}"
        );
    }
}

#[test]
fn a_wallet_that_did_not_sign_is_refused() {
    let node = Node::start();
    for (at, place, number) in [
        (At::Cpmm, 0, 3010),
        (At::AmmV4, 16, 21),
        (At::Dlmm, 10, 3010),
    ] {
        let mut swap = at.swap(&node, Side::Sell, 50_000_000, 0);
        // Another's, for the wallet signs as the one who pays the fee.
        swap.accounts[place].pubkey = Address::new_from_array([9; 32]);
        swap.accounts[place].is_signer = false;
        assert_eq!(failure(&node, swap), custom(0, number), "{at:?}");
    }
}

#[test]
fn a_bin_array_that_the_walk_needs_must_be_given() {
    let node = Node::start();
    let mut swap = At::Dlmm.swap(&node, Side::Sell, 300_000_000_000, 0);
    // Behind the 16 fixed accounts: the array of the active bin, then those below it.
    swap.accounts.remove(17);
    assert_eq!(failure(&node, swap), custom(0, 3005));
    // No array at all.
    let mut swap = At::Dlmm.swap(&node, Side::Sell, 1_000_000_000, 0);
    swap.accounts.truncate(16);
    assert_eq!(failure(&node, swap), custom(0, 3005));
    // All there are, for more than they hold.
    let swap = At::Dlmm.swap(&node, Side::Buy, 900_000_000_000, 0);
    assert_eq!(failure(&node, swap), custom(0, 6012));
}

#[test]
fn bin_arrays_may_come_in_any_order() {
    let node = Node::start();
    let quote = At::Dlmm.quote(&node, Side::Sell, 100_000_000_000);
    let mut swap = At::Dlmm.swap(&node, Side::Sell, 100_000_000_000, quote.amount_out);
    swap.accounts[16..].reverse();
    assert_eq!(failure(&node, swap), Value::Null);
}

#[test]
fn a_price_that_moved_after_the_quote_is_slippage() {
    let node = Node::start();
    for (at, number) in [(At::Cpmm, 6005), (At::AmmV4, 30)] {
        let quote = at.quote(&node, Side::Sell, 50_000_000);
        let swap = at.swap(&node, Side::Sell, 50_000_000, quote.amount_out);
        let vault = match at {
            At::AmmV4 => swap.accounts[5].pubkey,
            _ => swap.accounts[7].pubkey,
        };
        let less = node.tokens(vault) / 100 * 99;
        node.call("_setTokens", json!([vault.to_string(), less]));
        assert_eq!(node.tokens(vault), less);
        assert_eq!(failure(&node, swap), custom(0, number), "{at:?}");
        let moved = at.quote(&node, Side::Sell, 50_000_000);
        assert!(moved.amount_out < quote.amount_out);
        let swap = at.swap(&node, Side::Sell, 50_000_000, moved.amount_out);
        assert_eq!(
            failure(&node, swap),
            Value::Null,
            "{at:?}: wrapped SOL has its lamports"
        );
    }
    let pool = node.pool("cpmm").to_string();
    assert!(
        node.try_call("_setTokens", json!([pool, 1])).is_err(),
        "no token account"
    );
}
