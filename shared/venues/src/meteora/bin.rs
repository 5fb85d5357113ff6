//! One price bin: what it gives, and for how much.

use crate::Side;

/// Limit orders that wait in a bin. Their makers sell the token named by `side`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitOrders {
    /// The swap that can take them: orders that offer token X are bought from, others sold to.
    pub taken_by: Side,
    /// What is left of the orders that a swap began to fill, base units of the offered token.
    pub processed: u64,
    /// Orders that nothing was taken of yet, base units of the offered token.
    pub open: u64,
}

/// A bin with liquidity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bin {
    /// Number of the bin, which fixes its price.
    pub id: i32,
    /// Own liquidity: token X, token Y. Base units.
    pub reserves: [u64; 2],
    /// Limit orders in the bin.
    pub orders: LimitOrders,
}

/// The parts of a bin in the order in which a swap takes them.
const LAYERS: usize = 3;

/// What a swap takes from one bin, before fees. Base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Paid into the bin's own liquidity.
    pub own_in: u64,
    /// Paid into the bin as a whole, limit orders included.
    pub total_in: u64,
    /// Taken from the own liquidity, the processed orders and the open orders.
    pub out: [u64; LAYERS],
}

impl Taken {
    /// Everything that comes out of the bin; `None` beyond 64 bits.
    pub fn total_out(&self) -> Option<u64> {
        self.out
            .iter()
            .try_fold(0u64, |sum, out| sum.checked_add(*out))
    }
}

impl Bin {
    /// What a swap can take: own liquidity, then processed orders, then open ones.
    pub fn layers(&self, side: Side) -> [u64; LAYERS] {
        let own = self.reserves[side.token_out()];
        if self.orders.taken_by == side {
            [own, self.orders.processed, self.orders.open]
        } else {
            [own, 0, 0]
        }
    }

    /// What an input of `net_in`, fee already taken, gets at `price`. `total_in` is less than
    /// `net_in` exactly if the bin is emptied and something is left over.
    pub fn take(&self, side: Side, price: u128, net_in: u64) -> Taken {
        let mut taken = Taken::default();
        for (index, available) in self.layers(side).into_iter().enumerate() {
            let left = net_in - taken.total_in;
            if left == 0 {
                break;
            }
            let (paid, out) = take_layer(side, price, available, left);
            taken.total_in += paid;
            taken.out[index] = out;
            if index == 0 {
                taken.own_in = paid;
            }
        }
        taken
    }

    /// Moves the bin's balances. What limit orders are paid belongs to their makers and is no
    /// liquidity.
    pub fn apply(&mut self, side: Side, taken: &Taken) {
        self.reserves[side.token_in()] += taken.own_in;
        self.reserves[side.token_out()] -= taken.out[0];
        self.orders.processed -= taken.out[1];
        self.orders.open -= taken.out[2];
    }
}

/// What `left` buys of `available` units: paid, received.
fn take_layer(side: Side, price: u128, available: u64, left: u64) -> (u64, u64) {
    if available == 0 {
        return (0, 0);
    }
    match u64::try_from(cost_of_all(side, price, available)) {
        Ok(cost) if left >= cost => (cost, available),
        _ => (left, bought(side, price, left)),
    }
}

/// What all of `available` costs, rounded up. More than 64 bits for a bin that nobody can empty.
fn cost_of_all(side: Side, price: u128, available: u64) -> u128 {
    match side {
        Side::Sell => (u128::from(available) << 64).div_ceil(price),
        Side::Buy => {
            // available·price / 2⁶⁴ in two halves, so that nothing wider than 128 bits is needed.
            let (whole, fraction) = (price >> 64, price & u128::from(u64::MAX));
            let low = u128::from(available) * fraction;
            (u128::from(available) * whole) + (low >> 64) + u128::from(low as u64 != 0)
        }
    }
}

/// What `paid` buys, rounded down. Only asked for less than the cost of a layer that holds at most
/// 64 bits, so the answer fits.
fn bought(side: Side, price: u128, paid: u64) -> u64 {
    worth(side, price, paid) as u64
}

/// What `paid` is worth at `price`, rounded down: token Y for a sale, token X for a purchase.
pub(crate) fn worth(side: Side, price: u128, paid: u64) -> u128 {
    match side {
        Side::Sell => {
            let (whole, fraction) = (price >> 64, price & u128::from(u64::MAX));
            u128::from(paid) * whole + ((u128::from(paid) * fraction) >> 64)
        }
        Side::Buy => (u128::from(paid) << 64) / price,
    }
}
