//! The default market: what it must be like for routing and slippage to mean something.

use simulation::{Market, MarketSwap as Swap};
use venues::{Refusal, registry::VENUES};

const SLOTS: u64 = 20_000;
const TEN_SOL: u64 = 10_000_000_000;
const SEEDS: [u64; 4] = [0, 1, 42, u64::MAX];
const EACH: [&str; 2] = [VENUES[0].name, VENUES[1].name];

fn sell_ten_sol(market: &Market, venue: &str, slot: u64) -> Swap {
    market
        .swap(venue, "SOL", "USDC", TEN_SOL, slot)
        .expect("each venue fills 10 SOL")
}

/// What the user has in the end: the router compares this.
fn net(swap: &Swap) -> u64 {
    swap.amount_out - swap.network_fee_out
}

#[test]
fn each_venue_wins_at_least_a_fifth_of_the_time() {
    for market in SEEDS.map(Market::new) {
        let raydium_wins = (0..SLOTS)
            .filter(|slot| {
                let [raydium, meteora] = EACH.map(|venue| sell_ten_sol(&market, venue, *slot));
                net(&raydium) > net(&meteora)
            })
            .count() as u64;
        println!("Raydium wins {raydium_wins} of {SLOTS}");
        assert!(
            (SLOTS / 5..=SLOTS * 4 / 5).contains(&raydium_wins),
            "{raydium_wins}"
        );
    }
}

#[test]
fn a_fill_usually_differs_from_its_quote_and_almost_never_by_more_than_50_bps() {
    for market in SEEDS.map(Market::new) {
        for venue in EACH {
            let quotes: Vec<u64> = (0..SLOTS + 9)
                .map(|slot| sell_ten_sol(&market, venue, slot).amount_out)
                .collect();
            let (mut same, mut violated, mut tight, mut cases) = (0, 0, 0, 0);
            for slot in 0..SLOTS as usize {
                let limit = |bps: u128| (u128::from(quotes[slot]) * (10_000 - bps) / 10_000) as u64;
                for later in 6..=9 {
                    let executed = quotes[slot + later];
                    cases += 1;
                    same += u64::from(executed == quotes[slot]);
                    violated += u64::from(executed < limit(50));
                    tight += u64::from(executed < limit(5));
                }
            }
            println!("{venue}: of {cases}, {same} same, {violated} < 50 bps, {tight} < 5 bps");
            assert!(violated * 1_000 < cases, "{venue}: {violated} of {cases}");
            assert!(same * 2 < cases, "{venue}: {same} of {cases}");
            assert!(
                tight * 20 > cases,
                "{venue}: a tight limit is a risk, {tight} of {cases}"
            );
        }
    }
}

#[test]
fn the_same_seed_has_the_same_prices_and_another_has_others() {
    let prices = |seed| -> Vec<Swap> {
        let market = Market::new(seed);
        let at = |slot| EACH.map(|venue| sell_ten_sol(&market, venue, slot));
        (0..50)
            .chain(400_000_000..400_000_050)
            .flat_map(at)
            .collect()
    };
    assert_eq!(prices(7), prices(7));
    assert_ne!(prices(7), prices(8));
}

#[test]
fn every_pair_trades_both_ways_at_each_venue_near_the_mid_price() {
    // As usual, as still and as wild as can be set.
    for thousandths in [1_000, 0, 4_000] {
        trades_near_the_mid_price(&Market::new(1).moving(thousandths));
    }
}

fn trades_near_the_mid_price(market: &Market) {
    let pairs: Vec<_> = market.pairs().collect();
    assert!(pairs.len() >= 3);
    for (base, quote) in pairs {
        for (token_in, token_out) in [(base, quote), (quote, base)] {
            let amount = hundred_dollars(token_in.symbol);
            for (venue, slot) in EACH
                .iter()
                .flat_map(|venue| (0..4_000).map(move |x| (venue, x)))
            {
                let slot = slot * 97;
                let name = format!("{venue} {token_in:?} to {token_out:?} at {slot}");
                let (from, to) = (token_in.symbol, token_out.symbol);
                let swap = market.swap(venue, from, to, amount, slot).expect(&name);
                let mid = market.reference_out(from, to, amount, slot).expect(&name);
                let off = swap.amount_out.abs_diff(mid);
                assert!(
                    off * 10_000 <= mid * 125,
                    "{name}: {} against {mid}",
                    swap.amount_out
                );
                assert!(swap.fee > 0 && swap.fee < amount / 100, "{name}: {swap:?}");
                assert!(swap.price_impact_bps <= 25, "{name}: {swap:?}");
            }
        }
    }
}

/// About a hundred dollars of a token, in base units.
fn hundred_dollars(symbol: &str) -> u64 {
    match symbol {
        "SOL" => 1_250_000_000,
        "USDC" | "USDT" => 100_000_000,
        "JUP" => 400_000_000,
        other => panic!("a token without a price: {other}"),
    }
}

