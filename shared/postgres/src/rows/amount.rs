//! Amounts: `numeric` in whole tokens in a column, base units and decimals in an event.

use engine::order::TokenAmount;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The amount in a `numeric` column of a token with these decimals; `None` when the token cannot
/// express it.
pub(super) fn from_column(value: Decimal, decimals: u8) -> Option<TokenAmount> {
    TokenAmount::from_decimal(value, decimals)
}

/// An amount in a stored event, complete without the order's row.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct StoredAmount {
    units: u64,
    decimals: u8,
}

impl From<TokenAmount> for StoredAmount {
    fn from(amount: TokenAmount) -> Self {
        Self {
            units: amount.units(),
            decimals: amount.decimals(),
        }
    }
}

impl From<StoredAmount> for TokenAmount {
    fn from(stored: StoredAmount) -> Self {
        Self::from_units(stored.units, stored.decimals)
    }
}
