//! The contract of the ports: one suite, run against each simulated service and against its
//! original.
//!
//! Every check panics with what it saw instead. The checks use orders of their own, so a database
//! that others use as well is fine; time is the fixture's clock, so a simulated fixture takes none.

mod accounts;
mod cancel;
mod chain;
mod fixture;
mod launches;
mod life;
mod orders;
mod outbox;
mod prices;
mod queue;
mod simulated;
mod subscriptions;
mod waiting;

use std::sync::Arc;

use engine::ports::{
    Clock, LaunchLog, OrderLog, OrderReader, OrderWriter, Outbox, PriceLog, Subscriptions,
    WaitingOrders,
};

pub use chain::{ChainUnderTest, SecondSwap, check_chain};
pub use queue::{Consumer, Delivered, QueueFixture, check_queue};
pub use simulated::{on_simulated_chain, on_simulated_queue, on_simulated_store};

/// A store to check, and the clock that its time goes by.
#[derive(Clone)]
pub struct StoreFixture {
    /// The order book, for reading by clients.
    pub reader: Arc<dyn OrderReader>,
    /// What happened to each order of the same book.
    pub log: Arc<dyn OrderLog>,
    /// The same book, for writing.
    pub writer: Arc<dyn OrderWriter>,
    /// What waits in the same book.
    pub waiting: Arc<dyn WaitingOrders>,
    /// What is known of new pools, in the same book.
    pub launch_log: Arc<dyn LaunchLog>,
    /// Prices, in the same book.
    pub prices: Arc<dyn PriceLog>,
    /// The relay's view of the same book.
    pub outbox: Arc<dyn Outbox>,
    /// Who follows the orders of that book.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Checks a store.
///
/// # Panics
/// When the store does not keep the contract, with what it did instead.
pub async fn check_store(fixture: &StoreFixture) {
    orders::check(fixture).await;
    life::check(fixture).await;
    outbox::check(fixture).await;
    subscriptions::check(fixture).await;
    waiting::check(fixture).await;
    launches::check(fixture).await;
    prices::check(fixture).await;
    cancel::check(fixture).await;
    accounts::check(fixture).await;
}
