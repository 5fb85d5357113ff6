//! Limit orders: at their price or better, whenever the market gives it, until they expire.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use rust_decimal::Decimal;
use thiserror::Error;

use crate::{
    amount::TokenAmount,
    name::UnknownName,
    order::swap::{SlippageTolerance, Swap},
};

/// The terms of a limit order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How much worse than quoted the execution may be; never worse than the limit.
    pub slippage: SlippageTolerance,
    /// The hard floor under the price.
    pub price: LimitPrice,
    /// What happens when the market does not give it at once.
    pub time_in_force: TimeInForce,
    /// From this moment on nothing is signed any more.
    pub expires_at: Timestamp,
}

impl Limit {
    /// The name on the wire and in the database.
    pub const NAME: &'static str = "limit";
}

/// How long a limit order waits for its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeInForce {
    /// Good till date: until it expires.
    Gtd,
    /// Immediate or cancel: not at all. It is checked once.
    Ioc,
}

impl TimeInForce {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::Gtd, Self::Ioc];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gtd => "GTD",
            Self::Ioc => "IOC",
        }
    }
}

impl FromStr for TimeInForce {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|time| time.name() == name)
            .ok_or_else(|| UnknownName(name.to_owned()))
    }
}

/// The least price that is accepted: whole tokens received per whole token sold. Exact, above
/// zero, with as many decimals as an executed price has, so that the two can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitPrice(Decimal);

/// Why a text is no limit price. The message is for the client and repeats what was written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidLimitPrice {
    /// Not a decimal number.
    #[error("{0} is not a decimal number")]
    NotANumber(String),
    /// Zero or below.
    #[error("{0} is not greater than zero")]
    NotPositive(String),
    /// More digits than a price is told with.
    #[error(
        "{0} has more than {max} decimals, or more than {digits} digits",
        max = LimitPrice::MAX_DECIMALS,
        digits = LimitPrice::MAX_DIGITS
    )]
    TooManyDigits(String),
    /// An amount at this price is more than a token account can hold.
    #[error("{price} for {amount} is more than a token account can hold")]
    BeyondRange {
        /// The price as written.
        price: String,
        /// The amount sold.
        amount: TokenAmount,
    },
}

impl LimitPrice {
    /// Decimals of a price at the most: those of an executed price.
    pub const MAX_DECIMALS: u32 = 12;
    /// Digits of a price at the most, leading and trailing zeros aside.
    pub const MAX_DIGITS: u32 = 18;
    /// Longer texts are refused unread.
    const MAX_TEXT: usize = 128;

    /// Reads the text of a JSON number or string, for an order that sells `swap`'s amount.
    ///
    /// # Errors
    /// [`InvalidLimitPrice`] for anything that is no price of it.
    pub fn parse(text: &str, swap: &Swap) -> Result<Self, InvalidLimitPrice> {
        let price = Self::read(text)?;
        match price.of(swap) {
            Some(_) => Ok(price),
            None => Err(InvalidLimitPrice::BeyondRange {
                price: text.to_owned(),
                amount: swap.amount_in,
            }),
        }
    }

    /// Reads the text of a JSON number or string, for an order that buys a token whose decimals
    /// are not known yet.
    ///
    /// # Errors
    /// [`InvalidLimitPrice`] for anything that is no price.
    pub fn read(text: &str) -> Result<Self, InvalidLimitPrice> {
        let shown = || text.chars().take(Self::MAX_TEXT).collect::<String>();
        let number = (text.len() <= Self::MAX_TEXT)
            .then_some(text)
            .filter(|text| is_plain_number(text))
            .and_then(|text| {
                let scientific = text.contains(['e', 'E']);
                match scientific {
                    true => Decimal::from_scientific(text).ok(),
                    false => Decimal::from_str_exact(text).ok(),
                }
            });
        let Some(number) = number else {
            return Err(match is_plain_number(text) {
                true => InvalidLimitPrice::TooManyDigits(shown()),
                false => InvalidLimitPrice::NotANumber(shown()),
            });
        };
        if number <= Decimal::ZERO {
            return Err(InvalidLimitPrice::NotPositive(shown()));
        }
        Self::new(number).ok_or_else(|| InvalidLimitPrice::TooManyDigits(shown()))
    }

