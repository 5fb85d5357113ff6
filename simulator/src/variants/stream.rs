//! A broken subscription.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{ConnectionId, StoreError, Subscriptions},
};

use crate::network::Network;

/// Stores nothing until the replay is done, and asks nobody then whether it is still complete.
pub(super) struct StoresLast {
    pub(super) subscriptions: Arc<dyn Subscriptions>,
    pub(super) network: Network,
}

#[async_trait]
impl Subscriptions for StoresLast {
    async fn subscribe(&self, _: &ConnectionId, order: OrderId) -> Result<bool, StoreError> {
        self.network.pause(0).await;
        Ok(self.network.world.lock().store.rows.contains_key(&order))
    }

    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        _: u64,
    ) -> Result<bool, StoreError> {
        self.subscriptions.subscribe(connection, order).await?;
        let last = {
            let world = self.network.world.lock();
            world
                .store
                .rows
                .get(&order)
                .map_or(0, |row| row.order.last_seq)
        };
        self.subscriptions.go_live(connection, order, last).await
    }

    async fn live(&self, order: OrderId) -> Result<Vec<ConnectionId>, StoreError> {
        self.subscriptions.live(order).await
    }

    async fn unsubscribe(
        &self,
        order: OrderId,
        connections: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, StoreError> {
        self.subscriptions.unsubscribe(order, connections).await
    }

    async fn watched(&self, connection: &ConnectionId) -> Result<u64, StoreError> {
        self.subscriptions.watched(connection).await
    }

    async fn forget(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        self.subscriptions.forget(connection).await
    }

    async fn undelivered(
        &self,
        grace: Duration,
    ) -> Result<Vec<(ConnectionId, OrderId)>, StoreError> {
        self.subscriptions.undelivered(grace).await
    }
}
