//! What must hold for every DLMM pool and amount; and the crate `meteora-dlmm`, an independent
//! implementation, as the oracle.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod bound;
mod snapshot;

use proptest::prelude::*;
use venues::meteora::{BinArray, LbPair, MAX_BINS, Pool, price};
use venues::{Refusal, Side};

/// A pool's account bytes: the pair's and its arrays'.
#[derive(Clone)]
struct Accounts {
    pair: Vec<u8>,
    arrays: Vec<Vec<u8>>,
}

/// What a failed case prints: the pool, not 20 kB of bytes.
impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:?}", LbPair::decode(&self.pair))?;
        f.debug_list().entries(self.pool().bins()).finish()
    }
}

impl Accounts {
    fn snapshot() -> Accounts {
        let arrays = snapshot::ARRAYS
            .chunks_exact(BinArray::LENGTH)
            .map(<[u8]>::to_vec)
            .collect();
        Accounts {
            pair: snapshot::PAIR.to_vec(),
            arrays,
        }
    }

    fn with_fee_mode(mut self, mode: u8) -> Accounts {
        self.pair[36] = mode;
        self
    }

    /// Without the liquidity that no trader would have left there: Y above the active bin and X
    /// below it.
    fn uncrossed(mut self) -> Accounts {
        let active = LbPair::decode(&self.pair).unwrap().active_id;
        for account in &mut self.arrays {
            for bin in BinArray::decode(account).unwrap().bins {
                let at = 56 + bin.id.rem_euclid(70) as usize * 144;
                if bin.id > active {
                    put(account, at + 8, &[0; 8]);
                    put(account, at + 140, &[1]);
                } else {
                    put(account, at + 140, &[0]);
                }
                if bin.id < active {
                    put(account, at, &[0; 8]);
                }
            }
        }
        self
    }

    fn pool(&self) -> Pool {
        let pair = LbPair::decode(&self.pair).unwrap();
        let arrays: Vec<_> = self
            .arrays
            .iter()
            .map(|x| BinArray::decode(x).unwrap())
            .collect();
        Pool::from_accounts(&arrays[0].lb_pair, &pair, &arrays).unwrap()
    }

    fn last_update(&self) -> i64 {
        LbPair::decode(&self.pair).unwrap().volatility.last_update
    }

    /// What the oracle answers, in this library's terms.
    fn oracle(&self, side: Side, amount_in: u64, now: i64) -> Result<u64, Refusal> {
        let pool =
            meteora_dlmm::PoolState::from_accounts(&self.pair, &self.arrays, 9, 6, None, true);
        let sale = side == Side::Sell;
        let orders = LbPair::decode(&self.pair).unwrap().limit_orders;
        let amount = u128::from(amount_in);
        let quote =
            meteora_dlmm::quote(&pool.unwrap(), amount, sale, now, orders, true, None, None);
        let quote = quote.unwrap();
        match (quote.remaining_in, quote.amount_out) {
            // The oracle does not know what fits into a transaction; and it goes on counting a
            // bin when it runs out of them.
            (0, _) if quote.bins_crossed > MAX_BINS => Err(Refusal::TooManyBins),
            (1.., _) if quote.bins_crossed > MAX_BINS + 1 => Err(Refusal::TooManyBins),
            (1.., _) => Err(Refusal::NoLiquidity),
            (0, 0) => Err(Refusal::Dust),
            (0, out) => Ok(u64::try_from(out).unwrap()),
        }
    }
}

fn put(account: &mut [u8], offset: usize, value: &[u8]) {
    account[offset..offset + value.len()].copy_from_slice(value);
}

/// An amount of any magnitude up to `bits`.
fn amount(bits: u32) -> impl Strategy<Value = u64> {
    (0..bits).prop_flat_map(|bits| 0..=(u64::MAX >> (63 - bits)))
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Sell), Just(Side::Buy)]
}

