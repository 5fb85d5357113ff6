//! The simulated services as fixtures for the checks: a world in which nothing goes wrong.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{FailureCode, OrderId, SignedTransaction, Swap, Token, TokenAmount},
    ports::{Chain, Clock},
    routing::{Route, VenueId},
};
use futures::{FutureExt, future::BoxFuture};
use uuid::Uuid;

use super::{ChainUnderTest, Consumer, Delivered, QueueFixture, SecondSwap, StoreFixture};
use crate::{
    chain::SimulatedChain,
    executor::Executor,
    network::Network,
    point::Role,
    ports::{ChainPort, ClockPort, OrdersPort, OutboxPort, QueuePort, SubscriptionsPort, VENUES},
    queue::Receipt,
    rng::Rng,
    time::ms,
    world::{Alarm, Shared, World},
};

/// Runs a check on the simulated store. Answers whether the check came to its end.
pub fn on_simulated_store(check: impl FnOnce(StoreFixture) -> BoxFuture<'static, ()>) -> bool {
    finished(Duration::from_secs(30), |network| {
        check(StoreFixture {
            reader: Arc::new(OrdersPort(network.clone())),
            log: Arc::new(OrdersPort(network.clone())),
            writer: Arc::new(OrdersPort(network.clone())),
            waiting: Arc::new(OrdersPort(network.clone())),
            launch_log: Arc::new(OrdersPort(network.clone())),
            prices: Arc::new(OrdersPort(network.clone())),
            outbox: Arc::new(OutboxPort::new(network.clone())),
            subscriptions: Arc::new(SubscriptionsPort(network.clone())),
            clock: Arc::new(ClockPort(network)),
        })
    })
}

/// Runs a check on the simulated queue. Answers whether the check came to its end.
pub fn on_simulated_queue(check: impl FnOnce(QueueFixture) -> BoxFuture<'static, ()>) -> bool {
    let visibility = Duration::from_secs(30);
    finished(visibility, |network| {
        check(QueueFixture {
            queue: Arc::new(QueuePort(network.clone())),
            consumer: Arc::new(SimulatedConsumer(network.clone())),
            clock: Arc::new(ClockPort(network)),
            visibility,
        })
    })
}

/// Runs a check on the simulated chain. Answers whether the check came to its end.
pub fn on_simulated_chain(
    check: impl FnOnce(Arc<dyn ChainUnderTest>) -> BoxFuture<'static, ()>,
) -> bool {
    finished(Duration::from_secs(30), |network| {
        check(Arc::new(SimulatedChainUnderTest(network)))
    })
}

/// When the check begins: the world's time cannot go below zero, and some checks look two hours
/// back.
const MORNING: u64 = 2 * 60 * 60 * 1_000;

fn finished(visibility: Duration, check: impl FnOnce(Network) -> BoxFuture<'static, ()>) -> bool {
    let mut world = World::new(Rng::new(1), SimulatedChain::new(150, 32), ms(visibility));
    let process = world.add_process(Role::Clients);
    world.alarm(MORNING, Alarm::Start(process));
    let world = Shared::new(world);
    let network = Network {
        world: world.clone(),
        process,
    };
    let (end, mut ended) = futures::channel::oneshot::channel();
    let checking = check(network)
        .map(move |()| end.send(()).unwrap_or(()))
        .boxed();
    let mut checking = Some(checking);
    let mut start = |_| {
        checking
            .take()
            .unwrap_or_else(|| futures::future::ready(()).boxed())
    };
    let mut finished = false;
    Executor::new(world).run(&mut start, |_| {
        finished |= matches!(ended.try_recv(), Ok(Some(())));
        finished
    });
    finished
}

struct SimulatedConsumer(Network);

#[async_trait]
impl Consumer for SimulatedConsumer {
    async fn receive(&self) -> Vec<Delivered> {
        self.0.pause(0).await;
        let mut world = self.0.world.lock();
        let World {
            queue,
            rng,
            visibility_ms,
            now,
            step,
            ..
        } = &mut *world;
        let received = queue.receive(10, *visibility_ms, (*now, *step), rng);
        received
            .into_iter()
            .map(|receipt| delivered(&receipt))
            .collect()
    }

    async fn delete(&self, delivered: &Delivered) {
        self.0.pause(0).await;
        if let Ok(id) = delivered.receipt.parse() {
            self.0.world.lock().queue.delete(id);
        }
    }
}

fn delivered(receipt: &Receipt) -> Delivered {
    Delivered {
        message: receipt.message,
        receipt: receipt.id.to_string(),
    }
}

struct SimulatedChainUnderTest(Network);

/// What the swaps here are paid at least.
const FLOOR: TokenAmount = TokenAmount::from_units(780_000_000, 6);

#[async_trait]
impl ChainUnderTest for SimulatedChainUnderTest {
    fn chain(&self) -> Arc<dyn Chain> {
        Arc::new(ChainPort::new(self.0.clone()))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(ClockPort(self.0.clone()))
    }

    fn second_swap(&self) -> SecondSwap {
        SecondSwap::Executed
    }

    async fn quoted(&self) -> (Swap, Route, TokenAmount) {
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        let token_in = token("SOL", 9);
        let swap = Swap {
            amount_in: token_in.units(10_000_000_000),
            token_in,
            token_out: token("USDC", 6),
        };
        let venue = VenueId::new(VENUES[0]);
        (swap, Route { venue, pool: None }, FLOOR)
    }

    async fn paid_out(&self) -> u64 {
        let world = self.0.world.lock();
        world.chain.paid_out(world.now)
    }

    async fn signed_for_too_much(&self) -> SignedTransaction {
        let mut world = self.0.world.lock();
        let (now, order) = (world.now, OrderId(Uuid::from_u128(1)));
        let signed = world.chain.sign(order, FLOOR, now);
        let code = FailureCode::SlippageExceeded;
        world.chain.undo(&signed.signature, code, now);
        signed
    }

    /// Virtual time passes by itself.
    async fn outlive(&self) {}
}
