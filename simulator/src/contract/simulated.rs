//! The simulated services as grounds for the checks: a world in which nothing goes wrong.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{FutureExt, future::BoxFuture};

use super::{Consumer, Delivered, QueueGround, StoreGround};
use crate::{
    chain::SimulatedChain,
    dice::Dice,
    executor::Executor,
    point::Role,
    ports::{ClockPort, QueuePort, StorePort, SubscriptionsPort},
    queue::Receipt,
    wire::{Wire, ms},
    world::{Alarm, Shared, World},
};

/// Runs a check on the simulated store. Answers whether the check came to its end.
pub fn on_simulated_store(check: impl FnOnce(StoreGround) -> BoxFuture<'static, ()>) -> bool {
    finished(Duration::from_secs(30), |wire| {
        check(StoreGround {
            orders: Arc::new(StorePort::new(wire.clone())),
            backlog: Arc::new(StorePort::new(wire.clone())),
            subscriptions: Arc::new(SubscriptionsPort(wire.clone())),
            clock: Arc::new(ClockPort(wire)),
        })
    })
}

/// Runs a check on the simulated queue. Answers whether the check came to its end.
pub fn on_simulated_queue(check: impl FnOnce(QueueGround) -> BoxFuture<'static, ()>) -> bool {
    let visibility = Duration::from_secs(30);
    finished(visibility, |wire| {
        check(QueueGround {
            queue: Arc::new(QueuePort(wire.clone())),
            consumer: Arc::new(SimulatedConsumer(wire.clone())),
            clock: Arc::new(ClockPort(wire)),
            visibility,
        })
    })
}

/// When the check begins: the world's time cannot go below zero, and some checks look two hours back.
const MORNING: u64 = 2 * 60 * 60 * 1_000;

fn finished(visibility: Duration, check: impl FnOnce(Wire) -> BoxFuture<'static, ()>) -> bool {
    let mut world = World::new(Dice::new(1), SimulatedChain::new(150, 32), ms(visibility));
    let process = world.add_process(Role::Clients);
    world.alarm(MORNING, Alarm::Start(process));
    let world = Shared::new(world);
    let wire = Wire {
        world: world.clone(),
        process,
    };
    let (end, mut ended) = futures::channel::oneshot::channel();
    let checking = check(wire)
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

struct SimulatedConsumer(Wire);

#[async_trait]
impl Consumer for SimulatedConsumer {
    async fn receive(&self) -> Vec<Delivered> {
        self.0.pause(0).await;
        let mut world = self.0.world.lock();
        let World {
            queue,
            dice,
            visibility_ms,
            now,
            step,
            ..
        } = &mut *world;
        let received = queue.receive(10, *visibility_ms, (*now, *step), dice);
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