/// One bin: its reserves, its limit orders and their side.
type BinFields = ([u64; 2], [u64; 2], u8);

fn bin_fields() -> impl Strategy<Value = BinFields> {
    let reserve = || prop_oneof![Just(0), amount(50)];
    ([reserve(), reserve()], [reserve(), reserve()], 0..2u8)
}

prop_compose! {
    /// A pool of two arrays around any active bin, with any fees.
    fn any_pool()(
        bins in prop::collection::vec(bin_fields(), 140),
        active in -12_000..12_000i32,
        step in 1..30u16,
        base_factor in 0..60_000u16,
        periods in (0..60u16, 0..600u16, 0..10_000u16),
        control in prop_oneof![Just(0), 0..3_000_000u32],
        max_volatility in 0..400_000u32,
        volatility in (0..400_000u32, 0..400_000u32, -30..30i32),
        modes in (0..2u8, 0..3u8),
    ) -> Accounts {
        let first = active.div_euclid(70) - i32::from(active.rem_euclid(70) < 35);
        let mut pair = vec![0; LbPair::LENGTH];
        put(&mut pair, 0, &LbPair::DISCRIMINATOR);
        put(&mut pair, 8, &base_factor.to_le_bytes());
        put(&mut pair, 10, &periods.0.to_le_bytes());
        put(&mut pair, 12, &periods.1.to_le_bytes());
        put(&mut pair, 14, &periods.2.to_le_bytes());
        put(&mut pair, 16, &control.to_le_bytes());
        put(&mut pair, 20, &max_volatility.to_le_bytes());
        put(&mut pair, 32, &1_000u16.to_le_bytes());
        put(&mut pair, 35, &[modes.1, modes.0]);
        put(&mut pair, 40, &volatility.0.to_le_bytes());
        put(&mut pair, 44, &volatility.1.to_le_bytes());
        put(&mut pair, 48, &(active + volatility.2).to_le_bytes());
        put(&mut pair, 76, &active.to_le_bytes());
        put(&mut pair, 80, &step.to_le_bytes());
        let arrays = [first, first + 1].map(|index| {
            let mut array = vec![0; BinArray::LENGTH];
            put(&mut array, 0, &BinArray::DISCRIMINATOR);
            put(&mut array, 8, &i64::from(index).to_le_bytes());
            for slot in 0..70 {
                let (reserves, orders, ask) = bins[((index - first) * 70 + slot) as usize];
                let bin = 56 + slot as usize * 144;
                let price = price::of_bin(index * 70 + slot, step).unwrap();
                put(&mut array, bin, &reserves[0].to_le_bytes());
                put(&mut array, bin + 8, &reserves[1].to_le_bytes());
                put(&mut array, bin + 16, &price.to_le_bytes());
                put(&mut array, bin + 112, &orders[0].to_le_bytes());
                put(&mut array, bin + 128, &orders[1].to_le_bytes());
                put(&mut array, bin + 140, &[ask]);
            }
            array
        });
        Accounts { pair, arrays: arrays.to_vec() }
    }
}

