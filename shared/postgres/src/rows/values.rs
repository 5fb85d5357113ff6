//! Values as they are stored. Amounts: `numeric` in whole tokens in a column, base units and
//! decimals in an event.

use engine::{
    order::{ExecutablePrice, Fired, TokenAmount},
    routing::{PoolRef, VenueId},
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The amount in a `numeric` column of a token with these decimals; `None` when the token cannot
/// express it.
pub(super) fn amount(value: Decimal, decimals: u8) -> Option<TokenAmount> {
    TokenAmount::from_decimal(value, decimals)
}

/// An amount in a stored event, complete without the order's row: whole tokens with all the
/// decimals that the token has, so `787.500000` is of a token with six.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct StoredAmount(TokenAmount);

/// A text that is not such an amount.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an amount with a token's decimals")]
pub(super) struct NotAnAmount(String);

impl From<StoredAmount> for String {
    fn from(StoredAmount(amount): StoredAmount) -> Self {
        let decimals = usize::from(amount.decimals());
        let mut text = format!("{:0width$}", amount.units(), width = decimals + 1);
        if decimals > 0 {
            text.insert(text.len() - decimals, '.');
        }
        text
    }
}

impl TryFrom<String> for StoredAmount {
    type Error = NotAnAmount;

    fn try_from(text: String) -> Result<Self, NotAnAmount> {
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let units = format!("{whole}{fraction}").parse();
        match (units, u8::try_from(fraction.len())) {
            (Ok(units), Ok(decimals)) if digits(whole) && digits(fraction) => {
                Ok(Self(TokenAmount::from_units(units, decimals)))
            }
            (Ok(_) | Err(_), Ok(_) | Err(_)) => Err(NotAnAmount(text)),
        }
    }
}

impl From<TokenAmount> for StoredAmount {
    fn from(amount: TokenAmount) -> Self {
        Self(amount)
    }
}

impl From<StoredAmount> for TokenAmount {
    fn from(StoredAmount(amount): StoredAmount) -> Self {
        amount
    }
}

/// The pool of a route; its venue has a column of its own.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredPool {
    address: String,
    mint_in: String,
    mint_out: String,
    slot: u64,
}

impl From<&PoolRef> for StoredPool {
    fn from(pool: &PoolRef) -> Self {
        Self {
            address: pool.address.clone(),
            mint_in: pool.mint_in.clone(),
            mint_out: pool.mint_out.clone(),
            slot: pool.slot,
        }
    }
}

impl From<StoredPool> for PoolRef {
    fn from(stored: StoredPool) -> Self {
        Self {
            address: stored.address,
            mint_in: stored.mint_in,
            mint_out: stored.mint_out,
            slot: stored.slot,
        }
    }
}

/// A price that a venue would pay for all of an order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredPrice {
    price: Decimal,
    venue: String,
}

impl From<&ExecutablePrice> for StoredPrice {
    fn from(best: &ExecutablePrice) -> Self {
        Self {
            price: best.price,
            venue: best.venue.name().to_owned(),
        }
    }
}

impl From<StoredPrice> for ExecutablePrice {
    fn from(stored: StoredPrice) -> Self {
        Self {
            price: stored.price,
            venue: VenueId::new(stored.venue),
        }
    }
}

/// What ended an order's waiting.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredFired {
    at: Timestamp,
    #[serde(flatten)]
    by: StoredPrice,
}

impl From<&Fired> for StoredFired {
    fn from(fired: &Fired) -> Self {
        Self {
            at: fired.at,
            by: (&fired.by).into(),
        }
    }
}

impl From<StoredFired> for Fired {
    fn from(stored: StoredFired) -> Self {
        Self {
            at: stored.at,
            by: stored.by.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_keeps_its_units_and_its_tokens_decimals() {
        for (units, decimals, text) in [
            (787_500_000, 6, "787.500000"),
            (1, 9, "0.000000001"),
            (0, 6, "0.000000"),
            (u64::MAX, 9, "18446744073.709551615"),
            (7, 0, "7"),
            (5, 18, "0.000000000000000005"),
        ] {
            let amount = TokenAmount::from_units(units, decimals);
            assert_eq!(String::from(StoredAmount(amount)), text);
            let read = StoredAmount::try_from(text.to_owned()).expect(text);
            assert_eq!(TokenAmount::from(read), amount);
        }
        for text in [
            "",
            ".",
            "-1.0",
            "1e5",
            "1.2.3",
            "18446744073709551616",
            "+1",
        ] {
            assert!(StoredAmount::try_from(text.to_owned()).is_err(), "{text:?}");
        }
    }
}
