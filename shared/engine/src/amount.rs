//! Exact amounts of a token: integer base units, read from and written as decimal text, never
//! through a float.

use std::fmt;

use rust_decimal::Decimal;
use thiserror::Error;

/// An amount of one token in its base units (lamports for SOL), with the token's number of
/// decimals. Money is this or an exact decimal; a bare integer never means money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAmount {
    units: u64,
    decimals: u8,
}

/// Why a text is no amount of a token. The message is for the client and repeats the number exactly
/// as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidAmount {
    /// Not a decimal number (`NaN`, empty, stray characters).
    #[error("{0} is not a decimal number")]
    NotANumber(String),
    /// Zero, also when written `0.000`.
    #[error("{0} is zero; the amount must be greater than zero")]
    Zero(String),
    /// Below zero.
    #[error("{0} is negative; the amount must be greater than zero")]
    Negative(String),
    /// More fractional digits than the token has.
    #[error("{text} has more than {decimals} decimals, all that the token has")]
    TooManyDecimals {
        /// The number as written.
        text: String,
        /// The token's decimals.
        decimals: u8,
    },
    /// More base units than an on-chain account can hold.
    #[error("{text} is above the cap of {cap}")]
    AboveCap {
        /// The number as written.
        text: String,
        /// The largest amount that can be held, 2^64 - 1 base units.
        cap: TokenAmount,
    },
    /// An exponent that no amount can need.
    #[error("the exponent of {0} is out of range")]
    ExponentOutOfRange(String),
}

/// Exponents beyond this can only mean zero or an amount above every cap.
const MAX_EXPONENT: i64 = 64;
/// Longer texts are refused unread; the longest sensible amount has 20 digits.
const MAX_TEXT: usize = 128;

impl TokenAmount {
    /// The most decimals that a token may have.
    pub const MAX_DECIMALS: u8 = 18;

    /// An amount of `units` base units of a token with `decimals` decimals.
    pub const fn from_units(units: u64, decimals: u8) -> Self {
        Self { units, decimals }
    }

    /// Reads the text of a JSON number or string, for example `10`, `0.25` or `1.5e3`.
    ///
    /// # Errors
    /// [`InvalidAmount`] when the text is not a number greater than zero that the token can
    /// express.
    pub fn parse(text: &str, decimals: u8) -> Result<Self, InvalidAmount> {
        let shown = || text.chars().take(MAX_TEXT).collect::<String>();
        let number = Digits::read(text).ok_or_else(|| InvalidAmount::NotANumber(shown()))?;
        if number.significant.is_empty() {
            return Err(InvalidAmount::Zero(shown()));
        }
        if number.negative {
            return Err(InvalidAmount::Negative(shown()));
        }
        let Some(exponent) = number
            .exponent
            .filter(|e| (-MAX_EXPONENT..=MAX_EXPONENT).contains(e))
        else {
            return Err(InvalidAmount::ExponentOutOfRange(shown()));
        };
        let shift = exponent + i64::from(decimals);
        let Ok(zeros) = u32::try_from(shift) else {
            return Err(InvalidAmount::TooManyDecimals {
                text: shown(),
                decimals,
            });
        };
        let units = number.significant.parse::<u64>().ok();
        units
            .and_then(|units| units.checked_mul(10u64.checked_pow(zeros)?))
            .map(|units| Self { units, decimals })
            .ok_or_else(|| InvalidAmount::AboveCap {
                text: shown(),
                cap: Self {
                    units: u64::MAX,
                    decimals,
                },
            })
    }

    /// Base units.
    pub const fn units(self) -> u64 {
        self.units
    }

    /// The token's decimals.
    pub const fn decimals(self) -> u8 {
        self.decimals
    }

    /// The same token, another number of base units.
    pub const fn with_units(self, units: u64) -> Self {
        Self { units, ..self }
    }

    /// What is left when `taken` goes; nothing when it takes all. Both are of one token.
    pub const fn less(self, taken: Self) -> Self {
        self.with_units(self.units.saturating_sub(taken.units))
    }

    /// The amount in whole tokens, exact.
    pub fn to_decimal(self) -> Decimal {
        Decimal::from_i128_with_scale(i128::from(self.units), u32::from(self.decimals)).normalize()
    }

    /// The amount behind a decimal in whole tokens; `None` when the token cannot express it
    /// exactly.
    pub fn from_decimal(value: Decimal, decimals: u8) -> Option<Self> {
        let value = value.normalize();
        let zeros = u32::from(decimals).checked_sub(value.scale())?;
        let units = value.mantissa().checked_mul(10i128.checked_pow(zeros)?)?;
        Some(Self {
            units: u64::try_from(units).ok()?,
            decimals,
        })
    }
}

impl fmt::Display for TokenAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_decimal())
    }
}

/// Whole tokens received per whole token sent, rounded half to even at 12 decimals (a quotient
/// need not end). Zero when nothing was sent.
pub fn price(sent: TokenAmount, received: TokenAmount) -> Decimal {
    received
        .to_decimal()
        .checked_div(sent.to_decimal())
        .unwrap_or_default()
        .round_dp(12)
        .normalize()
}

