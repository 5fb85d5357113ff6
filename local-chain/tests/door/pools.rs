//! What swaps pay, and what they leave behind.

use solana_address::Address;
use venues::Side;

use crate::node::{NOW, Node};
use crate::swap::{ALL, At, amm_v4_pool, cpmm_pool, dlmm_pool};

/// Amounts that go in, base units of any of the tokens.
const AMOUNTS: [u64; 4] = [1_000_000, 79_123_457, 3_000_000_001, 5_000];

#[test]
fn a_swap_pays_what_venues_says_of_the_accounts_before_it() {
    let node = Node::start();
    for at in ALL {
        for side in [Side::Sell, Side::Buy, Side::Sell] {
            for amount_in in AMOUNTS {
                let quote = at.quote(&node, side, amount_in);
                let record = node.execute(&[at.swap(&node, side, amount_in, quote.amount_out)]);
                assert_eq!(
                    record["meta"]["err"],
                    serde_json::Value::Null,
                    "{at:?} {side:?}"
                );
                let [sent, received] =
                    [side.token_in(), side.token_out()].map(|token| quote.mints[token]);
                let paid = node.change(&record, sent);
                assert_eq!(
                    paid,
                    -i128::from(quote.amount_in),
                    "{at:?} {side:?} {amount_in}"
                );
                let got = node.change(&record, received);
                assert_eq!(
                    got,
                    i128::from(quote.amount_out),
                    "{at:?} {side:?} {amount_in}"
                );
            }
        }
    }
}

#[test]
fn the_same_swap_pays_less_the_second_time() {
    let node = Node::start();
    for at in ALL {
        let first = at.quote(&node, Side::Sell, 2_000_000_000).amount_out;
        node.execute(&[at.swap(&node, Side::Sell, 2_000_000_000, 0)]);
        assert!(
            at.quote(&node, Side::Sell, 2_000_000_000).amount_out < first,
            "{at:?}"
        );
    }
}

#[test]
fn a_cpmm_swap_leaves_the_state_that_venues_computes() {
    let node = Node::start();
    let (_, mut expected) = cpmm_pool(&node);
    for side in [Side::Sell, Side::Buy] {
        expected.swap(side, 7_654_321, NOW.unsigned_abs()).unwrap();
        node.execute(&[At::Cpmm.swap(&node, side, 7_654_321, 0)]);
    }
    let (_, after) = cpmm_pool(&node);
    assert_eq!(after, expected);
    assert!(
        after
            .accrued
            .iter()
            .all(|fees| fees.protocol > 0 && fees.fund > 0)
    );
}

#[test]
fn an_amm_v4_swap_moves_the_vaults_and_adds_to_the_sums() {
    let node = Node::start();
    let (_, mut expected) = amm_v4_pool(&node);
    let fill = expected
        .swap(Side::Sell, 7_654_321, NOW.unsigned_abs())
        .unwrap();
    node.execute(&[At::AmmV4.swap(&node, Side::Sell, 7_654_321, 0)]);
    let (_, after) = amm_v4_pool(&node);
    assert_eq!(after, expected);
    let data = node.data(node.pool("amm_v4"));
    let wide = |at: usize| u128::from_le_bytes(data[at..at + 16].try_into().unwrap());
    assert_eq!(wide(256), u128::from(fill.amount_in));
    assert_eq!(wide(272), u128::from(fill.amount_out));
    assert_eq!(data[328..336], fill.fee.to_le_bytes());
}

#[test]
fn a_dlmm_swap_leaves_the_state_that_venues_computes() {
    let node = Node::start();
    let (_, mut expected) = dlmm_pool(&node);
    // Both cross bins, the first one a limit order as well.
    for (side, amount_in) in [(Side::Sell, 300_000_000_000), (Side::Buy, 900_000_000)] {
        expected.swap(side, amount_in, NOW).unwrap();
        node.execute(&[At::Dlmm.swap(&node, side, amount_in, 0)]);
    }
    let (_, after) = dlmm_pool(&node);
    assert_eq!(after.active_id, expected.active_id);
    assert_eq!(after.volatility, expected.volatility);
    assert_eq!(after.protocol_fees, expected.protocol_fees);
    let with_liquidity = |pool: &venues::meteora::Pool| -> Vec<_> {
        let orders = |bin: &venues::meteora::bin::Bin| bin.orders.processed + bin.orders.open;
        let bins = pool.bins();
        bins.filter(|bin| bin.reserves != [0, 0] || orders(bin) > 0)
            .collect()
    };
    assert_eq!(with_liquidity(&after), with_liquidity(&expected));
}

#[test]
fn wrapped_sol_moves_its_lamports() {
    let node = Node::start();
    let sol = local_chain::genesis::SOL.mint;
    let own = node.own(sol.to_bytes());
    let (state, _) = cpmm_pool(&node);
    let vault = Address::new_from_array(state.vaults[0]);
    let before = [own, vault].map(|account| node.lamports(account));
    node.execute(&[At::Cpmm.swap(&node, Side::Sell, 1_000_000_000, 0)]);
    let after = [own, vault].map(|account| node.lamports(account));
    assert_eq!(before[0] - after[0], 1_000_000_000);
    assert_eq!(after[1] - before[1], 1_000_000_000);
}
