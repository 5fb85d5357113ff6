//! A DLMM pool: what decides a swap.

use std::sync::Arc;

use super::bin::Bin;
use super::fee::{FeeMode, FeeParameters, Volatility};
use super::layout::{BinArray, LbPair};
use super::price::PriceTable;
use crate::{Address, DecodeError, Side};

/// How far around the active bin prices are computed in advance: as far as the default market ever
/// moves a pool, and a whole swap from there. Farther prices are computed when they are met.
const PRICE_REACH: u16 = 1_000;

/// Everything that decides what a swap pays. Cloning is cheap: the bins are shared until a swap
/// changes them.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Whether swaps are switched on.
    pub enabled: bool,
    /// What the creator fixed about fees.
    pub fees: FeeParameters,
    /// Which token the fee is taken in.
    pub fee_mode: FeeMode,
    /// What earlier swaps left behind for the fee.
    pub volatility: Volatility,
    /// The bin at which the next swap begins.
    pub active_id: i32,
    /// Fees owed to the protocol: token X, token Y. Base units.
    pub protocol_fees: [u64; 2],
    /// Bins with liquidity by ascending number, as they stand in the accounts.
    pub(super) bins: Arc<[Bin]>,
    /// By how many bins the pool is moved against the numbers in `bins`.
    pub(super) translation: i32,
    pub(super) prices: Arc<PriceTable>,
}

impl Pool {
    /// A pool that was never traded, with `bins` in any order; bins without liquidity are dropped.
    pub fn new(fees: FeeParameters, active_id: i32, mut bins: Vec<Bin>) -> Pool {
        bins.retain(|bin| {
            [Side::Sell, Side::Buy]
                .iter()
                .any(|side| bin.layers(*side).iter().any(|x| *x > 0))
        });
        bins.sort_unstable_by_key(|bin| bin.id);
        Pool {
            enabled: true,
            fees,
            fee_mode: FeeMode::Input,
            volatility: Volatility {
                reference_bin: active_id,
                ..Volatility::default()
            },
            active_id,
            protocol_fees: [0; 2],
            bins: bins.into(),
            translation: 0,
            prices: Arc::new(PriceTable::around(active_id, PRICE_REACH, fees.bin_step)),
        }
    }

    /// A pool as its accounts describe it. Bins of arrays that are not given count as empty: give
    /// every array that a swap can reach, or the answer is [`crate::Refusal::NoLiquidity`].
    ///
    /// # Errors
    /// [`DecodeError::ForeignBinArray`] if an array belongs to another pair than `address` or is
    /// given twice.
    pub fn from_accounts(
        address: &Address,
        pair: &LbPair,
        arrays: &[BinArray],
    ) -> Result<Pool, DecodeError> {
        let mut indices: Vec<i32> = arrays.iter().map(|array| array.index).collect();
        indices.sort_unstable();
        let twice = indices.windows(2).any(|pair| pair[0] == pair[1]);
        if twice || arrays.iter().any(|array| array.lb_pair != *address) {
            return Err(DecodeError::ForeignBinArray);
        }
        let mut bins: Vec<Bin> = arrays.iter().flat_map(|array| array.bins.clone()).collect();
        if !pair.limit_orders {
            for bin in &mut bins {
                (bin.orders.processed, bin.orders.open) = (0, 0);
            }
        }
        Ok(Pool {
            enabled: pair.enabled,
            fee_mode: pair.fee_mode,
            volatility: pair.volatility,
            protocol_fees: pair.protocol_fees,
            ..Pool::new(pair.fees, pair.active_id, bins)
        })
    }

    /// The bins with liquidity by ascending number.
    pub fn bins(&self) -> impl Iterator<Item = Bin> {
        self.bins.iter().map(|bin| Bin {
            id: bin.id + self.translation,
            ..*bin
        })
    }

    /// The same liquidity around another price: every bin moved by as many bins as lie between the
    /// active one and the one whose price is nearest to `price`, Q64.64 of Y for X.
    pub fn moved_to(&self, price: u128) -> Pool {
        let by = self.prices.nearest(price) - self.active_id;
        let mut moved = self.clone();
        moved.active_id += by;
        moved.volatility.reference_bin += by;
        moved.translation += by;
        moved
    }
}
