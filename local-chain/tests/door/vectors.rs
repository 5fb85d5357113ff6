//! What the venues' own programs answered, asked of their doubles.

use local_chain::genesis::{AmmV4Terms, CpmmTerms, Market};
use serde_json::Value;
use venues::Side;
use venues::raydium::cpmm::{CreatorFeeOn, Rates};

use crate::node::{Node, custom};
use crate::swap::{At, amm_v4_pool, cpmm_pool, dlmm_pool};

const CPMM: &str = include_str!("../../../shared/venues/tests/vectors/raydium_cpmm.json");
const AMM_V4: &str = include_str!("../../../shared/venues/tests/vectors/raydium_amm_v4.json");
const DLMM: &str = include_str!("../../../shared/venues/tests/vectors/meteora_dlmm.json");

fn cases(text: &str, list: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(text).unwrap();
    file[list].as_array().unwrap().clone()
}

/// A number that may stand as one or as text.
fn number(value: &Value) -> u64 {
    let text = value.as_str().map(|text| text.parse().unwrap());
    text.or(value.as_u64()).unwrap_or(0)
}

fn side(case: &Value) -> Side {
    match case["direction"].as_str().unwrap() {
        "0to1" | "coin2pc" | "XtoY" => Side::Sell,
        _ => Side::Buy,
    }
}

/// Executes a case, with exactly what it says as the least that may come out.
fn assert_pays(node: &Node, at: At, mints: [[u8; 32]; 2], case: &Value) {
    let (side, expected) = (side(case), number(&case["amount_out"]));
    let swap = at.swap(node, side, number(&case["amount_in"]), expected);
    let record = node.execute(&[swap]);
    assert_eq!(record["meta"]["err"], Value::Null, "{case}");
    let received = node.change(&record, mints[side.token_out()]);
    assert_eq!(received, i128::from(expected), "{case}");
}

fn cpmm_market(case: &Value) -> Market {
    Market {
        cpmm: CpmmTerms {
            reserves: [number(&case["reserve0"]), number(&case["reserve1"])],
            rates: Rates {
                trade: number(&case["trade_fee_rate"]),
                protocol: number(&case["protocol_fee_rate"]),
                fund: number(&case["fund_fee_rate"]),
                creator: number(&case["creator_fee_rate"]),
            },
            // The cases with a fee on the output are sales.
            creator_fee_on: match case["creator_fee_on"].as_str() {
                Some("output") => CreatorFeeOn::Token1,
                _ => CreatorFeeOn::Input,
            },
        },
        ..Market::default()
    }
}

#[test]
fn cpmm() {
    for case in cases(CPMM, "cases") {
        let node = Node::start_market(cpmm_market(&case));
        let (state, _) = cpmm_pool(&node);
        assert_pays(&node, At::Cpmm, state.mints, &case);
        let (after, _) = cpmm_pool(&node);
        let accrued = after.accrued[side(&case).token_in()];
        if !case["protocol_fee"].is_null() {
            assert_eq!(accrued.protocol, number(&case["protocol_fee"]), "{case}");
            assert_eq!(accrued.fund, number(&case["fund_fee"]), "{case}");
        }
        if !case["creator_fee"].is_null() {
            let creator = after.accrued.map(|fees| fees.creator);
            assert_eq!(
                creator.iter().sum::<u64>(),
                number(&case["creator_fee"]),
                "{case}"
            );
        }
    }
}

#[test]
fn cpmm_refuses() {
    for case in cases(CPMM, "refused") {
        let node = Node::start_market(cpmm_market(&case));
        let swap = At::Cpmm.swap(&node, side(&case), number(&case["amount_in"]), 0);
        assert_eq!(
            node.execute(&[swap])["meta"]["err"],
            custom(0, 6006),
            "{case}"
        );
    }
}

#[test]
fn amm_v4() {
    for case in cases(AMM_V4, "cases") {
        let node = Node::start_market(Market {
            amm_v4: AmmV4Terms {
                reserves: [number(&case["coin"]), number(&case["pc"])],
            },
            ..Market::default()
        });
        let (info, _) = amm_v4_pool(&node);
        assert_pays(&node, At::AmmV4, info.mints, &case);
    }
}

#[test]
fn dlmm() {
    for case in cases(DLMM, "cases") {
        let node = Node::start();
        let (pair, _) = dlmm_pool(&node);
        assert_pays(&node, At::Dlmm, pair.mints, &case);
    }
}
