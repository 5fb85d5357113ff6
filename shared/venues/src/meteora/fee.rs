//! The fee of a swap: a fixed base and a variable part that follows recent volatility.
//!
//! Volatility is counted in bins. The accumulator holds how far the walk is from a reference bin,
//! on top of what is left of earlier swaps; after a pause of the filter period the reference moves
//! to the active bin, and after the decay period earlier swaps are forgotten.

/// Fee rates are parts of this many.
pub const RATE_PRECISION: u64 = 1_000_000_000;

/// No rate is above 10 %.
pub const MAX_RATE: u64 = 100_000_000;

/// Whole of a ratio in basis points; also what one bin adds to the volatility.
const BASIS_POINTS: u64 = 10_000;

/// Scale of the variable fee.
const VARIABLE_SCALE: u128 = 100_000_000_000;

/// Which token the fee is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeeMode {
    /// The token that goes in.
    #[default]
    Input,
    /// Always token Y: the output of a sale, the input of a purchase.
    TokenY,
}

/// What the pool's creator fixed about its fees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeParameters {
    /// Distance between neighbouring bins' prices in basis points.
    pub bin_step: u16,
    /// Factor of the base fee.
    pub base_factor: u16,
    /// Power of ten of the base fee.
    pub base_power: u8,
    /// Factor of the variable fee; 0 switches it off.
    pub variable_control: u32,
    /// Ceiling of the volatility accumulator.
    pub max_volatility: u32,
    /// Seconds of rest after which the reference bin moves.
    pub filter_period: u16,
    /// Seconds of rest after which earlier volatility is forgotten.
    pub decay_period: u16,
    /// What is kept of earlier volatility between the two periods, basis points.
    pub reduction_factor: u16,
    /// The protocol's share of a fee, basis points, at most 10 000.
    pub protocol_share: u16,
}

/// What swaps leave behind for the fee of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Volatility {
    /// Volatility at the last bin walked.
    pub accumulator: u32,
    /// What is left of earlier swaps.
    pub reference: u32,
    /// The bin from which distance is counted.
    pub reference_bin: i32,
    /// Unix time in seconds of the last swap.
    pub last_update: i64,
}

impl Volatility {
    /// The volatility with which a swap begins at unix time `now`.
    pub fn begin(mut self, fees: &FeeParameters, active_id: i32, now: i64) -> Volatility {
        let rest = now.saturating_sub(self.last_update);
        if rest >= i64::from(fees.filter_period) {
            self.reference_bin = active_id;
            self.reference = if rest < i64::from(fees.decay_period) {
                let kept = u64::from(self.accumulator) * u64::from(fees.reduction_factor);
                u32::try_from(kept / BASIS_POINTS).unwrap_or(u32::MAX)
            } else {
                0
            };
        }
        self.last_update = now;
        self
    }

    /// Moves the accumulator to bin `id` and answers the fee rate there, in parts of
    /// [`RATE_PRECISION`].
    pub fn rate_at(&mut self, fees: &FeeParameters, id: i32) -> u64 {
        let distance = u64::from(self.reference_bin.abs_diff(id));
        let volatility = u64::from(self.reference) + distance * BASIS_POINTS;
        // The smaller of the two fits, because the ceiling does.
        self.accumulator = volatility.min(u64::from(fees.max_volatility)) as u32;
        (base_rate(fees) + variable_rate(fees, self.accumulator)).min(u128::from(MAX_RATE)) as u64
    }
}

/// The part of the rate that does not depend on volatility.
pub(super) fn base_rate(fees: &FeeParameters) -> u128 {
    let scale = 10u128
        .saturating_pow(u32::from(fees.base_power))
        .min(RATE_PRECISION.into());
    u128::from(fees.base_factor) * u128::from(fees.bin_step) * 10 * scale
}

fn variable_rate(fees: &FeeParameters, volatility: u32) -> u128 {
    if fees.variable_control == 0 {
        return 0;
    }
    // 2·(32 + 16) + 32 bits: the product just fits.
    let distance = u128::from(volatility) * u128::from(fees.bin_step);
    (distance * distance * u128::from(fees.variable_control)).div_ceil(VARIABLE_SCALE)
}

/// The fee on `amount`, of which it is taken. Rounded up.
pub fn on(amount: u64, rate: u64) -> u64 {
    // At most the amount, since a rate is at most a tenth.
    (u128::from(amount) * u128::from(rate)).div_ceil(u128::from(RATE_PRECISION)) as u64
}

/// The fee to add to `net` so that `net` is left after it. Rounded up.
pub fn on_top_of(net: u64, rate: u64) -> u64 {
    // At most a ninth of `net` and the rounding, since a rate is at most a tenth.
    let kept = u128::from(RATE_PRECISION - rate);
    (u128::from(net) * u128::from(rate)).div_ceil(kept) as u64
}
