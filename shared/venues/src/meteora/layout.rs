//! Account layouts and instruction data of the DLMM program.

use super::bin::{Bin, LimitOrders};
use super::fee::{FeeMode, FeeParameters, Volatility};
use super::price::MAX_BIN_ID;
use crate::Side;
use crate::account::{Account, Address, DecodeError};

/// Bins in one bin array.
pub const BINS_PER_ARRAY: i32 = 70;

/// How many arrays the pair's own bitmap has on each side of bin 0.
const BITMAP_REACH: i32 = 512;

/// A pool's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LbPair {
    /// What the creator fixed about fees.
    pub fees: FeeParameters,
    /// Which token the fee is taken in.
    pub fee_mode: FeeMode,
    /// What earlier swaps left behind for the fee.
    pub volatility: Volatility,
    /// The bin at which the next swap begins.
    pub active_id: i32,
    /// Whether swaps are switched on.
    pub enabled: bool,
    /// From when on swaps are open to everybody.
    pub activation: Activation,
    /// Whether the bins can hold limit orders. In pools with rewards the same bytes mean
    /// something else.
    pub limit_orders: bool,
    /// Fees owed to the protocol: token X, token Y. Base units.
    pub protocol_fees: [u64; 2],
    /// Mints of token X and token Y.
    pub mints: [Address; 2],
    /// Vaults of token X and token Y.
    pub vaults: [Address; 2],
    /// A bit for each array from -512 to 511 that holds liquidity, the lowest first.
    pub array_bitmap: [u64; 16],
}

/// From when on a pool is open to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// From this slot on.
    Slot(u64),
    /// From this unix time on, in seconds.
    Time(u64),
}

impl LbPair {
    /// Bytes of the account.
    pub const LENGTH: usize = 904;
    /// The account's first eight bytes.
    pub const DISCRIMINATOR: [u8; 8] = [33, 11, 49, 98, 181, 101, 177, 13];

    /// Reads a pool's account.
    ///
    /// # Errors
    /// [`DecodeError`] for another length or discriminator, an unknown fee mode, a protocol share
    /// above the whole, and an active bin outside the program's range.
    pub fn decode(data: &[u8]) -> Result<LbPair, DecodeError> {
        let account = Account::open("dlmm::LbPair", data, Self::LENGTH, &Self::DISCRIMINATOR)?;
        let active_id = account.i32(76);
        if active_id.unsigned_abs() > MAX_BIN_ID.unsigned_abs() {
            return Err(account.bad("active_id"));
        }
        let fees = fee_parameters(&account);
        if fees.protocol_share > 10_000 {
            return Err(account.bad("protocol_share"));
        }
        Ok(LbPair {
            fees,
            fee_mode: match account.u8(36) {
                0 => FeeMode::Input,
                1 => FeeMode::TokenY,
                _ => return Err(account.bad("collect_fee_mode")),
            },
            volatility: Volatility {
                accumulator: account.u32(40),
                reference: account.u32(44),
                reference_bin: account.i32(48),
                last_update: account.i64(56),
            },
            active_id,
            enabled: account.u8(82) == 0,
            activation: match account.u8(86) {
                0 => Activation::Slot(account.u64(816)),
                1 => Activation::Time(account.u64(816)),
                _ => return Err(account.bad("activation_type")),
            },
            limit_orders: has_limit_orders(&account),
            protocol_fees: [account.u64(216), account.u64(224)],
            mints: [account.bytes(88), account.bytes(120)],
            vaults: [account.bytes(152), account.bytes(184)],
            array_bitmap: std::array::from_fn(|limb| account.u64(584 + 8 * limb)),
        })
    }

    /// Whether the pair's own bitmap reaches the active bin. Where it does not, the arrays stand in
    /// a bitmap extension, an account of its own.
    pub fn is_within_bitmap(&self) -> bool {
        (-BITMAP_REACH..BITMAP_REACH).contains(&BinArray::index_of(self.active_id))
    }

    /// Numbers of the arrays that hold liquidity, in the order in which a swap meets them, as far
    /// as the pair's own bitmap reaches. The program walks from one to the next and touches none
    /// between.
    pub fn arrays_ahead(&self, side: Side) -> impl Iterator<Item = i32> {
        let active = BinArray::index_of(self.active_id);
        let (mut down, mut up) = (-BITMAP_REACH..=active, active..BITMAP_REACH);
        std::iter::from_fn(move || match side {
            Side::Sell => down.next_back(),
            Side::Buy => up.next(),
        })
        .filter(|index| self.holds_liquidity(*index))
    }