fn out(pool: &Pool, side: Side, amount_in: u64, now: i64) -> Result<u64, Refusal> {
    pool.quote(side, amount_in, now).map(|fill| fill.amount_out)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn the_snapshot_pays_what_the_oracle_says(
        side in side(), amount_in in amount(42), rest in 0..300i64, mode in 0..2u8,
    ) {
        let accounts = Accounts::snapshot().with_fee_mode(mode);
        let now = accounts.last_update() + rest;
        let ours = out(&accounts.pool(), side, amount_in, now);
        prop_assert_eq!(ours, accounts.oracle(side, amount_in, now));
    }

    #[test]
    fn any_pool_pays_what_the_oracle_says(
        accounts in any_pool(), side in side(), amount_in in amount(62), rest in 0..900i64,
    ) {
        let ours = out(&accounts.pool(), side, amount_in, rest);
        prop_assert_eq!(ours, accounts.oracle(side, amount_in, rest));
    }

    #[test]
    fn no_swap_of_any_size_is_paid_more_than_the_marginal_price(
        accounts in any_pool(), side in side(), amount_in in amount(62), rest in 0..900i64,
    ) {
        let pool = accounts.pool();
        if let Ok(paid) = out(&pool, side, amount_in, rest) {
            let price = venues::Pool::marginal_price(&pool, side).unwrap();
            prop_assert!(bound::holds(price, amount_in, paid), "{price} {paid}");
        }
    }

    #[test]
    fn more_in_never_gives_less_out(
        accounts in any_pool(), side in side(), amount_in in amount(50), more in amount(50),
    ) {
        let pool = accounts.pool();
        let less = out(&pool, side, amount_in, 0);
        if let (Ok(less), Ok(more)) = (less, out(&pool, side, amount_in + more, 0)) {
            prop_assert!(more >= less);
        }
    }

    #[test]
    fn a_fill_is_its_quote_and_every_unit_is_accounted_for(
        accounts in any_pool(), side in side(), amount_in in amount(55), rest in 0..900i64,
    ) {
        let mut pool = accounts.pool();
        let held = |pool: &Pool, token: usize| -> u128 {
            let offers = if token == 0 { Side::Buy } else { Side::Sell };
            pool.bins().flat_map(|bin| bin.layers(offers)).map(u128::from).sum()
        };
        let before = pool.clone();
        let quote = pool.quote(side, amount_in, rest);
        let fill = pool.swap(side, amount_in, rest);
        prop_assert_eq!(fill, quote);
        let Ok(fill) = fill else {
            let same = before.bins().eq(pool.bins()) && pool.active_id == before.active_id;
            prop_assert!(same, "a refused swap changes nothing");
            return Ok(());
        };
        let token_out = side.token_out();
        let gone = held(&before, token_out) - held(&pool, token_out);
        let fee_out = if fill.fee_on_input { 0 } else { fill.fee };
        prop_assert_eq!(gone, u128::from(fill.amount_out) + u128::from(fee_out));
        // Liquidity keeps at most the input less its fee; makers of limit orders get the rest.
        let came: u128 = before.bins().zip(pool.bins())
            .map(|(was, is)| u128::from(is.reserves[side.token_in()] - was.reserves[side.token_in()]))
            .sum();
        let fee_in = if fill.fee_on_input { fill.fee } else { 0 };
        prop_assert!(came <= u128::from(amount_in - fee_in));
        prop_assert!(fill.protocol_fee <= fill.fee);
        prop_assert_eq!(pool.active_id, fill.active_id);
    }

    #[test]
    fn a_round_trip_never_profits(
        accounts in any_pool(), side in side(), amount_in in amount(50), rest in 0..900i64,
    ) {
        let back = if side == Side::Sell { Side::Buy } else { Side::Sell };
        let mut pool = accounts.uncrossed().pool();
        if let Ok(there) = pool.swap(side, amount_in, rest)
            && let Ok(returned) = pool.swap(back, there.amount_out, rest)
        {
            prop_assert!(returned.amount_out <= amount_in);
        }
    }

    #[test]
    fn a_moved_pool_is_the_pool_whose_accounts_lie_elsewhere(
        arrays in -14..=14i32, side in side(), amount_in in amount(40), rest in 0..60i64,
    ) {
        let now = snapshot::NOW - 46 + rest; // the reference bin stays for the first 10 seconds
        let mut elsewhere = Accounts::snapshot();
        let by = arrays * 70;
        for field in [48, 76] {
            let id = i32::from_le_bytes(elsewhere.pair[field..field + 4].try_into().unwrap());
            put(&mut elsewhere.pair, field, &(id + by).to_le_bytes());
        }
        for account in &mut elsewhere.arrays {
            let index = i64::from(BinArray::decode(account).unwrap().index + arrays);
            put(account, 8, &index.to_le_bytes());
        }
        let pool = snapshot::pool();
        let moved = pool.moved_to(price::of_bin(pool.active_id + by, 1).unwrap());
        let elsewhere = elsewhere.pool();
        prop_assert_eq!(
            moved.quote(side, amount_in, now),
            elsewhere.quote(side, amount_in, now)
        );
        prop_assert!(moved.bins().eq(elsewhere.bins()));
    }

    /// Two swaps in one second walk the bins that one swap of both amounts walks. Only rounding
    /// is paid twice: a few units of the input, of which one is worth at most 13 of the output.
    #[test]
    fn a_swap_in_two_parts_is_the_swap_at_once(
        side in side(), first in 1_000_000..1u64 << 32, second in 1_000_000..1u64 << 32,
    ) {
        let (mut pool, at_once) = (snapshot::pool(), snapshot::pool());
        let Ok(whole) = at_once.quote(side, first + second, snapshot::NOW) else { return Ok(()) };
        let first = pool.swap(side, first, snapshot::NOW).unwrap();
        let second = pool.swap(side, second, snapshot::NOW).unwrap();
        let parts = first.amount_out + second.amount_out;
        prop_assert!(parts <= whole.amount_out, "{} in parts, {} at once", parts, whole.amount_out);
        prop_assert!(whole.amount_out - parts <= 64);
        prop_assert_eq!(second.active_id, whole.active_id);
        prop_assert_eq!(second.volatility, whole.volatility);
    }
}

