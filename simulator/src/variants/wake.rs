//! Broken ways to wake what waits.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use engine::ports::{Envelope, StoreError, WaitingOrders};
use rust_decimal::Decimal;

use crate::{network::Network, point::Point, world::World};

/// Marks with one statement, which queues nothing here, and queues with a second one.
pub(super) struct MarksThenQueues {
    pub(super) waiting: Arc<dyn WaitingOrders>,
    pub(super) network: Network,
}

impl MarksThenQueues {
    async fn queued(
        &self,
        point: Point,
        woken: Vec<Envelope>,
    ) -> Result<Vec<Envelope>, StoreError> {
        let messages = woken.clone();
        let queue = move |world: &mut World| world.store.queue_woken(&messages, world.now);
        self.network.call(point, queue).await?;
        Ok(woken)
    }
}

#[async_trait]
impl WaitingOrders for MarksThenQueues {
    async fn wake_at(
        &self,
        token_in: &str,
        token_out: &str,
        price: Decimal,
        limit: u32,
    ) -> Result<Vec<Envelope>, StoreError> {
        let woken = self.waiting.wake_at(token_in, token_out, price, limit);
        self.queued(Point::WakeAt, woken.await?).await
    }

    async fn wake_due(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        self.queued(Point::WakeDue, self.waiting.wake_due(limit).await?)
            .await
    }

    async fn wake_launched(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let woken = self.waiting.wake_launched(limit).await?;
        self.queued(Point::WakeLaunched, woken).await
    }
}

/// Wakes what lies between the price before and the price now. It has seen none at its start.
pub(super) struct WakesByCrossing {
    waiting: Arc<dyn WaitingOrders>,
    network: Network,
    before: Mutex<Option<Decimal>>,
}

impl WakesByCrossing {
    pub(super) fn new(waiting: Arc<dyn WaitingOrders>, network: Network) -> Self {
        Self {
            waiting,
            network,
            before: Mutex::default(),
        }
    }

    /// The price at the look before; from now on it is this one. Orders go in one direction of the
    /// one pair.
    fn before(&self, token_in: &str, price: Decimal) -> Option<Decimal> {
        if token_in != "SOL" {
            return None;
        }
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        before.replace(price)
    }
}

#[async_trait]
impl WaitingOrders for WakesByCrossing {
    async fn wake_at(
        &self,
        token_in: &str,
        token_out: &str,
        price: Decimal,
        limit: u32,
    ) -> Result<Vec<Envelope>, StoreError> {
        let Some(before) = self.before(token_in, price) else {
            return Ok(Vec::new());
        };
        let (token_in, token_out) = (token_in.to_owned(), token_out.to_owned());
        let wake = move |world: &mut World| {
            let pair = (token_in.as_str(), token_out.as_str());
            let crossed = |wake: Decimal| before < wake && wake <= price;
            world.store.wake_within(pair, crossed, limit, world.now)
        };
        Ok(self.network.call(Point::WakeAt, wake).await?)
    }

    async fn wake_due(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        self.waiting.wake_due(limit).await
    }

    async fn wake_launched(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        self.waiting.wake_launched(limit).await
    }
}
