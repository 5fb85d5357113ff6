//! Values as they are stored. Amounts: `numeric` in whole tokens in a column, base units and
//! decimals in an event.

use engine::{
    order::{
        Cause, ExecutablePrice, Fired, LimitPrice, Requirements, SeenPool, SlippageTolerance,
        Sniper, TokenAmount, TriggerPool,
    },
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

/// A pool that an order looked at.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredSeenPool {
    pool: String,
    opens_at: Timestamp,
}

impl From<&SeenPool> for StoredSeenPool {
    fn from(seen: &SeenPool) -> Self {
        Self {
            pool: seen.pool.clone(),
            opens_at: seen.opens_at,
        }
    }
}

impl From<StoredSeenPool> for SeenPool {
    fn from(stored: StoredSeenPool) -> Self {
        Self {
            pool: stored.pool,
            opens_at: stored.opens_at,
        }
    }
}

/// What met an order's condition.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredFired {
    at: Timestamp,
    #[serde(flatten)]
    by: StoredCause,
}

/// One has a price, the other a pool.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum StoredCause {
    Price(StoredPrice),
    #[serde(rename_all = "camelCase")]
    Pool {
        pool: String,
        venue: String,
        slot: u64,
        opens_at: Timestamp,
        decimals: u8,
    },
}

impl From<&Cause> for StoredCause {
    fn from(cause: &Cause) -> Self {
        match cause {
            Cause::Price(price) => Self::Price(price.into()),
            Cause::Pool(pool) => Self::Pool {
                pool: pool.pool.clone(),
                venue: pool.venue.name().to_owned(),
                slot: pool.slot,
                opens_at: pool.opens_at,
                decimals: pool.decimals,
            },
        }
    }
}

impl From<StoredCause> for Cause {
    fn from(stored: StoredCause) -> Self {
        match stored {
            StoredCause::Price(price) => Self::Price(price.into()),
            StoredCause::Pool {
                pool,
                venue,
                slot,
                opens_at,
                decimals,
            } => Self::Pool(TriggerPool {
                pool,
                venue: VenueId::new(venue),
                slot,
                opens_at,
                decimals,
            }),
        }
    }
}

/// The terms that only a sniper order has; its price and its slippage have columns of their own.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredSniper {
    venues: Vec<String>,
    min_liquidity: Option<StoredAmount>,
    max_liquidity: Option<StoredAmount>,
    max_age_slots: u64,
    require: Vec<String>,
}

impl From<&Sniper> for StoredSniper {
    fn from(sniper: &Sniper) -> Self {
        let venues = sniper.venues.iter();
        Self {
            venues: venues.map(|venue| venue.name().to_owned()).collect(),
            min_liquidity: sniper.min_liquidity.map(StoredAmount::from),
            max_liquidity: sniper.max_liquidity.map(StoredAmount::from),
            max_age_slots: sniper.max_age_slots,
            require: sniper.require.names().map(str::to_owned).collect(),
        }
    }
}

impl StoredSniper {
    /// The whole terms; `None` when one of them means nothing to this build.
    pub(super) fn with(
        self,
        slippage: SlippageTolerance,
        price: Option<LimitPrice>,
        expires_at: Timestamp,
    ) -> Option<Sniper> {
        let mut names = self.require.iter().map(String::as_str);
        Some(Sniper {
            slippage,
            price,
            venues: self.venues.into_iter().map(VenueId::new).collect(),
            min_liquidity: self.min_liquidity.map(TokenAmount::from),
            max_liquidity: self.max_liquidity.map(TokenAmount::from),
            max_age_slots: self.max_age_slots,
            require: names.try_fold(Requirements::default(), Requirements::with)?,
            expires_at,
        })
    }
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
