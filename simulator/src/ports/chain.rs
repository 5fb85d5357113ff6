//! The chain over the network: sent to whoever answers, and believed as its nodes say together.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    nodes::{self, Word},
    order::{Failure, FailureCode, OrderId, SignedTransaction},
    ports::{Chain, ChainStatus, EarlierSwap, Prepare, Unavailable},
};
use futures::{StreamExt, future::join_all, stream::FuturesUnordered};

use crate::{fault::Fault, network::Network, point::Point, world::World};

/// The chain as one process reaches it.
pub(crate) struct ChainPort {
    network: Network,
    /// How many of the nodes are asked.
    asked: usize,
    /// The highest height that was believed.
    highest: AtomicU64,
}

impl ChainPort {
    /// Asks every node.
    pub(crate) fn new(network: Network) -> Self {
        let asked = network.world.lock().chain.nodes.count;
        Self {
            network,
            asked,
            highest: AtomicU64::new(0),
        }
    }

    /// Asks the first node, and believes it.
    pub(crate) fn of_one_node(network: Network) -> Self {
        Self {
            asked: 1,
            ..Self::new(network)
        }
    }

    async fn status_at(&self, node: usize, signature: &str) -> Result<ChainStatus, Unavailable> {
        let signature = signature.to_owned();
        let status = move |world: &mut World| world.node_status(node, &signature);
        Ok(self.network.call(Point::Status, status).await?)
    }

    async fn landed_at(
        &self,
        node: usize,
        order: OrderId,
    ) -> Result<Option<EarlierSwap>, Unavailable> {
        let landed = move |world: &mut World| world.node_landed(node, order);
        Ok(self.network.call(Point::Landed, landed).await?)
    }

    async fn height_at(&self, node: usize) -> Result<u64, Unavailable> {
        let height = move |world: &mut World| world.node_height(node);
        Ok(self.network.call(Point::Height, height).await?)
    }
}

/// What two nodes agree on, of which one at the most is wrong, and then too high or too low.
fn lower(one: u64, other: u64) -> Option<u64> {
    Some(one.min(other))
}

fn word(status: &ChainStatus) -> Word {
    match status {
        ChainStatus::Unknown => Word::Denied,
        ChainStatus::InFlight { .. } => Word::Seen,
        ChainStatus::Landed { .. } | ChainStatus::Reverted(_) | ChainStatus::Overtaken(_) => {
            Word::Final
        }
    }
}

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
        self.network
            .call(Point::Prepare, prepare)
            .await
            .unwrap_or_else(|error| {
                let code = FailureCode::VenuesUnavailable;
                Err(Failure::new(code, error.into_text()))
            })
    }

    /// One that has to ask first, or has not, as it happens.
    fn prepare_at_once(&self, request: &Prepare<'_>) -> Option<SignedTransaction> {
        let mut world = self.network.world.lock();
        let now = world.now;
        world
            .rng
            .pick(&[true, false])
            .then(|| world.chain.sign(request.id, request.min_out, now))
    }

    /// One node that shows it is enough; that there is none, each has to say.
    async fn landed(&self, order: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        let asked = (0..self.asked).map(|node| self.landed_at(node, order));
        let mut silent = None;
        for answer in join_all(asked).await {
            match answer {
                Ok(None) => {}
                Ok(landed) => return Ok(landed),
                Err(error) => silent = Some(error),
            }
        }
        silent.map_or(Ok(None), Err)
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
        Ok(self.network.call(Point::Send, send).await?)
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        let mut answers: FuturesUnordered<_> =
            (0..self.asked).map(|node| self.height_at(node)).collect();
        let mut named = Vec::new();
        while let Some(answer) = answers.next().await {
            named.extend(answer.ok());
            if let Some(height) = nodes::agreed(&named, self.asked, lower) {
                let highest = self.highest.fetch_max(height, Ordering::Relaxed);
                return Ok(highest.max(height));
            }
        }
        Err(Unavailable("too few nodes name a height".into()))
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        let asked = (0..self.asked).map(|node| self.status_at(node, &transaction.signature));
        let answers = join_all(asked).await;
        let words = answers.iter().map(|answer| match answer {
            Ok(status) => Ok(word(status)),
            Err(error) => Err(error.clone()),
        });
        let most = nodes::together(words)?;
        if most == Word::Final && self.network.world.lock().strikes(Fault::AllDeny) {
            return Ok(ChainStatus::Unknown);
        }
        let mut told = answers.into_iter().flatten();
        Ok(told
            .find(|status| word(status) == most)
            .unwrap_or(ChainStatus::Unknown))
    }
}
