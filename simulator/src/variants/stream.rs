//! Broken ways to keep subscribers informed.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::OrderId,
    ports::{ConnectionId, Push, PushError, StoreError, Subscribers, Subscriptions, Undelivered},
};

use jiff::Timestamp;

use crate::{network::Network, world::World};

/// Stores nothing until the replay is done, and asks nobody then whether it is still complete.
pub(super) struct StoresLast {
    pub(super) subscriptions: Arc<dyn Subscriptions>,
    pub(super) network: Network,
}

#[async_trait]
impl Subscriptions for StoresLast {
    async fn subscribe(
        &self,
        _: &ConnectionId,
        account: &AccountId,
        order: OrderId,
    ) -> Result<bool, StoreError> {
        self.network.pause(0).await;
        Ok(self
            .network
            .world
            .lock()
            .store
            .order(account, order)
            .is_some())
    }

    async fn go_live(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        _: u64,
    ) -> Result<bool, StoreError> {
        let row = |world: &World| {
            let row = world.store.rows.get(&order)?;
            Some((row.order.account.clone(), row.order.last_seq))
        };
        let Some((account, last)) = row(&self.network.world.lock()) else {
            return Ok(false);
        };
        self.subscriptions
            .subscribe(connection, &account, order)
            .await?;
        self.subscriptions.go_live(connection, order, last).await
    }

    async fn live(&self, order: OrderId) -> Result<Subscribers, StoreError> {
        self.subscriptions.live(order).await
    }

    async fn subscribe_all(
        &self,
        connection: &ConnectionId,
        account: &AccountId,
    ) -> Result<Timestamp, StoreError> {
        self.subscriptions.subscribe_all(connection, account).await
    }

    async fn unsubscribe_all(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        self.subscriptions.unsubscribe_all(connection).await
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

    async fn undelivered(&self, grace: Duration) -> Result<Vec<Undelivered>, StoreError> {
        self.subscriptions.undelivered(grace).await
    }
}

/// One of two engines: it reaches the connections that live in it, and takes the other's for gone.
pub(super) struct KnowsItsOwn {
    pub(super) push: Arc<dyn Push>,
    pub(super) network: Network,
}

impl KnowsItsOwn {
    fn is_own(&self, connection: &ConnectionId) -> bool {
        let letters = connection.0.bytes().map(usize::from);
        letters.sum::<usize>() % 2 == self.network.process % 2
    }
}

#[async_trait]
impl Push for KnowsItsOwn {
    async fn push(&self, connection: &ConnectionId, text: Arc<str>) -> Result<(), PushError> {
        if self.is_own(connection) {
            self.push.push(connection, text).await
        } else {
            Err(PushError::Gone)
        }
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        self.push.close(connection).await
    }
}
