//! The pairs of the default market and the pools of each.
//!
//! One pool is real: Meteora's SOL/USDC, as it stood on chain on 10 July 2026. The others are
//! synthetic, say so in their label, and have fees and depths such as real pools have.

use venues::meteora::bin::{Bin, LimitOrders};
use venues::meteora::fee::FeeParameters;
use venues::meteora::{self, BinArray, LbPair, price};
use venues::raydium::cpmm::{AccruedFees, CreatorFeeOn, Pool as CpmmPool, Rates};
use venues::{Pool, Side, raydium};

use super::path::Ppm;
use super::tokens::{self, JUP, SOL, TokenId, USDC, USDT};

/// A pair and its pools. The base is the pools' first token.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) base: TokenId,
    pub(super) quote: TokenId,
    /// How far each venue strays from the mid price.
    pub(super) error: Ppm,
    /// At most one pool for each venue.
    pub(super) pools: Vec<ListedPool>,
}

/// A pool at rest.
#[derive(Debug)]
pub(super) struct ListedPool {
    /// The venue's name.
    pub(super) venue: &'static str,
    /// Its address if it is real, a label that says so if it is synthetic.
    pub(super) label: &'static str,
    pub(super) pool: Box<dyn Pool>,
}

impl Listing {
    /// The pair in the order of the pools' tokens.
    pub(super) fn tokens(&self) -> [TokenId; 2] {
        [self.base, self.quote]
    }

    /// The venue's pool.
    pub(super) fn pool_at(&self, venue: &str) -> Option<&ListedPool> {
        self.pools.iter().find(|listed| listed.venue == venue)
    }
}

/// A venue at which tokens are launched.
pub(super) struct LaunchVenue {
    /// The venue's name.
    pub(super) name: &'static str,
    /// A pool that holds so much of the token and of SOL, at a price of lamports for a base unit,
    /// Q64.64.
    pub(super) pool: fn([u64; 2], u128) -> Box<dyn Pool>,
}

/// Where tokens are launched.
pub(super) const LAUNCHING: [LaunchVenue; 2] = [
    LaunchVenue {
        name: raydium::VENUE.name,
        pool: |vaults, _| Box::new(cpmm_of(vaults, 2_500)),
    },
    LaunchVenue {
        name: meteora::VENUE.name,
        pool: |[tokens, lamports], at_price| {
            let bins = Bins {
                step: 100,
                each_side: 60,
            };
            let each = u64::from(bins.each_side.unsigned_abs());
            let active = price::bin_below(at_price, bins.step);
            Box::new(dlmm_of(bins, active, [tokens / each, lamports / each]))
        },
    },
];

/// A pool of Raydium's.
fn at_raydium(label: &'static str, pool: CpmmPool) -> ListedPool {
    ListedPool {
        venue: raydium::VENUE.name,
        label,
        pool: Box::new(pool),
    }
}

/// A pool of Meteora's.
fn at_meteora(label: &'static str, pool: meteora::Pool) -> ListedPool {
    ListedPool {
        venue: meteora::VENUE.name,
        label,
        pool: Box::new(pool),
    }
}

/// The snapshot's pool, the address of which its bin arrays carry.
const SNAPSHOT_POOL: &str = "HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR";
const SNAPSHOT_PAIR: &[u8] =
    include_bytes!("../../../venues/snapshots/meteora_sol_usdc/lb_pair.bin");
const SNAPSHOT_ARRAYS: &[u8] =
    include_bytes!("../../../venues/snapshots/meteora_sol_usdc/bin_arrays.bin");

/// Every pair, with its pools at rest.
pub(super) fn all() -> Vec<Listing> {
    vec![
        Listing {
            base: SOL,
            quote: USDC,
            error: 6_000,
            pools: vec![
                at_raydium(
                    "synthetic-raydium-cpmm-SOL-USDC",
                    cpmm(SOL, USDC, 50_000_000_000_000, 2_500),
                ),
                at_meteora(SNAPSHOT_POOL, snapshot()),
            ],
        },
        Listing {
            base: SOL,
            quote: USDT,
            error: 6_000,
            pools: vec![
                at_raydium(
                    "synthetic-raydium-cpmm-SOL-USDT",
                    cpmm(SOL, USDT, 30_000_000_000_000, 2_500),
                ),
                at_meteora(
                    "synthetic-meteora-dlmm-SOL-USDT",
                    dlmm(
                        SOL,
                        USDT,
                        Bins {
                            step: 2,
                            each_side: 120,
                        },
                        4_000,
                    ),
                ),
            ],
        },
        Listing {
            base: SOL,
            quote: JUP,
            error: 6_000,
            pools: vec![
                at_raydium(
                    "synthetic-raydium-cpmm-SOL-JUP",
                    cpmm(SOL, JUP, 20_000_000_000_000, 2_500),
                ),
                at_meteora(
                    "synthetic-meteora-dlmm-SOL-JUP",
                    dlmm(
                        SOL,
                        JUP,
                        Bins {
                            step: 10,
                            each_side: 60,
                        },
                        10_000,
                    ),
                ),
            ],
        },
        Listing {
            base: JUP,
            quote: USDC,
            error: 6_000,
            pools: vec![
                at_raydium(
                    "synthetic-raydium-cpmm-JUP-USDC",
                    cpmm(JUP, USDC, 8_000_000_000_000, 2_500),
                ),
                at_meteora(
                    "synthetic-meteora-dlmm-JUP-USDC",
                    dlmm(
                        JUP,
                        USDC,
                        Bins {
                            step: 10,
                            each_side: 60,
                        },
                        10_000,
                    ),
                ),
            ],
        },
        Listing {
            base: USDC,
            quote: USDT,
            error: 1_000,
            pools: vec![
                at_raydium(
                    "synthetic-raydium-cpmm-USDC-USDT",
                    cpmm(USDC, USDT, 40_000_000_000_000, 100),
                ),
                at_meteora(
                    "synthetic-meteora-dlmm-USDC-USDT",
                    dlmm(
                        USDC,
                        USDT,
                        Bins {
                            step: 1,
                            each_side: 20,
                        },
                        50_000,
                    ),
                ),
            ],
        },
    ]
}

