//! The chain over the network.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    order::{Failure, FailureCode, SignedTransaction},
    ports::{Chain, ChainStatus, Prepare, Unavailable},
};

use crate::{fault::Fault, network::Network, point::Point, world::World};

/// The chain as one process reaches it.
pub(crate) struct ChainPort(pub(crate) Network);

#[async_trait]
impl Chain for ChainPort {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        let (id, min_out) = (request.id, request.min_out);
        let prepare = move |world: &mut World| {
            if world.strikes(Fault::PrepareFails) {
                let code = world.rng.pick(&[
                    FailureCode::VenuesUnavailable,
                    FailureCode::SubmissionRefused,
                    FailureCode::InsufficientFunds,
                ]);
                return Err(Failure::new(code, "the transaction cannot be built"));
            }
            Ok(world.chain.sign(id, min_out, world.now))
        };
        self.0
            .call(Point::Prepare, prepare)
            .await
            .unwrap_or_else(|error| {
                let code = FailureCode::VenuesUnavailable;
                Err(Failure::new(code, error.into_text()))
            })
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        let bytes = transaction.bytes.clone();
        let send = move |world: &mut World| {
            let World {
                chain,
                now,
                rng,
                faults,
                ..
            } = world;
            chain.receive(&bytes, *now, rng, faults);
            Duration::from_millis(world.rng.pick(&[0, 400, 2_500]))
        };
        Ok(self.0.call(Point::Send, send).await?)
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        let height = |world: &mut World| world.chain.finalized_height(world.now);
        Ok(self.0.call(Point::Height, height).await?)
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        let signature = transaction.signature.clone();
        let status = move |world: &mut World| world.chain.status(&signature, world.now);
        Ok(self.0.call(Point::Status, status).await?)
    }
}