/// A price of units for a unit, Q64.64, as one of whole tokens for a whole token, rounded up: a
/// bound stays one.
pub fn price_of_units(price: u128, decimals_in: u8, decimals_out: u8) -> Option<Decimal> {
    let (digits, scale) = (0..=18).rev().find_map(|scale| {
        let scaled = price.checked_mul(10u128.pow(scale))?.div_ceil(1 << 64);
        let digits = i128::try_from(scaled)
            .ok()
            .filter(|digits| *digits < 1 << 95)?;
        Some((digits, i64::from(scale)))
    })?;
    let scale = scale + i64::from(decimals_out) - i64::from(decimals_in);
    match u32::try_from(scale) {
        Ok(scale) => Decimal::try_from_i128_with_scale(digits, scale).ok(),
        Err(_) => {
            let zeros = 10i128.checked_pow(u32::try_from(-scale).ok()?)?;
            Decimal::try_from_i128_with_scale(digits.checked_mul(zeros)?, 0).ok()
        }
    }
}

/// A number taken apart: `significant` × 10^`exponent`, without leading or trailing zeros.
struct Digits {
    negative: bool,
    significant: String,
    /// `None` when it does not fit an `i64`.
    exponent: Option<i64>,
}

impl Digits {
    /// `None` when the text is not `[-+]digits[.digits][e[-+]digits]`.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > MAX_TEXT {
            return None;
        }
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent),
            None => (rest, "0"),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        let well_formed = !(whole.is_empty() && fraction.is_empty())
            && all_digits(whole)
            && all_digits(fraction)
            && !unsigned.is_empty()
            && all_digits(unsigned);
        if !well_formed {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        let kept = digits.trim_end_matches('0');
        let dropped = digits.len() - kept.len();
        let shift = i64::try_from(dropped).ok()? - i64::try_from(fraction.len()).ok()?;
        Some(Self {
            negative,
            significant: kept.trim_start_matches('0').to_owned(),
            exponent: exponent
                .parse::<i64>()
                .ok()
                .and_then(|e| e.checked_add(shift)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_every_digit_of_what_was_written() {
        for (text, decimals, units) in [
            ("10", 9, 10_000_000_000),
            ("0.25", 6, 250_000),
            (".5", 6, 500_000),
            ("1.5e3", 6, 1_500_000_000),
            ("150e-2", 6, 1_500_000),
            ("+7.000000000000", 6, 7_000_000),
            ("18446744073.709551615", 9, u64::MAX),
        ] {
            assert_eq!(
                TokenAmount::parse(text, decimals).map(TokenAmount::units),
                Ok(units),
                "{text}"
            );
        }
    }

    #[test]
    fn says_what_is_wrong_and_names_the_exact_number() {
        let why = |text: &str| TokenAmount::parse(text, 9).expect_err(text).to_string();
        assert_eq!(
            why("123456789012.12345678"),
            "123456789012.12345678 is above the cap of 18446744073.709551615"
        );
        assert_eq!(
            why("0.0000000001"),
            "0.0000000001 has more than 9 decimals, all that the token has"
        );
        assert_eq!(
            why("-1"),
            "-1 is negative; the amount must be greater than zero"
        );
        assert_eq!(
            why("0.000"),
            "0.000 is zero; the amount must be greater than zero"
        );
        for text in ["NaN", "", "1e", "1.2.3", "0x10", "١", "1,5", "--1", "."] {
            assert_eq!(why(text), format!("{text} is not a decimal number"));
        }
        for text in ["1e65", "1e99999999999999999999", "1e-9223372036854775808"] {
            assert_eq!(why(text), format!("the exponent of {text} is out of range"));
        }
    }

    #[test]
    fn a_price_is_out_per_in() {
        let sent = TokenAmount::from_units(10_000_000_000, 9);
        let received = TokenAmount::from_units(790_983_110, 6);
        assert_eq!(price(sent, received).to_string(), "79.098311");
    }

    proptest! {
        #[test]
        fn writing_and_reading_give_the_same_amount(units in 1u64.., decimals in 0u8..=12) {
            let amount = TokenAmount::from_units(units, decimals);
            prop_assert_eq!(TokenAmount::parse(&amount.to_string(), decimals), Ok(amount));
            prop_assert_eq!(TokenAmount::from_decimal(amount.to_decimal(), decimals), Some(amount));
        }

        #[test]
        fn no_text_panics(text in ".*", decimals in 0u8..=18) {
            let _ = TokenAmount::parse(&text, decimals);
        }
    }

    const ONE: u128 = 1 << 64;

    #[test]
    fn a_price_is_told_in_price_of_units_and_never_below_what_it_is() {
        let told = |price, decimals_in, decimals_out| {
            price_of_units(price, decimals_in, decimals_out)
                .map(|price| price.normalize().to_string())
        };
        assert_eq!(told(ONE * 2 / 25, 9, 6).as_deref(), Some("80"));
        assert_eq!(told(ONE, 6, 6).as_deref(), Some("1"));
        assert_eq!(told(ONE * 3, 9, 0).as_deref(), Some("3000000000"));
        assert_eq!(
            told(1, 0, 9).as_deref(),
            Some("0.000000000000000000000000001")
        );
    }

    proptest! {
        #[test]
        fn no_price_panics(price: u128, decimals_in in 0u8..=18, decimals_out in 0u8..=18) {
            let _ = price_of_units(price, decimals_in, decimals_out);
        }
    }
}
