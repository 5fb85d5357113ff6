//! The simulated services as fixtures for the checks: a world in which nothing goes wrong.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{FutureExt, future::BoxFuture};

use super::{Consumer, Delivered, QueueFixture, StoreFixture};
use crate::{
    chain::SimulatedChain,
    executor::Executor,
    network::Network,
    point::Role,
    ports::{ClockPort, OrdersPort, OutboxPort, QueuePort, SubscriptionsPort},
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
