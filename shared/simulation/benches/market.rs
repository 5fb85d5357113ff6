//! How long a quote of the default market takes. Run: `cargo bench -p simulation`.

use divan::{Bencher, black_box};
use simulation::Market;

fn main() {
    divan::main();
}

/// The whole way of a quote: 10 SOL at a slot, moved pools included.
#[divan::bench(args = ["Raydium", "Meteora"])]
fn market_swap(bencher: Bencher, venue: &str) {
    let market = Market::new(1);
    let mut slot = 0;
    bencher.bench_local(|| {
        slot += 1;
        market.swap(venue, "SOL", "USDC", black_box(10_000_000_000), slot)
    });
}

#[divan::bench]
fn market_new() -> Market {
    Market::new(black_box(1))
}