#[test]
fn a_pool_without_limit_orders_ignores_the_bytes_where_they_would_be() {
    let mut mining = Accounts::snapshot();
    mining.pair[35] = 1; // made for liquidity mining
    let sale = 300_000_000_000;
    let with = out(
        &Accounts::snapshot().pool(),
        Side::Sell,
        sale,
        snapshot::NOW,
    )
    .unwrap();
    let without = out(&mining.pool(), Side::Sell, sale, snapshot::NOW).unwrap();
    assert!(
        without < with,
        "the order in bin -25429 is part of the sale"
    );

    let mut rewarded = Accounts::snapshot();
    rewarded.pair[408] = 1; // undetermined, but with a reward mint
    assert_eq!(
        out(&rewarded.pool(), Side::Sell, sale, snapshot::NOW),
        Ok(without)
    );
}

#[test]
fn a_sale_beyond_the_bin_cap_is_refused_though_the_pool_holds_more() {
    let pool = snapshot::pool();
    let sell = |lamports| pool.quote(Side::Sell, lamports, snapshot::NOW);
    let (mut most, mut too_much) = (300_000_000_000, 5_000_000_000_000);
    while too_much - most > 1 {
        let middle = (most + too_much) / 2;
        *(if sell(middle).is_ok() {
            &mut most
        } else {
            &mut too_much
        }) = middle;
    }
    assert_eq!(sell(most).unwrap().bins, MAX_BINS);
    assert_eq!(sell(too_much), Err(Refusal::TooManyBins));
}

#[test]
fn a_purchase_beyond_the_pool_and_a_sale_of_dust_are_refused() {
    let pool = snapshot::pool();
    assert_eq!(
        pool.quote(Side::Buy, 10_000_000_000, snapshot::NOW),
        Err(Refusal::NoLiquidity)
    );
    assert_eq!(
        pool.quote(Side::Buy, u64::MAX, snapshot::NOW),
        Err(Refusal::NoLiquidity)
    );
    for dust in [0, 1, 12] {
        assert_eq!(
            pool.quote(Side::Sell, dust, snapshot::NOW),
            Err(Refusal::Dust),
            "{dust}"
        );
    }
    let mut off = Accounts::snapshot();
    off.pair[82] = 1;
    assert_eq!(
        off.pool().quote(Side::Sell, 1_000_000, snapshot::NOW),
        Err(Refusal::Disabled)
    );
}
