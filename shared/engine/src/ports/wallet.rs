//! The orders that a wallet signs for: what they may spend while they are in execution, and which
//! of them are over.

use async_trait::async_trait;
use rust_decimal::Decimal;

use super::{EarlierSwap, StoreError};
use crate::{amount::TokenAmount, order::OrderId};

/// Keeps the orders of wallets. A chain whose wallet sells what it holds needs it, so that no two
/// orders spend the same; the rules ask nothing of it.
#[async_trait]
pub trait WalletOrders: Send + Sync {
    /// Reserves what the order's attempt may spend, and answers what the orders before it have
    /// reserved of the same wallet. `None` when the order is not open: nothing is reserved.
    ///
    /// Orders of a wallet MUST be put in one row: of any two, the later one MUST be told of the
    /// former one's. A reservation MUST stand until its order is closed or in another attempt, and
    /// for a moment after that (a node may be that far behind the one that told how the order
    /// ended); then it MUST be gone, whoever died meanwhile. Who reserves again for as much in the
    /// same attempt MUST keep their place.
    async fn reserve(&self, spending: &Spending<'_>) -> Result<Option<Reserved>, StoreError>;

    /// Orders of the wallet that once reserved something, closed some minutes ago, and were not
    /// answered to anybody in the last minutes; so none is worked on twice at once. An order that
    /// is open, or has a transaction that may land, MUST NOT be among them. The longest unasked
    /// first.
    async fn over(&self, wallet: &str, limit: u32) -> Result<Vec<OrderOver>, StoreError>;

    /// Every transaction that was signed for the order, the oldest first: one of them may have
    /// landed after it was taken for dead.
    async fn signed(&self, order: OrderId) -> Result<Vec<EarlierSwap>, StoreError>;

    /// Forgets orders of which nothing is left to do.
    async fn forget(&self, orders: &[OrderId]) -> Result<(), StoreError>;
}

/// What an order may spend.
#[derive(Clone, Copy, Debug)]
pub struct Spending<'a> {
    /// The order.
    pub order: OrderId,
    /// The wallet's address.
    pub wallet: &'a str,
    /// The address of the token sold.
    pub mint: &'a str,
    /// How much of it.
    pub amount: TokenAmount,
    /// What the chain takes beside it at the most, in base units of the chain's own coin.
    pub costs: u64,
}

/// What orders before an order have reserved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reserved {
    /// Of the same token, in whole tokens.
    pub amount: Decimal,
    /// Of the chain's own coin, in base units.
    pub costs: u64,
}

/// An order that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderOver {
    /// The order.
    pub id: OrderId,
    /// Whether a swap of it has landed.
    pub landed: bool,
    /// The height above which none of its transactions can land; `None` when nothing was signed.
    pub last_valid_height: Option<u64>,
}
