//! Retention: delete orders that ended long ago, where that is asked for.
//!
//! All old orders are looked at in turn, a piece at a time, by the time of their acceptance. What
//! was left alone, because it is open or something is left to be done, is looked at again when its
//! turn comes round.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    observe,
    order::OrderId,
    ports::{Clock, EndedOrders, StoreError},
};

/// The use case that the relay runs in each of its rounds.
#[derive(Clone)]
pub struct Retention {
    orders: Arc<dyn EndedOrders>,
    clock: Arc<dyn Clock>,
    kept: Duration,
    position: Arc<Mutex<Option<(Timestamp, OrderId)>>>,
}

/// How many orders one step looks at: it is soon done, and holds up nobody.
const STEP: u32 = 500;
/// How long a round takes the next step, so that what else the relay does is not kept waiting.
const ROUND: Duration = Duration::from_millis(300);

impl Retention {
    /// Keeps each order for so long after its end.
    pub fn new(orders: Arc<dyn EndedOrders>, clock: Arc<dyn Clock>, kept: Duration) -> Self {
        Self {
            orders,
            clock,
            kept,
            position: Arc::default(),
        }
    }

    /// Goes on from where it was: step by step for as long as there is something to delete and the
    /// round lasts. The rest is the next round's.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part; the next round goes on from there.
    pub async fn run(&self) -> Result<(), StoreError> {
        let begun = self.clock.now();
        let mut deleted = 0;
        let done = loop {
            match self.step().await {
                Ok(0) => break Ok(()),
                Ok(orders) => deleted += orders,
                Err(error) => break Err(error),
            }
            if self.clock.now().duration_since(begun).unsigned_abs() > ROUND {
                break Ok(());
            }
        };
        observe::orders_deleted(deleted);
        done
    }

    async fn step(&self) -> Result<u64, StoreError> {
        let after = *self.position();
        let deleted = self.orders.delete_ended(self.kept, after, STEP).await?;
        *self.position() = deleted.last;
        Ok(deleted.orders)
    }

    fn position(&self) -> MutexGuard<'_, Option<(Timestamp, OrderId)>> {
        // Nothing panics while it is held.
        self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
