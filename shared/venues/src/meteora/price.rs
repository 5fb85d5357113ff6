//! Bin prices: units of token Y for one unit of token X, as Q64.64 fixed point.

/// One, in Q64.64.
pub const ONE: u128 = 1 << 64;

/// The largest bin number that the program accepts; the smallest is its negative.
pub const MAX_BIN_ID: i32 = 443_636;

/// The price of bin `id`: `(1 + bin_step / 10_000)^id`, truncated exactly as the program does.
///
/// `None` where the price leaves the fixed-point range: the program has no such bin.
///
/// The program squares its way up on the reciprocal of the base, which is below one, so that every
/// square fits into 128 bits; a positive power is inverted at the end. Each step drops the bits
/// below 2⁻⁶⁴, and that rounding is part of the price.
pub fn of_bin(id: i32, bin_step: u16) -> Option<u128> {
    let mut square = u128::MAX / (ONE + (u128::from(bin_step) << 64) / 10_000);
    let mut power = ONE;
    let mut exponent = id.unsigned_abs();
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = (power * square) >> 64;
        }
        square = (square * square) >> 64;
        exponent >>= 1;
    }
    if power == 0 {
        return None;
    }
    Some(if id > 0 { u128::MAX / power } else { power })
}

/// The bin whose price is the greatest that is not above `price`.
pub fn bin_below(price: u128, bin_step: u16) -> i32 {
    let (mut low, mut high) = (-MAX_BIN_ID, MAX_BIN_ID + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        // Bins out of the fixed-point range are too cheap below zero and too dear above it.
        let not_above = of_bin(middle, bin_step).map_or(middle < 0, |bin| bin <= price);
        if not_above {
            low = middle
        } else {
            high = middle
        }
    }
    low
}

/// Prices of the bins around one bin, computed once: a walk then only looks them up.
#[derive(Debug, Clone)]
pub struct PriceTable {
    bin_step: u16,
    first_id: i32,
    prices: Box<[u128]>,
}

impl PriceTable {
    /// The prices of the bins at most `reach` away from bin `centre`.
    pub fn around(centre: i32, reach: u16, bin_step: u16) -> PriceTable {
        let first_id = centre.saturating_sub(i32::from(reach)).max(-MAX_BIN_ID);
        let last_id = centre.saturating_add(i32::from(reach)).min(MAX_BIN_ID);
        let prices = (first_id..=last_id)
            .map_while(|id| of_bin(id, bin_step))
            .collect();
        PriceTable {
            bin_step,
            first_id,
            prices,
        }
    }

    /// The price of bin `id`, looked up if it is near, computed if it is far.
    pub fn at(&self, id: i32) -> Option<u128> {
        let index = usize::try_from(i64::from(id) - i64::from(self.first_id)).ok();
        match index.and_then(|index| self.prices.get(index)) {
            Some(price) => Some(*price),
            None if id.unsigned_abs() <= MAX_BIN_ID.unsigned_abs() => of_bin(id, self.bin_step),
            None => None,
        }
    }

    /// The bin of the table whose price is nearest to `price`.
    pub fn nearest(&self, price: u128) -> i32 {
        let above = self.prices.partition_point(|bin| *bin < price);
        let distance = |index: usize| self.prices.get(index).map(|bin| bin.abs_diff(price));
        let below = above.saturating_sub(1);
        let index = match (distance(below), distance(above)) {
            (Some(down), Some(up)) if up < down => above,
            _ => below,
        };
        // A table has at most 131 071 prices, so its indices fit.
        self.first_id + index as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_of_a_bin_is_the_programs() {
        assert_eq!(of_bin(-25_369, 1), Some(1_459_530_368_389_230_837));
        assert_eq!(of_bin(-25_370, 1), Some(1_459_384_429_946_236_214));
        assert_eq!(of_bin(0, 25), Some(ONE));
        assert_eq!(
            of_bin(MAX_BIN_ID, 400),
            None,
            "beyond the fixed-point range"
        );
    }

    #[test]
    fn the_bin_below_a_price_is_found_over_the_whole_range() {
        for (id, step) in [(-25_369, 1), (0, 10), (12_345, 20), (-3_000, 100), (1, 1)] {
            let price = of_bin(id, step).unwrap();
            assert_eq!(bin_below(price, step), id);
            assert_eq!(bin_below(price - 1, step), id - 1);
            assert_eq!(bin_below(price + 1, step), id);
        }
        assert_eq!(bin_below(0, 1), -MAX_BIN_ID);
    }

    #[test]
    fn a_table_answers_as_the_formula_inside_and_outside_of_itself() {
        let table = PriceTable::around(-40, 50, 20);
        for id in -200..200 {
            assert_eq!(table.at(id), of_bin(id, 20), "bin {id}");
        }
        assert_eq!(table.at(MAX_BIN_ID + 1), None);
        assert_eq!(table.at(i32::MIN), None);
    }

    #[test]
    fn the_nearest_bin_is_the_one_with_the_least_distance() {
        let table = PriceTable::around(0, 10, 100);
        for id in -10..=10 {
            let price = of_bin(id, 100).unwrap();
            assert_eq!(table.nearest(price), id);
            assert_eq!(
                table.nearest(price + price / 400),
                id,
                "a quarter of a step above"
            );
        }
        assert_eq!(table.nearest(0), -10);
        assert_eq!(table.nearest(u128::MAX), 10);
    }
}
