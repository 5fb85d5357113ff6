//! The chain over the wire.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    failure::{Failure, FailureCode},
    ports::{Chain, ChainStatus, Prepare, SignedTransaction, Unavailable},
};

use crate::{fault::Fault, point::Point, wire::Wire, world::World};

/// The chain as one process reaches it.
pub(crate) struct ChainPort(pub(crate) Wire);

#[async_trait]
impl Chain for ChainPort {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        let (id, min_out) = (request.id, request.min_out);
        let prepare = move |world: &mut World| {
            if world.strikes(Fault::PrepareFails) {
                let code = world.dice.pick(&[
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
            .unwrap_or_else(|problem| Err(Failure::new(FailureCode::VenuesUnavailable, problem.0)))
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        let bytes = transaction.bytes.clone();
        let send = move |world: &mut World| {
            let World {
                chain,
                now,
                dice,
                faults,
                ..
            } = world;
            chain.receive(&bytes, *now, dice, faults);
            Duration::from_millis(world.dice.pick(&[0, 400, 2_500]))
        };
        self.0.call(Point::Send, send).await
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.0
            .call(Point::Height, |world| {
                world.chain.finalized_height(world.now)
            })
            .await
    }

    async fn status(&self, signature: &str) -> Result<ChainStatus, Unavailable> {
        let signature = signature.to_owned();
        let status = move |world: &mut World| world.chain.status(&signature, world.now);
        self.0.call(Point::Status, status).await
    }
}
