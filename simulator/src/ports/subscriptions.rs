//! The subscriptions over the network.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::OrderId,
    ports::{ConnectionId, StoreError, Subscribers, Subscriptions, Undelivered},
};

use jiff::Timestamp;

use crate::{network::Network, point::Point, time::at, world::World};

/// The subscriptions as one process reaches them.
pub(crate) struct SubscriptionsPort(pub(crate) Network);

#[async_trait]
impl Subscriptions for SubscriptionsPort {
    async fn subscribe(
        &self,
        connection: &ConnectionId,
        account: &AccountId,
        order: OrderId,
    ) -> Result<bool, StoreError> {
        let (connection, account) = (connection.clone(), account.clone());
        let subscribe = move |world: &mut World| {
            let now = world.now;
            world.store.subscribe(&connection, &account, order, now)
        };
        Ok(self.0.call(Point::Subscribe, subscribe).await?)
    }

    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        sent: u64,
    ) -> Result<bool, StoreError> {
        let connection = connection.clone();
        let go_live = move |world: &mut World| world.store.go_live(&connection, order, sent);
        Ok(self.0.call(Point::GoLive, go_live).await?)
    }

    async fn live(&self, order: OrderId) -> Result<Subscribers, StoreError> {
        let live = move |world: &mut World| world.store.live(order);
        Ok(self.0.call(Point::Live, live).await?)
    }

    async fn subscribe_all(
        &self,
        connection: &ConnectionId,
        account: &AccountId,
    ) -> Result<Timestamp, StoreError> {
        let (connection, account) = (connection.clone(), account.clone());
        let subscribe = move |world: &mut World| {
            world.store.subscribe_all(&connection, &account, world.now);
            at(world.now)
        };
        Ok(self.0.call(Point::SubscribeAll, subscribe).await?)
    }

    async fn unsubscribe_all(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        let connection = connection.clone();
        let unsubscribe = move |world: &mut World| world.store.unsubscribe_all(&connection);
        Ok(self.0.call(Point::UnsubscribeAll, unsubscribe).await?)
    }

    async fn unsubscribe(
        &self,
        order: OrderId,
        connections: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, StoreError> {
        let connections = connections.to_vec();
        let unsubscribe = move |world: &mut World| world.store.unsubscribe(order, &connections);
        Ok(self.0.call(Point::Unsubscribe, unsubscribe).await?)
    }

    async fn watched(&self, connection: &ConnectionId) -> Result<u64, StoreError> {
        let connection = connection.clone();
        let watched = move |world: &mut World| world.store.watched(&connection);
        Ok(self.0.call(Point::Live, watched).await?)
    }

    async fn forget(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        let connection = connection.clone();
        let forget = move |world: &mut World| world.store.forget(&connection);
        Ok(self.0.call(Point::Forget, forget).await?)
    }

    async fn undelivered(&self, grace: Duration) -> Result<Vec<Undelivered>, StoreError> {
        let undelivered = move |world: &mut World| world.store.undelivered(grace, world.now);
        Ok(self.0.call(Point::Undelivered, undelivered).await?)
    }
}