    /// The price of that value; `None` when it is not above zero or has too many digits.
    pub fn new(value: Decimal) -> Option<Self> {
        let value = value.normalize();
        let fits = value > Decimal::ZERO
            && value.scale() <= Self::MAX_DECIMALS
            && value.mantissa() < 10i128.pow(Self::MAX_DIGITS);
        fits.then_some(Self(value))
    }

    /// The value.
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// What a swap receives at this price, rounded up: ceil(amount × price). More than a token
    /// account can hold is the most that one can, which no venue pays either.
    pub(super) fn floor(self, swap: &Swap) -> TokenAmount {
        self.of(swap)
            .unwrap_or_else(|| swap.token_out.units(u64::MAX))
    }

    /// ceil(amount × price) in base units: with m the price without its point, s its decimals and
    /// d the tokens' decimals, ceil(units × m × 10^(d_out − d_in − s)). `None` when that does not
    /// fit a token account.
    fn of(self, swap: &Swap) -> Option<TokenAmount> {
        // Below 2^64 × 10^18: fits.
        let product = u128::from(swap.amount_in.units()) * self.0.mantissa().unsigned_abs();
        let below = u32::from(swap.token_in.decimals) + self.0.scale();
        let above = u32::from(swap.token_out.decimals);
        let units = match above.checked_sub(below) {
            Some(zeros) => product.checked_mul(10u128.checked_pow(zeros)?)?,
            // At most 18 + 12 zeros: fits.
            None => product.div_ceil(10u128.pow(below - above)),
        };
        Some(swap.token_out.units(u64::try_from(units).ok()?))
    }
}

impl fmt::Display for LimitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `[-+]digits[.digits][e[-+]digits]`, with a digit before or behind the point.
fn is_plain_number(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.map(|text| text.strip_prefix(['-', '+']).unwrap_or(text));
    !(whole.is_empty() && fraction.is_empty())
        && digits(whole)
        && digits(fraction)
        && exponent.is_none_or(|text| !text.is_empty() && digits(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::swap::Token;

    fn swap(units: u64, decimals_in: u8, decimals_out: u8) -> Swap {
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        let token_in = token("IN", decimals_in);
        Swap {
            amount_in: token_in.units(units),
            token_in,
            token_out: token("OUT", decimals_out),
        }
    }

    #[test]
    fn the_floor_is_rounded_up_so_that_a_swap_at_it_is_never_below_the_limit() {
        let floor = |price: &str, swap: &Swap| {
            let price = LimitPrice::parse(price, swap).expect(price);
            price.of(swap).expect("it fits").units()
        };
        assert_eq!(floor("82.5", &swap(10_000_000_000, 9, 6)), 825_000_000);
        assert_eq!(floor("8.25e1", &swap(10_000_000_000, 9, 6)), 825_000_000);
        assert_eq!(
            floor("82.000000000001", &swap(1_000_000_000, 9, 6)),
            82_000_001
        );
        assert_eq!(floor("0.000000000001", &swap(1, 9, 6)), 1);
        assert_eq!(floor("3", &swap(7, 0, 9)), 21_000_000_000);
    }

    #[test]
    fn what_is_no_price_is_said_and_why() {
        let swap = swap(10_000_000_000, 9, 6);
        let why = |text: &str| LimitPrice::parse(text, &swap).expect_err(text).to_string();
        for text in [
            "", "NaN", "1e", "1.2.3", "0x10", "1,5", ".", "e5", "١", " 1",
        ] {
            assert_eq!(why(text), format!("{text} is not a decimal number"));
        }
        for text in ["0", "-1", "0.000", "-0.5e3"] {
            assert_eq!(why(text), format!("{text} is not greater than zero"));
        }
        for text in [
            "0.0000000000001",
            "1234567890123456789",
            "1e60",
            "99999999999999999999999999999999",
        ] {
            assert_eq!(
                why(text),
                format!("{text} has more than 12 decimals, or more than 18 digits")
            );
        }
        assert_eq!(
            why("99999999999999"),
            "99999999999999 for 10 is more than a token account can hold"
        );
    }
}
