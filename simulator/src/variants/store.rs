//! Broken ways to claim and to write.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{NewOrder, Order, OrderId},
    ports::{
        Claim, ExecuteOrder, Hold, Inserted, Orders, PageQuery, Recorded, Transition, Unavailable,
        WriteError,
    },
    update::Update,
};

use crate::{ports::Ports, wire::Wire};

/// Tells the watchers of a change, then commits it.
pub(super) struct PushesFirst(pub(super) Ports);

#[async_trait]
impl Orders for PushesFirst {
    async fn advance(&self, transition: &Transition<'_>) -> Result<Recorded, WriteError> {
        let order = transition.hold.order;
        let watchers = self
            .0
            .subscriptions
            .live(order.id)
            .await
            .unwrap_or_default();
        let update = Update {
            order_id: order.id,
            seq: order.last_seq + 1,
            status: transition.to,
            attempt: transition.attempt(),
            at: self.0.clock.now(),
            payload: transition.payload.clone(),
        };
        for watcher in &watchers {
            let _ = self.0.push.push(watcher, update.to_text().into()).await; // best effort, as in the engine
        }
        let recorded = self.0.orders.advance(transition).await?;
        Ok(Recorded {
            watchers: Vec::new(),
            ..recorded
        })
    }

    async fn insert(&self, order: &NewOrder, lifetime: Duration) -> Result<Inserted, Unavailable> {
        self.0.orders.insert(order, lifetime).await
    }

    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, Unavailable> {
        self.0.orders.claim(message, lease).await
    }

    async fn renew(&self, hold: &Hold<'_>, lease: Duration) -> Result<(), WriteError> {
        self.0.orders.renew(hold, lease).await
    }

    async fn release(&self, hold: &Hold<'_>, pause: Duration) -> Result<(), WriteError> {
        self.0.orders.release(hold, pause).await
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        self.0.orders.ping().await
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, Unavailable> {
        self.0.orders.order(id).await
    }

    async fn page(&self, query: &PageQuery) -> Result<Vec<Order>, Unavailable> {
        self.0.orders.page(query).await
    }

    async fn events(&self, id: OrderId, after: u64) -> Result<Vec<Update>, Unavailable> {
        self.0.orders.events(id, after).await
    }
}

/// Takes how often an order's messages were received for its attempt.
pub(super) struct CountsReceives {
    pub(super) orders: Arc<dyn Orders>,
    pub(super) wire: Wire,
}

#[async_trait]
impl Orders for CountsReceives {
    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, Unavailable> {
        let claim = self.orders.claim(message, lease).await?;
        let world = self.wire.world.lock();
        let receives = world
            .queue
            .receives
            .get(&message.id.0)
            .copied()
            .unwrap_or(1);
        Ok(match claim {
            Claim::Held(mut held) => {
                held.order.attempt = receives;
                Claim::Held(held)
            }
            other => other,
        })
    }

    async fn advance(&self, transition: &Transition<'_>) -> Result<Recorded, WriteError> {
        self.orders.advance(transition).await
    }

    async fn insert(&self, order: &NewOrder, lifetime: Duration) -> Result<Inserted, Unavailable> {
        self.orders.insert(order, lifetime).await
    }

    async fn renew(&self, hold: &Hold<'_>, lease: Duration) -> Result<(), WriteError> {
        self.orders.renew(hold, lease).await
    }

    async fn release(&self, hold: &Hold<'_>, pause: Duration) -> Result<(), WriteError> {
        self.orders.release(hold, pause).await
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        self.orders.ping().await
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, Unavailable> {
        self.orders.order(id).await
    }

    async fn page(&self, query: &PageQuery) -> Result<Vec<Order>, Unavailable> {
        self.orders.page(query).await
    }

    async fn events(&self, id: OrderId, after: u64) -> Result<Vec<Update>, Unavailable> {
        self.orders.events(id, after).await
    }
}
