//! Who is at the other end of a connection.

use async_trait::async_trait;

use super::{ConnectionId, StoreError};
use crate::{
    account::{AccountId, KeyId},
    order::OrderId,
};

/// Who a connection was opened for, and what it may follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Whose orders.
    pub account: AccountId,
    /// The key that allowed it; `None` where none is asked for.
    pub key: Option<KeyId>,
    /// Only these of them; `None` for all.
    pub orders: Option<Vec<OrderId>>,
}

impl Visitor {
    /// Whoever comes where no key is asked for.
    pub fn local() -> Self {
        Self {
            account: AccountId::local(),
            key: None,
            orders: None,
        }
    }

    /// Whether it may follow this order, should the account have it.
    pub fn may_follow(&self, order: OrderId) -> bool {
        let only = self.orders.as_ref();
        only.is_none_or(|orders| orders.contains(&order))
    }
}

/// Remembers who is at the other end of each connection.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Notes who opens a connection, before it is open. Answers `false`, and MUST note nothing,
    /// when the visitor's key is revoked or has expired by now.
    async fn admit(&self, connection: &ConnectionId, visitor: &Visitor)
    -> Result<bool, StoreError>;

    /// Who opened it; `None` when nobody knows, or it was forgotten, and MUST be `None` when the
    /// key is revoked or has expired by now.
    async fn visitor(&self, connection: &ConnectionId) -> Result<Option<Visitor>, StoreError>;

    /// Forgets a connection.
    async fn forget(&self, connection: &ConnectionId) -> Result<(), StoreError>;

    /// Connections whose key is revoked or has expired by now; MUST name each until it is
    /// forgotten, though not all at once.
    async fn unwelcome(&self) -> Result<Vec<ConnectionId>, StoreError>;
}

/// Where no key is asked for: everybody is welcome, and nothing is remembered.
#[derive(Clone, Copy, Debug)]
pub struct EverybodyIsLocal;

#[async_trait]
impl Connections for EverybodyIsLocal {
    async fn admit(&self, _: &ConnectionId, _: &Visitor) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn visitor(&self, _: &ConnectionId) -> Result<Option<Visitor>, StoreError> {
        Ok(Some(Visitor::local()))
    }

    async fn forget(&self, _: &ConnectionId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn unwelcome(&self) -> Result<Vec<ConnectionId>, StoreError> {
        Ok(Vec::new())
    }
}
