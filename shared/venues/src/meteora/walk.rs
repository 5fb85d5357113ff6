//! The walk of one swap over a pool's bins, and how it changes the pool.

use std::sync::Arc;

use super::bin::{Bin, Taken, worth};
use super::fee::{self, FeeMode, Volatility};
use super::pool::Pool;
use crate::{Refusal, Side};

/// How many bins one swap may take liquidity from. A swap over more than about this many needs
/// more than the 1.4 million compute units that a transaction can have.
pub const MAX_BINS: u32 = 200;

/// The maker's share of the fee on what is taken from limit orders, basis points.
const ORDER_MAKER_SHARE: u64 = 5_000;

/// One swap. Base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// What the user sends.
    pub amount_in: u64,
    /// What the user receives.
    pub amount_out: u64,
    /// The fee, in the token that goes in if `fee_on_input`, else in the one that comes out.
    pub fee: u64,
    /// Which token the fee is in.
    pub fee_on_input: bool,
    /// The protocol's part of the fee.
    pub protocol_fee: u64,
    /// Bins that liquidity was taken from.
    pub bins: u32,
    /// Price of the first bin that gave something, Q64.64 of Y for X: the marginal price.
    pub first_price: u128,
    /// The bin at which the swap ended, and with which the next one begins.
    pub active_id: i32,
    /// What the swap leaves behind for the next one's fee.
    pub volatility: Volatility,
}

/// One bin's part of a swap.
struct Step {
    taken: Taken,
    /// What the user pays here, fee included if it is on the input.
    paid: u64,
    /// What the user receives here, less the fee if it is on the output.
    received: u64,
    fee: u64,
}

impl Pool {
    /// What a swap of exactly `amount_in` pays at unix time `now`.
    ///
    /// # Errors
    /// [`Refusal::Disabled`]; [`Refusal::NoLiquidity`] when the known bins hold less;
    /// [`Refusal::TooManyBins`] beyond [`super::MAX_BINS`]; [`Refusal::Dust`] when nothing comes
    /// out; [`Refusal::TooLarge`] when a balance would overflow.
    pub fn quote(&self, side: Side, amount_in: u64, now: i64) -> Result<Fill, Refusal> {
        self.walk(side, amount_in, now, |_, _| ())
    }

    /// Executes a swap: what [`Pool::quote`] says, with the bins and the volatility moved.
    ///
    /// # Errors
    /// As [`Pool::quote`]; the pool is then unchanged.
    pub fn swap(&mut self, side: Side, amount_in: u64, now: i64) -> Result<Fill, Refusal> {
        let mut steps = Vec::new();
        let fill = self.walk(side, amount_in, now, |bin, taken| steps.push((bin, taken)))?;
        let fee_token = if fill.fee_on_input {
            side.token_in()
        } else {
            side.token_out()
        };
        self.protocol_fees[fee_token] = self.protocol_fees[fee_token]
            .checked_add(fill.protocol_fee)
            .ok_or(Refusal::TooLarge)?;
        let bins = Arc::make_mut(&mut self.bins);
        for (bin, taken) in steps {
            bins[bin].apply(side, &taken);
        }
        self.active_id = fill.active_id;
        self.volatility = fill.volatility;
        Ok(fill)
    }

    /// The price at which a swap begins, Q64.64 of Y for X.
    pub(super) fn first_price(&self, side: Side) -> Result<u128, Refusal> {
        if !self.enabled {
            return Err(Refusal::Disabled);
        }
        let mut path = self.path(side);
        let first = path.find(|&index| self.bins[index].layers(side) != [0; 3]);
        let bin = first
            .map(|index| &self.bins[index])
            .ok_or(Refusal::NoLiquidity)?;
        let price = self.prices.at(bin.id + self.translation);
        price.ok_or(Refusal::NoLiquidity)
    }