    fn holds_liquidity(&self, index: i32) -> bool {
        usize::try_from(index + BITMAP_REACH)
            .ok()
            .and_then(|bit| Some(self.array_bitmap.get(bit / 64)? >> (bit % 64) & 1 == 1))
            .unwrap_or(false)
    }
}

fn fee_parameters(account: &Account<'_>) -> FeeParameters {
    FeeParameters {
        bin_step: account.u16(80),
        base_factor: account.u16(8),
        base_power: account.u8(34),
        variable_control: account.u32(16),
        max_volatility: account.u32(20),
        filter_period: account.u16(10),
        decay_period: account.u16(12),
        reduction_factor: account.u16(14),
        protocol_share: account.u16(32),
    }
}

/// A pool is made for liquidity mining (1) or limit orders (2). Older pools say neither (0) and
/// take limit orders if they have no reward token.
fn has_limit_orders(account: &Account<'_>) -> bool {
    let no_mint = |offset| account.bytes::<32>(offset) == [0; 32];
    match account.u8(35) {
        0 => no_mint(264) && no_mint(408),
        2 => true,
        _ => false,
    }
}

/// An account of 70 neighbouring bins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinArray {
    /// Number of the array: its first bin is 70 times it.
    pub index: i32,
    /// The pool it belongs to.
    pub lb_pair: Address,
    /// Its bins by ascending number, the empty ones too.
    pub bins: Vec<Bin>,
}

impl BinArray {
    /// Bytes of the account.
    pub const LENGTH: usize = 10_136;
    /// The account's first eight bytes.
    pub const DISCRIMINATOR: [u8; 8] = [92, 142, 92, 220, 5, 148, 70, 181];
    /// Where the bins begin, and how far apart they are.
    const BINS: (usize, usize) = (56, 144);

    /// The number of the array that holds bin `id`.
    pub const fn index_of(id: i32) -> i32 {
        id.div_euclid(BINS_PER_ARRAY)
    }

    /// Reads a bin array.
    ///
    /// # Errors
    /// [`DecodeError`] for another length or discriminator, and for an array outside the program's
    /// range of bins.
    pub fn decode(data: &[u8]) -> Result<BinArray, DecodeError> {
        let account = Account::open("dlmm::BinArray", data, Self::LENGTH, &Self::DISCRIMINATOR)?;
        let last = Self::index_of(MAX_BIN_ID);
        let index = match i32::try_from(account.i64(8)) {
            Ok(index) if (-last - 1..=last).contains(&index) => index,
            _ => return Err(account.bad("index")),
        };
        let bins = (0..BINS_PER_ARRAY)
            .zip((Self::BINS.0..).step_by(Self::BINS.1))
            .map(|(slot, offset)| Bin {
                id: index * BINS_PER_ARRAY + slot,
                reserves: [account.u64(offset), account.u64(offset + 8)],
                orders: LimitOrders {
                    taken_by: if account.u8(offset + 140) == 0 {
                        Side::Sell
                    } else {
                        Side::Buy
                    },
                    processed: account.u64(offset + 128),
                    open: account.u64(offset + 112),
                },
            })
            .collect();
        Ok(BinArray {
            index,
            lb_pair: account.bytes(24),
            bins,
        })
    }
}

/// Data of the instruction `swap2`: spend exactly `amount_in`, fail with the program's error 6003
/// if less than `min_out` would come out, 6039 if nothing would. No extra account lists.
///
/// Its accounts, in order: pair (writable), bitmap extension or the program, vault X and Y
/// (writable), user in and out (writable), mint X and Y, oracle (writable), host fee account or the
/// program, user (signer), token program X and Y, memo program, event authority, program, then the
/// bin arrays (writable) in the order of the walk.
pub fn swap2_data(amount_in: u64, min_out: u64) -> [u8; 28] {
    let mut data = [0; 28];
    data[..8].copy_from_slice(&[65, 75, 63, 76, 235, 91, 91, 136]);
    data[8..16].copy_from_slice(&amount_in.to_le_bytes());
    data[16..24].copy_from_slice(&min_out.to_le_bytes());
    data
}
