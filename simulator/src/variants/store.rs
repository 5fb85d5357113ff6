//! Broken ways to claim and to write.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{Lifetime, NewOrder, Order, Unmet},
    ports::{
        Appended, Claim, ExecuteOrder, Inserted, Lease, OrderWriter, StoreError, Subscribers,
        Transition, Wake,
    },
};

use crate::{
    network::Network,
    ports::{Ports, encode},
};

/// Pushes an event to the subscribers, then commits it.
pub(super) struct PushesFirst(pub(super) Ports);

#[async_trait]
impl OrderWriter for PushesFirst {
    async fn append(&self, transition: &Transition<'_>) -> Result<Appended, StoreError> {
        let order = transition.order;
        let live = self.0.base.subscriptions.live(order.id).await;
        let live = live.unwrap_or_default().of_order;
        let first = order.last_seq + 1 - transition.entries.len() as u64;
        for (seq, entry) in (first..).zip(transition.entries.iter().cloned()) {
            let record = entry.recorded(order.id, seq, self.0.base.clock.now());
            let text = encode(&record);
            for subscriber in &live {
                // Best effort, as in the engine.
                let _ = self.0.push.push(subscriber, text.as_str().into()).await;
            }
        }
        let appended = self.0.base.writer.append(transition).await?;
        Ok(Appended {
            subscribers: Subscribers::default(),
            ..appended
        })
    }

    async fn insert(&self, order: &NewOrder, lifetime: Lifetime) -> Result<Inserted, StoreError> {
        self.0.base.writer.insert(order, lifetime).await
    }

    async fn known(&self, order: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        self.0.base.writer.known(order).await
    }

    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, StoreError> {
        self.0.base.writer.claim(message, lease).await
    }

    async fn wait_again(
        &self,
        lease: &Lease,
        unmet: &Unmet,
        wake: &Wake,
    ) -> Result<(), StoreError> {
        self.0.base.writer.wait_again(lease, unmet, wake).await
    }

    async fn renew(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        self.0.base.writer.renew(lease, duration).await
    }

    async fn release(&self, lease: &Lease, pause: Duration) -> Result<(), StoreError> {
        self.0.base.writer.release(lease, pause).await
    }
}

/// Takes how often an order's messages were received for its attempt.
pub(super) struct CountsReceives {
    pub(super) writer: Arc<dyn OrderWriter>,
    pub(super) network: Network,
}

#[async_trait]
impl OrderWriter for CountsReceives {
    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, StoreError> {
        let claim = self.writer.claim(message, lease).await?;
        let world = self.network.world.lock();
        let receives = world
            .queue
            .receives
            .get(&message.id.0)
            .copied()
            .unwrap_or(1);
        Ok(match claim {
            Claim::Leased(mut leased) => {
                leased.order.attempt = receives;
                Claim::Leased(leased)
            }
            other => other,
        })
    }

    async fn append(&self, transition: &Transition<'_>) -> Result<Appended, StoreError> {
        self.writer.append(transition).await
    }

    async fn insert(&self, order: &NewOrder, lifetime: Lifetime) -> Result<Inserted, StoreError> {
        self.writer.insert(order, lifetime).await
    }

    async fn known(&self, order: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        self.writer.known(order).await
    }

    async fn wait_again(
        &self,
        lease: &Lease,
        unmet: &Unmet,
        wake: &Wake,
    ) -> Result<(), StoreError> {
        self.writer.wait_again(lease, unmet, wake).await
    }

    async fn renew(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        self.writer.renew(lease, duration).await
    }

    async fn release(&self, lease: &Lease, pause: Duration) -> Result<(), StoreError> {
        self.writer.release(lease, pause).await
    }
}

/// Whoever takes an order up does not know all of it.
pub(super) struct Forgets {
    pub(super) writer: Arc<dyn OrderWriter>,
    /// What is not known.
    pub(super) forget: fn(&mut Order),
}

#[async_trait]
impl OrderWriter for Forgets {
    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, StoreError> {
        Ok(match self.writer.claim(message, lease).await? {
            Claim::Leased(mut leased) => {
                (self.forget)(&mut leased.order);
                Claim::Leased(leased)
            }
            other => other,
        })
    }

    async fn append(&self, transition: &Transition<'_>) -> Result<Appended, StoreError> {
        self.writer.append(transition).await
    }

    async fn insert(&self, order: &NewOrder, lifetime: Lifetime) -> Result<Inserted, StoreError> {
        self.writer.insert(order, lifetime).await
    }

    async fn known(&self, order: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        self.writer.known(order).await
    }

    async fn wait_again(
        &self,
        lease: &Lease,
        unmet: &Unmet,
        wake: &Wake,
    ) -> Result<(), StoreError> {
        self.writer.wait_again(lease, unmet, wake).await
    }

    async fn renew(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        self.writer.renew(lease, duration).await
    }

    async fn release(&self, lease: &Lease, pause: Duration) -> Result<(), StoreError> {
        self.writer.release(lease, pause).await
    }
}
