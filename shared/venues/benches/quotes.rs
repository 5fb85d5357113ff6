//! How long a quote takes. Run: `cargo bench -p venues`.

use divan::{Bencher, black_box};
use venues::Side;
use venues::meteora::{BinArray, LbPair, Pool, price::PriceTable};
use venues::raydium::cpmm;

fn main() {
    divan::main();
}

const PAIR: &[u8] = include_bytes!("../snapshots/meteora_sol_usdc/lb_pair.bin");
const ARRAYS: &[u8] = include_bytes!("../snapshots/meteora_sol_usdc/bin_arrays.bin");
const NOW: i64 = 1_783_662_993;

fn decode() -> Pool {
    let pair = LbPair::decode(PAIR).expect("a pair");
    let accounts = ARRAYS.chunks_exact(BinArray::LENGTH);
    let arrays: Vec<_> = accounts
        .map(|bytes| BinArray::decode(bytes).expect("an array"))
        .collect();
    Pool::from_accounts(&arrays[0].lb_pair, &pair, &arrays).expect("a pool")
}

/// A sale of as many SOL: 1 takes 2 bins, 10 about a dozen, 300 well over a hundred.
#[divan::bench(args = [1, 10, 100, 300])]
fn meteora_quote(bencher: Bencher, sol: u64) {
    let pool = decode();
    bencher.bench(|| pool.quote(Side::Sell, black_box(sol * 1_000_000_000), NOW));
}

#[divan::bench]
fn meteora_decode(bencher: Bencher) {
    bencher.bench(decode);
}

#[divan::bench]
fn meteora_price_table_of_601_bins() -> PriceTable {
    PriceTable::around(black_box(-25_369), 300, 1)
}

#[divan::bench]
fn raydium_quote(bencher: Bencher) {
    let pool = cpmm::Pool {
        vaults: [50_000_000_000_000, 3_956_000_000_000],
        accrued: Default::default(),
        rates: cpmm::Rates {
            trade: 2_500,
            protocol: 120_000,
            fund: 40_000,
            creator: 0,
        },
        creator_fee_on: cpmm::CreatorFeeOn::Input,
        status: 0,
        open_time: 0,
    };
    bencher.bench(|| pool.quote(Side::Sell, black_box(10_000_000_000), 0));
}