    /// Walks from the active bin until the input is used up; tells `on_bin` the index of each bin
    /// it takes from, and what.
    pub(super) fn walk(
        &self,
        side: Side,
        amount_in: u64,
        now: i64,
        mut on_bin: impl FnMut(usize, Taken),
    ) -> Result<Fill, Refusal> {
        if !self.enabled {
            return Err(Refusal::Disabled);
        }
        let mut fill = self.begin(side, amount_in, now);
        let mut left = amount_in;
        for index in self.path(side) {
            let bin = &self.bins[index];
            if left == 0 {
                break;
            }
            if bin.layers(side) == [0; 3] {
                continue;
            }
            if fill.bins == MAX_BINS {
                return Err(Refusal::TooManyBins);
            }
            let id = bin.id + self.translation;
            let price = self.prices.at(id).ok_or(Refusal::NoLiquidity)?;
            let rate = fill.volatility.rate_at(&self.fees, id);
            let step = Step::take(bin, side, price, left, rate, fill.fee_on_input)?;
            if fill.bins == 0 {
                fill.first_price = price;
            }
            fill.active_id = id;
            fill.add(&step, self.fees.protocol_share)?;
            left -= step.paid;
            on_bin(index, step.taken);
        }
        match (left, fill.amount_out) {
            (0, 0) => Err(Refusal::Dust),
            (0, _) => Ok(fill),
            _ => Err(Refusal::NoLiquidity),
        }
    }

    fn begin(&self, side: Side, amount_in: u64, now: i64) -> Fill {
        Fill {
            amount_in,
            amount_out: 0,
            fee: 0,
            fee_on_input: self.fee_mode == FeeMode::Input || side == Side::Buy,
            protocol_fee: 0,
            bins: 0,
            first_price: 0,
            active_id: self.active_id,
            volatility: self.volatility.begin(&self.fees, self.active_id, now),
        }
    }

    /// Indices of the bins in the order in which a swap meets them: down in price for a sale, up
    /// for a purchase.
    fn path(&self, side: Side) -> impl Iterator<Item = usize> + use<> {
        let active = self.active_id - self.translation;
        let (down, up) = match side {
            Side::Sell => (self.bins.partition_point(|bin| bin.id <= active), 0..0),
            Side::Buy => (
                0,
                self.bins.partition_point(|bin| bin.id < active)..self.bins.len(),
            ),
        };
        (0..down).rev().chain(up)
    }
}

impl Fill {
    /// What the input less its fee would have bought at the marginal price, without moving it.
    pub fn marginal_out(&self, side: Side) -> u128 {
        let net_in = if self.fee_on_input {
            self.amount_in - self.fee
        } else {
            self.amount_in
        };
        worth(side, self.first_price, net_in)
    }

    fn add(&mut self, step: &Step, protocol_share: u16) -> Result<(), Refusal> {
        self.bins += 1;
        self.amount_out = self
            .amount_out
            .checked_add(step.received)
            .ok_or(Refusal::TooLarge)?;
        self.fee = self.fee.checked_add(step.fee).ok_or(Refusal::TooLarge)?;
        self.protocol_fee += step.protocol_fee(protocol_share); // a part of the fee
        Ok(())
    }
}

impl Step {
    fn take(
        bin: &Bin,
        side: Side,
        price: u128,
        left: u64,
        rate: u64,
        fee_on_input: bool,
    ) -> Result<Step, Refusal> {
        let fee_on_all = if fee_on_input { fee::on(left, rate) } else { 0 };
        let net = left - fee_on_all;
        let taken = bin.take(side, price, net);
        let out = taken.total_out().ok_or(Refusal::TooLarge)?;
        if bin.reserves[side.token_in()]
            .checked_add(taken.own_in)
            .is_none()
        {
            return Err(Refusal::TooLarge);
        }
        if !fee_on_input {
            let fee = fee::on(out, rate);
            return Ok(Step {
                taken,
                paid: taken.total_in,
                received: out - fee,
                fee,
            });
        }
        if taken.total_in == net {
            return Ok(Step {
                taken,
                paid: left,
                received: out,
                fee: fee_on_all,
            });
        }
        // The bin is empty: the fee is on what it took. That was less than `net`, so it and its
        // fee are less than `left`.
        let fee = fee::on_top_of(taken.total_in, rate);
        Ok(Step {
            taken,
            paid: taken.total_in + fee,
            received: out,
            fee,
        })
    }

