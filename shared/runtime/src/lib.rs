//! The use cases on PostgreSQL: which parts every program puts together, said once.
//!
//! A program connects the database, says where messages and pushes go and who trades, and takes the use cases it serves.

#[cfg(feature = "testing")]
pub mod testing;
mod trading;

use std::sync::Arc;

use adapters::{
    clock::SystemClock,
    postgres::{Database, PostgresOrders, PostgresSubscriptions},
};
use engine::{
    execute::Execute,
    follow::Follow,
    policy::Policy,
    ports::{Clock, Orders, Push, Queue, Subscriptions, Unavailable},
    relay::Relay,
    router::Router,
    submit::Submit,
};

pub use trading::Trading;

/// What all use cases of a program share.
#[derive(Clone)]
pub struct Engine {
    orders: PostgresOrders,
    subscriptions: Arc<dyn Subscriptions>,
    clock: Arc<dyn Clock>,
    policy: Arc<Policy>,
}

impl Engine {
    /// The engine on that database, by the system's clock.
    pub fn new(database: &Database, policy: Policy) -> Self {
        Self {
            orders: PostgresOrders::new(database.clone()),
            subscriptions: Arc::new(PostgresSubscriptions::new(database.clone())),
            clock: Arc::new(SystemClock),
            policy: Arc::new(policy),
        }
    }

    /// The order book, for reading.
    pub fn orders(&self) -> Arc<dyn Orders> {
        Arc::new(self.orders.clone())
    }

    /// Frees what a former process held. Only for a program that is alone on its order book.
    ///
    /// # Errors
    /// [`Unavailable`] when the database does not answer.
    pub async fn take_over(&self) -> Result<(), Unavailable> {
        self.orders.end_leases().await
    }

    /// Takes orders in.
    pub fn submit(&self, queue: Arc<dyn Queue>) -> Submit {
        Submit {
            orders: self.orders(),
            queue,
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    /// Compares venues.
    pub fn router(&self, trading: &Trading) -> Router {
        Router {
            venues: trading.venues.clone(),
            reference: Arc::clone(&trading.reference),
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    /// Keeps watchers informed.
    pub fn follow(&self, push: Arc<dyn Push>) -> Follow {
        Follow {
            orders: self.orders(),
            subscriptions: Arc::clone(&self.subscriptions),
            push,
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    /// Executes orders.
    pub fn execute(
        &self,
        queue: Arc<dyn Queue>,
        push: Arc<dyn Push>,
        trading: &Trading,
    ) -> Execute {
        Execute {
            orders: self.orders(),
            queue,
            router: self.router(trading),
            chain: Arc::clone(&trading.chain),
            subscriptions: Arc::clone(&self.subscriptions),
            follow: self.follow(push),
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    /// Catches up: sends, revives and ends what the fast path has left behind.
    pub fn relay(&self, queue: Arc<dyn Queue>, push: Arc<dyn Push>, trading: &Trading) -> Relay {
        Relay {
            backlog: Arc::new(self.orders.clone()),
            queue: Arc::clone(&queue),
            execute: self.execute(queue, Arc::clone(&push), trading),
            follow: self.follow(push),
            policy: Arc::clone(&self.policy),
        }
    }
}