/// A CPMM pool at rest that holds `base_reserve` and as much of the quote token as that is worth.
fn cpmm(base: TokenId, quote: TokenId, base_reserve: u64, trade_rate: u64) -> CpmmPool {
    let worth = u128::from(base_reserve) * u128::from(tokens::anchor(base));
    let quote_reserve = (worth / u128::from(tokens::anchor(quote))) as u64;
    cpmm_of([base_reserve, quote_reserve], trade_rate)
}

/// A CPMM pool that holds so much of its tokens.
fn cpmm_of(vaults: [u64; 2], trade_rate: u64) -> CpmmPool {
    CpmmPool {
        vaults,
        accrued: [AccruedFees::default(); 2],
        rates: Rates {
            trade: trade_rate,
            protocol: 120_000,
            fund: 40_000,
            creator: 0,
        },
        creator_fee_on: CreatorFeeOn::Input,
        status: 0,
        open_time: 0,
    }
}

/// The real pool, out of its account bytes.
fn snapshot() -> meteora::Pool {
    let decoded = LbPair::decode(SNAPSHOT_PAIR).and_then(|pair| {
        let accounts = SNAPSHOT_ARRAYS.chunks_exact(BinArray::LENGTH);
        let arrays: Vec<BinArray> = accounts.map(BinArray::decode).collect::<Result<_, _>>()?;
        let address = arrays.first().map_or([0; 32], |array| array.lb_pair);
        meteora::Pool::from_accounts(&address, &pair, &arrays)
    });
    decoded.expect("the embedded snapshot is whole: a test decodes it")
}

/// The bins of a synthetic DLMM pool.
#[derive(Clone, Copy)]
struct Bins {
    /// Basis points between neighbours.
    step: u16,
    /// Bins on each side of the active one, which holds both tokens.
    each_side: i32,
}

/// A DLMM pool at rest with so many dollars in each bin.
fn dlmm(base: TokenId, quote: TokenId, bins: Bins, dollars: u64) -> meteora::Pool {
    let units = |token| {
        let attodollars = u128::from(dollars) * 1_000_000_000_000_000_000;
        (attodollars / u128::from(tokens::anchor(token))) as u64
    };
    let active_id = resting_bin(base, quote, bins.step);
    dlmm_of(bins, active_id, [units(base), units(quote)])
}

/// A DLMM pool with a base fee of a tenth of its bin step, and `each` of its tokens in each bin on
/// that token's side.
fn dlmm_of(bins: Bins, active_id: i32, each: [u64; 2]) -> meteora::Pool {
    let fees = FeeParameters {
        bin_step: bins.step,
        base_factor: 10_000,
        base_power: 0,
        variable_control: 40_000,
        max_volatility: 350_000,
        filter_period: 30,
        decay_period: 600,
        reduction_factor: 5_000,
        protocol_share: 1_000,
    };
    let on_side = |units, is_there: bool| if is_there { units } else { 0 };
    let filled = (-bins.each_side..=bins.each_side).map(|from_active| Bin {
        id: active_id + from_active,
        reserves: [
            on_side(each[0], from_active >= 0),
            on_side(each[1], from_active <= 0),
        ],
        orders: LimitOrders {
            taken_by: Side::Sell,
            processed: 0,
            open: 0,
        },
    });
    meteora::Pool::new(fees, active_id, filled.collect())
}

/// The bin in which the anchors' price lies.
fn resting_bin(base: TokenId, quote: TokenId, step: u16) -> i32 {
    let price = (u128::from(tokens::anchor(base)) << 64) / u128::from(tokens::anchor(quote));
    price::bin_below(price, step)
}
