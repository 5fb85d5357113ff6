//! How much an account, or one of its keys, may do.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
    time::Duration,
};

use rust_decimal::Decimal;

use crate::name::UnknownName;

/// The limits of an account, or of one of its keys. What is `None`, or not named, is not limited.
/// They bind when an order is placed: what was accepted is not taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Orders that may be open at once.
    pub max_open_orders: Option<u32>,
    /// Orders that may be placed in a minute, which begins with the first of them.
    pub max_orders_per_minute: Option<u32>,
    /// The only pairs that may be traded.
    pub pairs: Option<BTreeSet<Pair>>,
    /// The most that one order may sell, by the token's symbol, in whole tokens.
    pub max_amount_per_order: BTreeMap<String, Decimal>,
    /// The most that all orders of a day may sell, by the token's symbol, in whole tokens. A day is
    /// one of UTC, and what was placed counts, whatever became of it.
    pub max_amount_per_day: BTreeMap<String, Decimal>,
}

impl Limits {
    /// The most open orders that can be allowed: they are counted when one is placed.
    pub const MOST_OPEN_ORDERS: u32 = 10_000;
    /// The most orders a minute.
    pub const MOST_ORDERS_PER_MINUTE: u32 = 1_000_000;
    /// The most pairs, and the most tokens of either kind of amount.
    pub const MOST_NAMES: usize = 100;

    /// Whether there are any.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Checks every number and name.
    ///
    /// # Errors
    /// [`InvalidLimits`]: the first limit that is none.
    pub fn check(&self) -> Result<(), InvalidLimits> {
        let within = |number: Option<u32>, most| number.is_none_or(|number| number <= most);
        if !within(self.max_open_orders, Self::MOST_OPEN_ORDERS) {
            return Err(InvalidLimits::OpenOrders);
        }
        if !within(self.max_orders_per_minute, Self::MOST_ORDERS_PER_MINUTE) {
            return Err(InvalidLimits::OrdersPerMinute);
        }
        if self
            .pairs
            .as_ref()
            .is_some_and(|pairs| pairs.len() > Self::MOST_NAMES)
        {
            return Err(InvalidLimits::Pair);
        }
        for amounts in [&self.max_amount_per_order, &self.max_amount_per_day] {
            let plain = |(token, amount): (&String, &Decimal)| {
                is_symbol(token) && !amount.is_sign_negative()
            };
            if amounts.len() > Self::MOST_NAMES || !amounts.iter().all(plain) {
                return Err(InvalidLimits::Amount);
            }
        }
        Ok(())
    }
}

/// Numbers or names that limit nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLimits {
    /// Of open orders.
    #[error("open orders can be limited to 0 to {}", Limits::MOST_OPEN_ORDERS)]
    OpenOrders,
    /// Of orders a minute.
    #[error(
        "orders a minute can be limited to 0 to {}",
        Limits::MOST_ORDERS_PER_MINUTE
    )]
    OrdersPerMinute,
    /// A pair, or their number.
    #[error("pairs are like SOL/USDC, {} at the most", Limits::MOST_NAMES)]
    Pair,
    /// An amount, its token, or their number.
    #[error(
        "amounts are decimal numbers from 0, each with its token's symbol, {} at the most",
        Limits::MOST_NAMES
    )]
    Amount,
}

/// Two tokens that may be swapped for each other, in either direction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair(String);

impl Pair {
    /// The two symbols, with a slash between them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Pair {
    type Err = InvalidLimits;

    fn from_str(text: &str) -> Result<Self, InvalidLimits> {
        let pair = text
            .split_once('/')
            .filter(|(a, b)| is_symbol(a) && is_symbol(b) && a != b);
        pair.map(|_| Self(text.into())).ok_or(InvalidLimits::Pair)
    }
}

/// A symbol, or the mint that names a token in a sniper order.
fn is_symbol(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'/')
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Which pairs are traded.
    Pairs,
    /// How much one order sells.
    AmountPerOrder,
    /// How much the orders of a day sell.
    AmountPerDay,
    /// How many orders are placed in a minute.
    OrdersPerMinute,
    /// How many orders are open at once.
    OpenOrders,
}

impl Limit {
    const ALL: [Self; 5] = [
        Self::Pairs,
        Self::AmountPerOrder,
        Self::AmountPerDay,
        Self::OrdersPerMinute,
        Self::OpenOrders,
    ];

    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pairs => "pairs",
            Self::AmountPerOrder => "amount_per_order",
            Self::AmountPerDay => "amount_per_day",
            Self::OrdersPerMinute => "orders_per_minute",
            Self::OpenOrders => "open_orders",
        }
    }
}

impl FromStr for Limit {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let mut all = Self::ALL.into_iter();
        all.find(|limit| limit.name() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// A limit that an order would go beyond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitReached {
    /// Which.
    pub limit: Limit,
    /// Whether it is the key's, or the whole account's.
    pub of_key: bool,
    /// What is allowed, as a number; empty for pairs.
    pub allowed: String,
    /// When the same order may be placed, if time alone allows it.
    pub retry_after: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_two_symbols() {
        for text in [
            "SOL/USDC",
            "SOL/9n4nbM75f5Ui33ZbPYXn59EwSgE8CGsHtAeTH5YFeJ9E",
            "a/b",
        ] {
            assert_eq!(
                text.parse().map(|pair: Pair| pair.to_string()),
                Ok(text.into())
            );
        }
        for text in [
            "",
            "/",
            "SOL",
            "SOL/",
            "/SOL",
            "SOL/SOL",
            "SOL/USDC/BONK",
            "S L/USDC",
            "SÖL/USDC",
        ] {
            assert_eq!(text.parse::<Pair>(), Err(InvalidLimits::Pair), "{text}");
        }
    }

    #[test]
    fn limits_have_numbers_that_can_be_kept() {
        let sol =
            |amount: &str| BTreeMap::from([("SOL".to_owned(), amount.parse().expect("a number"))]);
        let checked = |limits: Limits| limits.check();
        let open = |most| Limits {
            max_open_orders: Some(most),
            ..Limits::default()
        };
        assert_eq!(checked(open(0)), Ok(()));
        assert_eq!(checked(open(10_000)), Ok(()));
        assert_eq!(checked(open(10_001)), Err(InvalidLimits::OpenOrders));
        let minute = Limits {
            max_orders_per_minute: Some(1_000_001),
            ..Limits::default()
        };
        assert_eq!(checked(minute), Err(InvalidLimits::OrdersPerMinute));
        let order = |amount| Limits {
            max_amount_per_order: sol(amount),
            ..Limits::default()
        };
        assert_eq!(checked(order("0.000000001")), Ok(()));
        assert_eq!(checked(order("-1")), Err(InvalidLimits::Amount));
        let many = (0..101).map(|n| (n.to_string(), Decimal::ONE)).collect();
        let day = Limits {
            max_amount_per_day: many,
            ..Limits::default()
        };
        assert_eq!(checked(day), Err(InvalidLimits::Amount));
    }
}
