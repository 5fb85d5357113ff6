//! PostgreSQL: the order book, the watchers, the migrations. The only place with SQL of the engine.
//!
//! [`Database`] and [`Lane`] serve others, too, that keep tables of their own beside the engine's.

mod backlog;
mod database;
mod lane;
mod migrate;
mod orders;
mod rows;
mod subscriptions;
mod tls;
mod writes;

pub use database::{Database, DatabaseError, SESSION, StatementError};
pub use lane::{Lane, Rows, Statement};
pub use migrate::{Migrated, migrate};
pub use orders::PostgresOrders;
pub use subscriptions::PostgresSubscriptions;
