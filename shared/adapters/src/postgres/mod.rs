//! PostgreSQL: the order book, the watchers, the migrations. The only place with SQL of the engine.

mod backlog;
mod database;
mod lane;
mod migrate;
mod orders;
mod rows;
mod subscriptions;
mod tls;
mod writes;

pub use database::{Database, DatabaseError};
pub use migrate::{Migrated, migrate};
pub use orders::PostgresOrders;
pub use subscriptions::PostgresSubscriptions;