    /// The protocol's part: its share of the fee on the bin's own liquidity, and what the makers
    /// of limit orders do not get of the fee on theirs.
    fn protocol_fee(&self, share: u16) -> u64 {
        // Every part is at most the fee that it is a part of, so it fits.
        let part = |amount: u64, share: u64| u128::from(amount) * u128::from(share) / 10_000;
        let own = (u128::from(self.fee) * u128::from(self.taken.own_in))
            .div_ceil(u128::from(self.taken.total_in.max(1))) as u64;
        let orders = self.fee - own;
        part(own, share.into()) as u64 + orders - part(orders, ORDER_MAKER_SHARE) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::super::bin::LimitOrders;
    use super::super::fee::FeeParameters;
    use super::*;

    /// A pool with a fee of 1 % and one bin at price one: 1000 Y of its own, and limit orders.
    fn pool(taken_by: Side) -> Pool {
        let fees = FeeParameters {
            bin_step: 100,
            base_factor: 10_000,
            base_power: 0,
            variable_control: 0,
            max_volatility: 0,
            filter_period: 0,
            decay_period: 0,
            reduction_factor: 0,
            protocol_share: 1_000,
        };
        let orders = LimitOrders {
            taken_by,
            processed: 300,
            open: 700,
        };
        Pool::new(
            fees,
            0,
            vec![Bin {
                id: 0,
                reserves: [0, 1_000],
                orders,
            }],
        )
    }

    #[test]
    fn limit_orders_are_taken_after_the_bins_own_liquidity_those_begun_first() {
        let mut pool = pool(Side::Sell);
        let fill = pool.swap(Side::Sell, 1_516, 0).unwrap();
        assert_eq!((fill.fee, fill.amount_out, fill.bins), (16, 1_500, 1));
        let bin = pool.bins().next().unwrap();
        assert_eq!(
            bin.reserves,
            [1_000, 0],
            "what makers are paid is no liquidity"
        );
        assert_eq!((bin.orders.processed, bin.orders.open), (0, 500));
    }

    #[test]
    fn orders_on_the_other_side_are_left_alone() {
        let pool = pool(Side::Buy);
        assert_eq!(pool.quote(Side::Sell, 1_516, 0), Err(Refusal::NoLiquidity));
        assert_eq!(
            pool.quote(Side::Sell, 1_011, 0).map(|fill| fill.amount_out),
            Ok(1_000)
        );
    }

    #[test]
    fn a_fee_on_the_output_is_told_as_what_it_is_worth_of_the_input() {
        // A quarter of Y for X, so that the two cannot be taken for each other.
        let price = 1u128 << 62;
        let mut pool = pool(Side::Sell);
        pool.fee_mode = FeeMode::TokenY;
        let pool = crate::Pool::at_price(&pool, price);
        let fill = pool.fill(Side::Sell, 400, 0).unwrap();
        let (out, fee, impact) = (fill.amount_out, fill.fee, fill.price_impact_bps());
        assert!((98..=99).contains(&out), "{fill:?}");
        assert!(
            (4..=8).contains(&fee),
            "a hundredth of 400 X, rounded up: {fill:?}"
        );
        assert!(impact <= 102, "of 98 one unit: {fill:?}");
    }

    #[test]
    fn makers_share_the_fee_on_their_orders_with_the_protocol() {
        let mut pool = pool(Side::Sell);
        let fill = pool.swap(Side::Sell, 2_021, 0).unwrap();
        // 11 of the 21 are on the own liquidity, of which the protocol has a tenth; of the other
        // 10 the makers have half.
        assert_eq!((fill.fee, fill.protocol_fee), (21, 1 + 5));
        assert_eq!(pool.protocol_fees, [6, 0]);
    }
}
