//! A wallet that has one order at a time.

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{EarlierSwap, OrderOver, Reserved, Spending, StoreError, WalletOrders},
};

/// No other order is paid by the wallet, none is signed for twice, and none is ever over.
#[derive(Clone, Copy, Debug)]
pub struct NoOtherOrders;

#[async_trait]
impl WalletOrders for NoOtherOrders {
    async fn reserve(&self, _: &Spending<'_>) -> Result<Option<Reserved>, StoreError> {
        Ok(Some(Reserved::default()))
    }

    async fn signed(&self, _: OrderId) -> Result<Vec<EarlierSwap>, StoreError> {
        Ok(Vec::new())
    }

    async fn over(&self, _: &str, _: u32) -> Result<Vec<OrderOver>, StoreError> {
        Ok(Vec::new())
    }

    async fn forget(&self, _: &[OrderId]) -> Result<(), StoreError> {
        Ok(())
    }
}
