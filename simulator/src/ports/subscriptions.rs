//! The subscriptions over the wire.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{ConnectionId, Subscriptions, Unavailable},
};

use crate::{point::Point, wire::Wire, world::World};

/// The subscriptions as one process reaches them.
pub(crate) struct SubscriptionsPort(pub(crate) Wire);

#[async_trait]
impl Subscriptions for SubscriptionsPort {
    async fn add(&self, connection: &ConnectionId, order: OrderId) -> Result<bool, Unavailable> {
        let connection = connection.clone();
        let add = move |world: &mut World| world.store.subscribe(&connection, order, world.now);
        self.0.call(Point::Subscribe, add).await
    }

    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        sent: u64,
    ) -> Result<bool, Unavailable> {
        let connection = connection.clone();
        let go_live = move |world: &mut World| world.store.go_live(&connection, order, sent);
        self.0.call(Point::GoLive, go_live).await
    }

    async fn live(&self, order: OrderId) -> Result<Vec<ConnectionId>, Unavailable> {
        self.0
            .call(Point::Live, move |world| world.store.live(order))
            .await
    }

    async fn end(
        &self,
        order: OrderId,
        connections: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, Unavailable> {
        let connections = connections.to_vec();
        self.0
            .call(Point::End, move |world| {
                world.store.end(order, &connections)
            })
            .await
    }

    async fn forget(&self, connection: &ConnectionId) -> Result<(), Unavailable> {
        let connection = connection.clone();
        self.0
            .call(Point::Forget, move |world| world.store.forget(&connection))
            .await
    }

    async fn left_over(
        &self,
        grace: Duration,
    ) -> Result<Vec<(ConnectionId, OrderId)>, Unavailable> {
        self.0
            .call(Point::LeftOver, move |world| {
                world.store.left_over(grace, world.now)
            })
            .await
    }
}
