//! Fees of a CPMM pool: rates, who gets them, and their rounding.

use crate::{Refusal, Side};

/// Fee rates are parts of this many.
pub const RATE_DENOMINATOR: u64 = 1_000_000;

/// Fee rates in parts of [`RATE_DENOMINATOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// What the user pays on each swap.
    pub trade: u64,
    /// The protocol's part of the trade fee.
    pub protocol: u64,
    /// The fund's part of the trade fee.
    pub fund: u64,
    /// What the user pays the pool's creator besides; 0 unless the pool enables it.
    pub creator: u64,
}

/// The token in which the creator's fee is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CreatorFeeOn {
    /// Whichever token goes in.
    #[default]
    Input,
    /// Always token 0: on the input of a sale, on the output of a purchase.
    Token0,
    /// Always token 1: on the output of a sale, on the input of a purchase.
    Token1,
}

impl CreatorFeeOn {
    pub(super) fn is_input(self, side: Side) -> bool {
        match self {
            CreatorFeeOn::Input => true,
            CreatorFeeOn::Token0 => side == Side::Sell,
            CreatorFeeOn::Token1 => side == Side::Buy,
        }
    }
}

/// Fees of one token that lie in the vault and no longer belong to the liquidity. Base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccruedFees {
    /// Owed to the protocol.
    pub protocol: u64,
    /// Owed to the fund.
    pub fund: u64,
    /// Owed to the pool's creator.
    pub creator: u64,
}

impl AccruedFees {
    pub(super) fn total(self) -> u128 {
        u128::from(self.protocol) + u128::from(self.fund) + u128::from(self.creator)
    }
}

/// `amount·rate` rounded up. Rates are at most the denominator, so the part is at most the amount.
pub(super) fn part_up(amount: u64, rate: u64) -> u64 {
    let denominator = u128::from(RATE_DENOMINATOR);
    (u128::from(amount) * u128::from(rate)).div_ceil(denominator) as u64
}

/// `amount·rate` rounded down.
pub(super) fn part_down(amount: u64, rate: u64) -> u64 {
    (u128::from(amount) * u128::from(rate) / u128::from(RATE_DENOMINATOR)) as u64
}

/// The smallest amount of which `net` is left after a fee of `rate`.
pub(super) fn before_fee(net: u128, rate: u64) -> Result<u128, Refusal> {
    let kept = u128::from(RATE_DENOMINATOR.saturating_sub(rate));
    if kept == 0 {
        return Err(Refusal::Dust);
    }
    let scaled = net
        .checked_mul(u128::from(RATE_DENOMINATOR))
        .ok_or(Refusal::TooLarge)?;
    Ok(scaled.div_ceil(kept))
}
