//! The order book and the backlog over the wire.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::{NewOrder, Order, OrderId},
    ports::{
        Backlog, Claim, ExecuteOrder, Hold, Inserted, Orders, PageQuery, Recorded, Transition,
        Unavailable, Vitals, WriteError,
    },
    update::Update,
};
use uuid::Uuid;

use crate::{
    fault::Fault,
    point::Point,
    store::{Advance, Fence},
    wire::Wire,
    world::World,
};

/// The store as one process reaches it.
pub(crate) struct StorePort {
    wire: Wire,
    /// For the judge: the step at which this process was last given each message to send.
    given: Mutex<BTreeMap<(Uuid, u32), u64>>,
}

impl StorePort {
    pub(crate) fn new(wire: Wire) -> Self {
        Self {
            wire,
            given: Mutex::default(),
        }
    }

    fn given(&self) -> MutexGuard<'_, BTreeMap<(Uuid, u32), u64>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner) // nothing panics while it is held
    }
}

#[async_trait]
impl Orders for StorePort {
    async fn insert(&self, order: &NewOrder, lifetime: Duration) -> Result<Inserted, Unavailable> {
        let order = order.clone();
        let insert = move |world: &mut World| world.store.insert(&order, lifetime, world.now);
        self.wire.call(Point::Insert, insert).await?
    }

    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, Unavailable> {
        let message = *message;
        let claim = move |world: &mut World| {
            if world.strikes(Fault::RowLocked) {
                return world.store.skip_locked(&message, world.step);
            }
            world.store.claim(&message, lease, world.now, world.step)
        };
        self.wire.call(Point::Claim, claim).await
    }

    async fn advance(&self, transition: &Transition<'_>) -> Result<Recorded, WriteError> {
        let advance = Advance::from(transition);
        let id = advance.fence.id;
        let commit = move |world: &mut World| {
            world.note(|| {
                format!(
                    "advance {} {} -> {}",
                    advance.fence.id, advance.fence.status, advance.to
                )
            });
            world.store.advance(&advance, world.now)
        };
        let mut recorded = self.wire.call(Point::Advance, commit).await??;
        // The watchers are read by the statement behind it, so others may come in between.
        self.wire.pause(0).await;
        let mut world = self.wire.world.lock();
        let unread = world.strikes(Fault::WatchersUnread);
        recorded.watchers = if unread {
            Vec::new()
        } else {
            world.store.live(id)
        };
        Ok(recorded)
    }

    async fn renew(&self, hold: &Hold<'_>, lease: Duration) -> Result<(), WriteError> {
        let fence = Fence::from(hold);
        let renew = move |world: &mut World| world.store.renew(fence, lease, world.now);
        self.wire.call(Point::Renew, renew).await?
    }

    async fn release(&self, hold: &Hold<'_>, pause: Duration) -> Result<(), WriteError> {
        let fence = Fence::from(hold);
        let release = move |world: &mut World| world.store.release(fence, pause, world.now);
        self.wire.call(Point::Release, release).await?
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        self.wire.call(Point::Ping, |_| ()).await
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, Unavailable> {
        let read = move |world: &mut World| world.store.rows.get(&id).map(|row| row.order.clone());
        self.wire.call(Point::Order, read).await
    }

    async fn page(&self, query: &PageQuery) -> Result<Vec<Order>, Unavailable> {
        let query = query.clone();
        self.wire
            .call(Point::Page, move |world| world.store.page(&query))
            .await
    }

    async fn events(&self, id: OrderId, after: u64) -> Result<Vec<Update>, Unavailable> {
        self.wire
            .call(Point::Events, move |world| world.store.events(id, after))
            .await
    }
}

#[async_trait]
impl Backlog for StorePort {
    async fn due(&self, grace: Duration, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable> {
        let due = move |world: &mut World| {
            let due = world.store.due(grace, limit, world.now);
            (due, world.step)
        };
        let (due, step) = self.wire.call(Point::Due, due).await?;
        let given = due
            .iter()
            .map(|message| ((message.id.0, message.attempt), step));
        self.given().extend(given);
        Ok(due)
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<(ExecuteOrder, Duration)>, Unavailable> {
        self.wire
            .call(Point::Delayed, move |world| {
                world.store.delayed(limit, world.now)
            })
            .await
    }

    async fn mark_sent(&self, messages: &[ExecuteOrder]) -> Result<(), Unavailable> {
        let messages = messages.to_vec();
        let given = self.given().clone();
        let mark = move |world: &mut World| {
            world.judge_marks(&messages, &given);
            world.store.mark_sent(&messages, world.now);
        };
        self.wire.call(Point::MarkSent, mark).await
    }

    async fn revive(&self, grace: Duration) -> Result<u64, Unavailable> {
        self.wire
            .call(Point::Revive, move |world| {
                world.store.revive(grace, world.now)
            })
            .await
    }

    async fn overdue(&self, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable> {
        self.wire
            .call(Point::Overdue, move |world| {
                world.store.overdue(limit, world.now)
            })
            .await
    }

    async fn purge(&self) -> Result<(), Unavailable> {
        self.wire
            .call(Point::Purge, |world| world.store.purge(world.now))
            .await
    }

    async fn vitals(&self) -> Result<Vitals, Unavailable> {
        self.wire
            .call(Point::Vitals, |world| world.store.vitals(world.now))
            .await
    }
}
