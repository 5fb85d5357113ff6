//! Broken ways to begin to wait.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{
        Lifetime, NewOrder, Order, OrderEvent, Status, TimeInForce, TransactionEnd, Trigger, Unmet,
        WaitingReason,
    },
    ports::{
        Appended, Authority, Claim, ExecuteOrder, Inserted, Lease, LeasedOrder, Next, OrderWriter,
        StoreError, Transition, Wake,
    },
};

use crate::network::Network;

/// When the unsettled order is looked at again.
const PAUSE: Duration = Duration::from_secs(5);

/// Lets an order wait again that comes back for its swap, and asks the chain nothing.
pub(super) struct WaitsUnsettled {
    pub(super) writer: Arc<dyn OrderWriter>,
    pub(super) network: Network,
}

fn rearms(order: &Order) -> bool {
    let waits = match order.kind.trigger() {
        Trigger::PriceAtLeast(_, TimeInForce::Gtd) | Trigger::PoolCreated(_) => true,
        Trigger::PriceAtLeast(_, TimeInForce::Ioc) | Trigger::Immediately => false,
    };
    waits && order.status == Status::Submitted && !order.cancel_requested
}

impl WaitsUnsettled {
    async fn rearm(&self, leased: &LeasedOrder) -> Result<(), StoreError> {
        let event = OrderEvent::WaitingStarted {
            unmet: Unmet {
                reason: WaitingReason::PausedAfterFailure,
                best: None,
            },
            pool: None,
            settled: Some(TransactionEnd::Expired),
        };
        let mut after = leased.order.clone();
        let entry = after
            .entry(event)
            .map_err(|invalid| StoreError::Rejected(invalid.to_string()))?;
        let wake = Wake {
            after: Some(PAUSE),
            ..Wake::default()
        };
        let transition = Transition {
            actor: None,
            by: Authority::Lease(leased.lease()),
            entries: &[entry],
            order: &after,
            transaction: None,
            next: Next::Wait(wake),
        };
        // Nobody pushes this event, which is not what is wrong with it.
        self.network.world.lock().disturbed = true;
        self.writer.append(&transition).await.map(drop)
    }
}

#[async_trait]
impl OrderWriter for WaitsUnsettled {
    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, StoreError> {
        match self.writer.claim(message, lease).await? {
            Claim::Leased(leased) if rearms(&leased.order) => {
                self.rearm(&leased).await?;
                Ok(Claim::Stale)
            }
            claim => Ok(claim),
        }
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

/// Numbers what comes after the waiting like what came before it.
pub(super) struct ReusesAttempt(pub(super) Arc<dyn OrderWriter>);

#[async_trait]
impl OrderWriter for ReusesAttempt {
    async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Result<Claim, StoreError> {
        self.0.claim(message, lease).await
    }

    async fn append(&self, transition: &Transition<'_>) -> Result<Appended, StoreError> {
        let mut order = transition.order.clone();
        let mut entries = transition.entries.to_vec();
        for entry in &mut entries {
            if matches!(entry.event, OrderEvent::WaitingStarted { .. }) {
                entry.attempt -= 1;
                order.attempt -= 1;
            }
        }
        let (entries, order) = (&entries[..], &order);
        self.0
            .append(&Transition {
                actor: None,
                entries,
                order,
                ..*transition
            })
            .await
    }

    async fn insert(&self, order: &NewOrder, lifetime: Lifetime) -> Result<Inserted, StoreError> {
        self.0.insert(order, lifetime).await
    }

    async fn known(&self, order: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        self.0.known(order).await
    }

    async fn wait_again(
        &self,
        lease: &Lease,
        unmet: &Unmet,
        wake: &Wake,
    ) -> Result<(), StoreError> {
        self.0.wait_again(lease, unmet, wake).await
    }

    async fn renew(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        self.0.renew(lease, duration).await
    }

    async fn release(&self, lease: &Lease, pause: Duration) -> Result<(), StoreError> {
        self.0.release(lease, pause).await
    }
}
