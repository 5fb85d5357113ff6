//! The chain of a command that works on the database alone.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    order::{Failure, FailureCode, OrderId, SignedTransaction},
    ports::{Chain, ChainStatus, EarlierSwap, Prepare, Unavailable, WalletOrders},
};
use postgres::PostgresWalletOrders;

const UNASKED: &str = "no chain is asked by a command that works on the database";

/// Tells what the database does: that an order without a transaction has none that landed. The rest
/// only the chain knows, and an engine has to settle it.
pub(super) struct UnaskedChain(pub(super) PostgresWalletOrders);

#[async_trait]
impl Chain for UnaskedChain {
    async fn prepare(&self, _: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        Err(Failure::new(FailureCode::VenuesUnavailable, UNASKED))
    }

    async fn landed(&self, order: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        match self.0.signed(order).await {
            Ok(signed) if signed.is_empty() => Ok(None),
            Ok(_) => unasked(),
            Err(error) => Err(Unavailable(error.to_string())),
        }
    }

    async fn send(&self, _: &SignedTransaction) -> Result<Duration, Unavailable> {
        unasked()
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        unasked()
    }

    async fn status(&self, _: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        unasked()
    }
}

fn unasked<T>() -> Result<T, Unavailable> {
    Err(Unavailable(UNASKED.to_owned()))
}
