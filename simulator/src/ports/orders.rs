//! The order book over the network.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::{EventRecord, Lifetime, NewOrder, Order, OrderId, Unmet},
    ports::{
        Appended, Authority, Claim, Corrupt, Envelope, ExecuteOrder, Inserted, Lease, OrderLog,
        OrderReader, OrderWriter, PageQuery, StoreError, Subscribers, Transition, Unavailable,
        WaitingOrders, Wake,
    },
};

use rust_decimal::Decimal;

use crate::{fault::Fault, network::Network, point::Point, store::OwnedTransition, world::World};

/// The order book as one process reaches it.
pub(crate) struct OrdersPort(pub(crate) Network);

impl OrdersPort {
    /// Read by the statement behind the one that writes, so others may come in between.
    async fn subscribers(&self, id: OrderId) -> Subscribers {
        self.0.pause(0).await;
        let mut world = self.0.world.lock();
        if world.strikes(Fault::SubscribersUnread) {
            Subscribers::default()
        } else {
            world.store.live(id)
        }
    }
}

#[async_trait]
impl OrderReader for OrdersPort {
    async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.0.call(Point::Ping, |_| ()).await?)
    }

    async fn order(&self, account: &AccountId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let account = account.clone();
        let read = move |world: &mut World| {
            let row = world.store.order(&account, id);
            row.map(|row| row.order.clone())
        };
        Ok(self.0.call(Point::Order, read).await?)
    }

    async fn page(
        &self,
        account: &AccountId,
        query: &PageQuery,
    ) -> Result<Vec<Result<Order, Corrupt>>, StoreError> {
        let (account, query) = (account.clone(), query.clone());
        let read = move |world: &mut World| world.store.page(&account, &query);
        let page = self.0.call(Point::Page, read).await?;
        Ok(page.into_iter().map(Ok).collect())
    }

    async fn events(
        &self,
        account: &AccountId,
        id: OrderId,
        after: u64,
    ) -> Result<Vec<EventRecord>, StoreError> {
        let account = account.clone();
        let read = move |world: &mut World| match world.store.order(&account, id) {
            Some(_) => world.store.events(id, after),
            None => Vec::new(),
        };
        Ok(self.0.call(Point::Events, read).await?)
    }
}

#[async_trait]
impl OrderLog for OrdersPort {
    async fn log(&self, id: OrderId, after: u64) -> Result<Vec<EventRecord>, StoreError> {
        let read = move |world: &mut World| world.store.events(id, after);
        Ok(self.0.call(Point::Events, read).await?)
    }
}

#[async_trait]
impl OrderWriter for OrdersPort {
    /// Every order is admitted here, so nobody asks.
    async fn known(&self, _: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        Ok(None)
    }

    async fn insert(&self, order: &NewOrder, lifetime: Lifetime) -> Result<Inserted, StoreError> {
        let (order, id) = (order.clone(), order.id);
        let insert = move |world: &mut World| {
            if world.store.locks.time_fence && world.given_up.contains(&order.id) {
                return Err(Unavailable("the order came too late".into()).into());
            }
            world.store.insert(&order, lifetime, world.now)
        };
        let inserted = self.0.call(Point::Insert, insert).await;
        if inserted.is_err() {
            // The statement carries the moment from which on nobody waits for it.
            self.0.world.lock().given_up.insert(id);
        }
        inserted?
    }

    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, StoreError> {
        let message = *message;
        let claim = move |world: &mut World| {
            if world.strikes(Fault::RowLocked) {
                return world.store.skip_locked(&message, world.step);
            }
            world.store.claim(&message, lease, world.now, world.step)
        };
        let mut claim = self.0.call(Point::Claim, claim).await?;
        if let Claim::Leased(leased) = &mut claim
            && let Some(begun) = &mut leased.begun
        {
            begun.subscribers = self.subscribers(message.id).await;
        }
        Ok(claim)
    }

    async fn append(&self, transition: &Transition<'_>) -> Result<Appended, StoreError> {
        let transition = OwnedTransition::from(transition);
        let id = transition.by.order();
        let commit = move |world: &mut World| {
            world.note(|| {
                let (from, to) = (transition.by.status(), transition.order.status);
                format!("append {id} {from} -> {to}")
            });
            // Another process than the order's worker pushes it, so it may overtake.
            world.disturbed |= matches!(transition.by, Authority::Seen { .. });
            world.store.append(&transition, world.now)
        };
        let mut appended = self.0.call(Point::Append, commit).await??;
        appended.subscribers = self.subscribers(id).await;
        Ok(appended)
    }

    async fn wait_again(
        &self,
        lease: &Lease,
        unmet: &Unmet,
        wake: &Wake,
    ) -> Result<(), StoreError> {
        let (lease, unmet, wake) = (*lease, unmet.clone(), *wake);
        let wait = move |world: &mut World| world.store.wait_again(lease, &unmet, wake, world.now);
        self.0.call(Point::WaitAgain, wait).await?
    }

    async fn renew(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        let lease = *lease;
        let renew = move |world: &mut World| world.store.renew(lease, duration, world.now);
        self.0.call(Point::Renew, renew).await?
    }

    async fn release(&self, lease: &Lease, pause: Duration) -> Result<(), StoreError> {
        let lease = *lease;
        let release = move |world: &mut World| world.store.release(lease, pause, world.now);
        self.0.call(Point::Release, release).await?
    }
}

#[async_trait]
impl WaitingOrders for OrdersPort {
    async fn wake_at(
        &self,
        token_in: &str,
        token_out: &str,
        price: Decimal,
        limit: u32,
    ) -> Result<Vec<Envelope>, StoreError> {
        let (token_in, token_out) = (token_in.to_owned(), token_out.to_owned());
        let wake = move |world: &mut World| {
            let pair = (token_in.as_str(), token_out.as_str());
            world.store.wake_at(pair, price, limit, world.now)
        };
        Ok(self.0.call(Point::WakeAt, wake).await?)
    }

    async fn wake_due(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let wake = move |world: &mut World| world.store.wake_due(limit, world.now);
        Ok(self.0.call(Point::WakeDue, wake).await?)
    }

    async fn wake_launched(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let wake = move |world: &mut World| world.store.wake_launched(limit, world.now);
        Ok(self.0.call(Point::WakeLaunched, wake).await?)
    }
}