#[test]
fn the_mid_price_moves_as_far_as_is_set() {
    let strays = |thousandths| {
        let market = Market::new(1).moving(thousandths);
        let mid = |slot| market.reference_out("SOL", "USDC", TEN_SOL, slot);
        let prices = (0..SLOTS).map(|slot| mid(slot).expect("listed"));
        let rest = Market::new(1)
            .moving(0)
            .reference_out("SOL", "USDC", TEN_SOL, 0);
        let rest = rest.expect("listed");
        let farthest = prices.map(|price| price.abs_diff(rest)).max();
        farthest.expect("slots") * 10_000 / rest
    };
    assert_eq!(strays(0), 0, "it stands still");
    let (usual, wild) = (strays(1_000), strays(4_000));
    assert!((20..=152).contains(&usual), "{usual} bps");
    assert!((usual * 4..=usual * 4 + 4).contains(&wild), "{wild} bps");
}

#[test]
fn a_launched_token_trades_in_the_wildest_market_too() {
    let market = Market::new(1).moving(4_000);
    for launch in market.launched(0, 100_000) {
        for slot in (launch.opens..launch.opens + 20_000).step_by(997) {
            let sold = market.swap(launch.venue, "SOL", &launch.mint, 100_000_000, slot);
            let sold = sold.expect("0.1 SOL find their tokens");
            let back = market.swap(launch.venue, &launch.mint, "SOL", sold.amount_out / 2, slot);
            assert!(back.expect("and back").amount_out > 0, "{launch:?}");
        }
    }
}

#[test]
fn a_large_order_meets_its_price_impact_and_then_the_end_of_the_pool() {
    let market = Market::new(3);
    let sell = |venue, sol: u64| market.swap(venue, "SOL", "USDC", sol * 1_000_000_000, 0);
    let impact = |sol| EACH.map(|venue| sell(venue, sol).expect("a fill").price_impact_bps);
    let (small, large) = (impact(1), impact(300));
    assert!(
        large[0] > small[0] && large[1] > small[1],
        "{small:?} {large:?}"
    );
    assert_eq!(
        large[0], 60,
        "300 SOL less the fee into 50 000: 299.25 / 50 299.25"
    );
    assert_eq!(sell("Meteora", 5_000), Err(Refusal::TooManyBins));
    assert!(sell("Raydium", 5_000).is_ok());
    let buy = market.swap("Meteora", "USDC", "SOL", 50_000_000_000, 0);
    assert_eq!(buy, Err(Refusal::NoLiquidity));
}

#[test]
fn what_cannot_be_traded_is_refused() {
    let market = Market::new(1);
    for (token_in, token_out) in [
        ("SOL", "SOL"),
        ("SOL", "BONK"),
        ("", "USDC"),
        ("USDT", "JUP"),
        ("sol", "USDC"),
    ] {
        for venue in EACH {
            let answer = market.swap(venue, token_in, token_out, 1_000_000, 5);
            assert_eq!(answer, Err(Refusal::NoPool), "{token_in} to {token_out}");
        }
        assert_eq!(
            market.reference_out(token_in, token_out, 1_000_000, 5),
            None
        );
    }
    for venue in EACH {
        assert_eq!(market.swap(venue, "SOL", "USDC", 0, 5), Err(Refusal::Dust));
        assert_eq!(market.swap(venue, "SOL", "USDC", 1, 5), Err(Refusal::Dust));
        assert!(
            market
                .swap(venue, "SOL", "USDC", u64::MAX, u64::MAX)
                .is_err()
        );
        assert!(
            market
                .swap(venue, "USDC", "SOL", u64::MAX, u64::MAX)
                .is_err()
        );
    }
}

#[test]
fn the_networks_fee_grows_with_the_bins_and_is_also_told_in_the_token_that_comes_out() {
    let market = Market::new(1);
    let [raydium, meteora] = EACH.map(|venue| sell_ten_sol(&market, venue, 9));
    assert_eq!(raydium.network_fee, 5_000 + 33_000 / 20);
    assert!(meteora.network_fee > raydium.network_fee);
    let more = market
        .swap("Meteora", "SOL", "USDC", 10 * TEN_SOL, 9)
        .expect("a fill");
    assert!(more.network_fee > meteora.network_fee);
    let exact = market
        .reference_out("SOL", "USDC", raydium.network_fee, 9)
        .expect("listed");
    assert_eq!(raydium.network_fee_out, exact + 1, "rounded up");
    let buy = market
        .swap("Raydium", "USDC", "SOL", 1_000_000, 9)
        .expect("a fill");
    assert_eq!(
        buy.network_fee_out, buy.network_fee,
        "lamports are SOL's base units"
    );
}

#[test]
fn tokens_have_their_real_mints_and_pools_say_whether_they_are_real() {
    let market = Market::new(1);
    let sol = market
        .tokens()
        .iter()
        .find(|token| token.symbol == "SOL")
        .expect("SOL");
    assert_eq!(
        (sol.mint, sol.decimals),
        ("So11111111111111111111111111111111111111112", 9)
    );
    let [raydium, meteora] = EACH.map(|venue| sell_ten_sol(&market, venue, 0));
    assert!(raydium.pool.starts_with("synthetic-"));
    assert_eq!(meteora.pool, "HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR");
}
