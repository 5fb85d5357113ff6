//! The contract of the ports: one suite, run against each simulated service and against its original.
//!
//! Every check panics with what it saw instead. The checks use orders of their own, so a database that others use as well
//! is fine; time is the ground's clock, so a simulated ground takes none.

mod backlog;
mod orders;
mod queue;
mod scene;
mod simulated;
mod subscriptions;

use std::sync::Arc;

use engine::ports::{Backlog, Clock, Orders, Subscriptions};

pub use queue::{Consumer, Delivered, QueueGround, check_queue};
pub use simulated::{on_simulated_queue, on_simulated_store};

/// A store to check, and the clock that its time goes by.
#[derive(Clone)]
pub struct StoreGround {
    /// The order book.
    pub orders: Arc<dyn Orders>,
    /// The relay's view of the same book.
    pub backlog: Arc<dyn Backlog>,
    /// Who watches the orders of that book.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Checks a store.
///
/// # Panics
/// When the store does not keep the contract, with what it did instead.
pub async fn check_store(ground: &StoreGround) {
    orders::check(ground).await;
    backlog::check(ground).await;
    subscriptions::check(ground).await;
}
