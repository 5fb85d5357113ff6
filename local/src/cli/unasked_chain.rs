//! The chain of a command that works on the database alone.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    order::{Failure, FailureCode, OrderId, SignedTransaction},
    ports::{Chain, ChainStatus, EarlierSwap, Prepare, Unavailable},
};

const UNASKED: &str = "no chain is asked by a command that works on the database";

/// Tells nothing: an engine has to settle what only the chain knows.
pub(super) struct UnaskedChain;

#[async_trait]
impl Chain for UnaskedChain {
    async fn prepare(&self, _: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        Err(Failure::new(FailureCode::VenuesUnavailable, UNASKED))
    }

    async fn landed(&self, _: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        unasked()
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
