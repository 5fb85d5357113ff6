//! The outbox over the network.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{Envelope, ExecuteOrder, Grace, Outbox, OutboxStats, StoreError},
};
use uuid::Uuid;

use crate::{fault::Fault, network::Network, point::Point, world::World};

/// The outbox as one process reaches it.
pub(crate) struct OutboxPort {
    network: Network,
    /// For the judge: the step at which this process was last given each message to send.
    given: Mutex<BTreeMap<(Uuid, u32), u64>>,
}

impl OutboxPort {
    pub(crate) fn new(network: Network) -> Self {
        Self {
            network,
            given: Mutex::default(),
        }
    }

    fn given(&self) -> MutexGuard<'_, BTreeMap<(Uuid, u32), u64>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner) // nothing panics while it is held
    }

    async fn call<T: Send + 'static>(
        &self,
        point: Point,
        effect: impl FnOnce(&mut World) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        Ok(self.network.call(point, effect).await?)
    }
}

#[async_trait]
impl Outbox for OutboxPort {
    async fn due(&self, grace: Grace, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let due = move |world: &mut World| {
            let due = world.store.due(grace, limit, world.now);
            (due, world.step)
        };
        let (due, step) = self.call(Point::Due, due).await?;
        let given = due
            .iter()
            .map(|one| ((one.message.id.0, one.message.attempt), step));
        self.given().extend(given);
        Ok(due)
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let delayed = move |world: &mut World| world.store.delayed(limit, world.now);
        self.call(Point::Delayed, delayed).await
    }

    async fn mark_sent(&self, messages: &[ExecuteOrder]) -> Result<(), StoreError> {
        let messages = messages.to_vec();
        let given = self.given().clone();
        let mark = move |world: &mut World| {
            world.judge_marks(&messages, &given);
            world.store.mark_sent(&messages, world.now);
        };
        self.call(Point::MarkSent, mark).await
    }

    async fn requeue_stuck(&self, grace: Grace) -> Result<u64, StoreError> {
        let requeue = move |world: &mut World| world.store.requeue_stuck(grace, world.now);
        self.call(Point::RequeueStuck, requeue).await
    }

    async fn overdue(
        &self,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<ExecuteOrder>, StoreError> {
        let overdue = move |world: &mut World| world.store.overdue(after, limit, world.now);
        self.call(Point::Overdue, overdue).await
    }

    async fn purge(&self, limit: u32, _: Duration) -> Result<bool, StoreError> {
        let purge = move |world: &mut World| {
            if world.strikes(Fault::OutboxLost) {
                let drawn = world.rng.draw();
                world.damaged = true;
                world.store.lose_outbox_row(drawn);
            }
            world.store.purge(limit, world.now)
        };
        self.call(Point::Purge, purge).await
    }

    async fn stats(&self) -> Result<OutboxStats, StoreError> {
        self.call(Point::Stats, |world| world.store.stats(world.now))
            .await
    }
}
