//! Every vector: what the venues' own programs answered, or a mainnet log shows.

mod snapshot;

use serde::Deserialize;
use venues::raydium::{amm_v4, cpmm};
use venues::{Refusal, Side};

fn parse<T: for<'a> Deserialize<'a>>(json: &str) -> T {
    serde_json::from_str(json).expect("a vector file of this shape")
}

/// An amount, written as a string in the vectors so that no reader rounds it.
fn units(amount: &str) -> u64 {
    amount.parse().expect("an integer")
}

#[derive(Deserialize)]
struct CpmmVectors {
    cases: Vec<CpmmCase>,
    refused: Vec<CpmmCase>,
}

#[derive(Deserialize)]
struct CpmmCase {
    reserve0: String,
    reserve1: String,
    trade_fee_rate: u64,
    #[serde(default)]
    protocol_fee_rate: u64,
    #[serde(default)]
    fund_fee_rate: u64,
    #[serde(default)]
    creator_fee_rate: u64,
    creator_fee_on: Option<String>,
    direction: String,
    amount_in: String,
    amount_out: Option<String>,
    trade_fee: Option<String>,
    protocol_fee: Option<String>,
    fund_fee: Option<String>,
    creator_fee: Option<String>,
}

impl CpmmCase {
    fn side(&self) -> Side {
        match self.direction.as_str() {
            "0to1" => Side::Sell,
            "1to0" => Side::Buy,
            other => panic!("unknown direction {other}"),
        }
    }

    fn pool(&self) -> cpmm::Pool {
        let creator_fee_on = match (self.creator_fee_on.as_deref(), self.side()) {
            (None | Some("input"), _) => cpmm::CreatorFeeOn::Input,
            (Some("output"), Side::Sell) => cpmm::CreatorFeeOn::Token1,
            (Some("output"), Side::Buy) => cpmm::CreatorFeeOn::Token0,
            (Some(other), _) => panic!("unknown creator fee mode {other}"),
        };
        cpmm::Pool {
            vaults: [units(&self.reserve0), units(&self.reserve1)],
            accrued: Default::default(),
            rates: cpmm::Rates {
                trade: self.trade_fee_rate,
                protocol: self.protocol_fee_rate,
                fund: self.fund_fee_rate,
                creator: self.creator_fee_rate,
            },
            creator_fee_on,
            status: 0,
            open_time: 0,
        }
    }
}

#[test]
fn raydium_cpmm_pays_what_its_program_pays() {
    let vectors: CpmmVectors = parse(include_str!("vectors/raydium_cpmm.json"));
    assert_eq!(vectors.cases.len(), 6);
    for case in &vectors.cases {
        let fill = case
            .pool()
            .quote(case.side(), units(&case.amount_in), 0)
            .expect("a fill");
        let expected = case.amount_out.as_deref().expect("each case has an output");
        assert_eq!(fill.amount_out, units(expected), "{} in", case.amount_in);
        let fees = [
            (fill.trade_fee, &case.trade_fee),
            (fill.protocol_fee, &case.protocol_fee),
            (fill.fund_fee, &case.fund_fee),
            (fill.creator_fee, &case.creator_fee),
        ];
        for (fee, expected) in fees {
            if let Some(expected) = expected {
                assert_eq!(fee, units(expected), "{} in", case.amount_in);
            }
        }
    }
}

#[test]
fn raydium_cpmm_refuses_what_its_program_refuses() {
    let vectors: CpmmVectors = parse(include_str!("vectors/raydium_cpmm.json"));
    assert_eq!(vectors.refused.len(), 1);
    for case in &vectors.refused {
        let answer = case.pool().quote(case.side(), units(&case.amount_in), 0);
        assert_eq!(answer, Err(Refusal::Dust));
    }
}

#[derive(Deserialize)]
struct AmmV4Vectors {
    cases: Vec<AmmV4Case>,
}

#[derive(Deserialize)]
struct AmmV4Case {
    coin: String,
    pc: String,
    direction: String,
    amount_in: String,
    amount_out: String,
}

#[test]
fn raydium_amm_v4_pays_what_its_program_pays() {
    let vectors: AmmV4Vectors = parse(include_str!("vectors/raydium_amm_v4.json"));
    assert_eq!(vectors.cases.len(), 3);
    for case in &vectors.cases {
        let pool = amm_v4::Pool {
            vaults: [units(&case.coin), units(&case.pc)],
            need_take_pnl: [0, 0],
            swap_fee: [25, 10_000],
            status: amm_v4::STATUS_SWAP_ONLY,
            open_time: 0,
        };
        let side = if case.direction == "coin2pc" {
            Side::Sell
        } else {
            Side::Buy
        };
        let fill = pool.quote(side, units(&case.amount_in), 0).expect("a fill");
        assert_eq!(
            fill.amount_out,
            units(&case.amount_out),
            "{} in",
            case.amount_in
        );
    }
}

#[derive(Deserialize)]
struct DlmmVectors {
    cases: Vec<DlmmCase>,
}

#[derive(Deserialize)]
struct DlmmCase {
    direction: String,
    amount_in: String,
    amount_out: String,
}

#[test]
fn meteora_dlmm_pays_what_its_program_pays() {
    let vectors: DlmmVectors = parse(include_str!("vectors/meteora_dlmm.json"));
    assert_eq!(vectors.cases.len(), 7);
    let pool = snapshot::pool();
    for case in &vectors.cases {
        let side = if case.direction == "XtoY" {
            Side::Sell
        } else {
            Side::Buy
        };
        let fill = pool
            .quote(side, units(&case.amount_in), snapshot::NOW)
            .expect("a fill");
        assert_eq!(
            fill.amount_out,
            units(&case.amount_out),
            "{} in",
            case.amount_in
        );
    }
}

/// The bin-by-bin trace of one SOL sold: two bins, each with its own volatility and fee.
#[test]
fn meteora_dlmm_walks_as_its_program_walks() {
    let mut pool = snapshot::pool();
    let before: Vec<_> = pool.bins().collect();
    let fill = pool
        .swap(Side::Sell, 1_000_000_000, snapshot::NOW)
        .expect("a fill");

    assert_eq!(fill.bins, 2);
    assert_eq!(fill.first_price, 1_459_530_368_389_230_837);
    assert_eq!(fill.fee, 54_263 + 47_184);
    assert_eq!(
        fill.protocol_fee,
        5_426 + 4_718,
        "a tenth of each bin's fee, rounded down"
    );
    assert_eq!(
        (pool.active_id, pool.volatility.reference),
        (-25_370, 2_307)
    );
    assert_eq!(
        (pool.volatility.accumulator, pool.volatility.last_update),
        (12_307, snapshot::NOW)
    );

    let change = |id: i32| {
        let find = |bins: &[venues::meteora::bin::Bin]| {
            bins.iter()
                .find(|bin| bin.id == id)
                .expect("the bin")
                .reserves
        };
        let (was, is) = (find(&before), find(&pool.bins().collect::<Vec<_>>()));
        (is[0] - was[0], was[1] - is[1])
    };
    assert_eq!(change(-25_369), (542_041_391 - 54_263, 42_882_726));
    assert_eq!(change(-25_370), (457_958_609 - 47_184, 36_226_924));
}
