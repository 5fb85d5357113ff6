//! A broken subscription.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{ConnectionId, Subscriptions, Unavailable},
};

use crate::wire::Wire;

/// Stores nothing until the replay is done, and asks nobody then whether it is still complete.
pub(super) struct StoresLast {
    pub(super) subscriptions: Arc<dyn Subscriptions>,
    pub(super) wire: Wire,
}

#[async_trait]
impl Subscriptions for StoresLast {
    async fn add(&self, _: &ConnectionId, order: OrderId) -> Result<bool, Unavailable> {
        self.wire.pause(0).await;
        Ok(self.wire.world.lock().store.rows.contains_key(&order))
    }

    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        _: u64,
    ) -> Result<bool, Unavailable> {
        self.subscriptions.add(connection, order).await?;
        let last = {
            let world = self.wire.world.lock();
            world
                .store
                .rows
                .get(&order)
                .map_or(0, |row| row.order.last_seq)
        };
        self.subscriptions.go_live(connection, order, last).await
    }

    async fn live(&self, order: OrderId) -> Result<Vec<ConnectionId>, Unavailable> {
        self.subscriptions.live(order).await
    }

    async fn end(
        &self,
        order: OrderId,
        connections: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, Unavailable> {
        self.subscriptions.end(order, connections).await
    }

    async fn forget(&self, connection: &ConnectionId) -> Result<(), Unavailable> {
        self.subscriptions.forget(connection).await
    }

    async fn left_over(
        &self,
        grace: Duration,
    ) -> Result<Vec<(ConnectionId, OrderId)>, Unavailable> {
        self.subscriptions.left_over(grace).await
    }
}
