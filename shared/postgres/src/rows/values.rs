//! Values as they are stored. Amounts: `numeric` in whole tokens in a column, base units and
//! decimals in an event.

use engine::{order::TokenAmount, routing::PoolRef};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The amount in a `numeric` column of a token with these decimals; `None` when the token cannot
/// express it.
pub(super) fn amount(value: Decimal, decimals: u8) -> Option<TokenAmount> {
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
