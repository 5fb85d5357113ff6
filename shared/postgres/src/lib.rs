//! PostgreSQL: the order book, the subscriptions, the migrations. The only place with SQL of the
//! engine.
//!
//! [`Database`] and [`StatementBatcher`] serve others, too, that keep tables of their own beside
//! the engine's.

mod audit;
mod audit_trail;
mod batcher;
mod batches;
mod chain_identity;
mod connections;
mod database;
mod deliveries;
mod engines;
mod error;
mod health;
mod keys;
mod launches;
mod limits;
mod migrate;
mod outbox;
mod prices;
mod progress;
mod reader;
pub mod restore;
mod retention;
mod rights;
mod rows;
mod statistics;
mod subscriptions;
mod waiting;
mod wallet;
mod writer;

pub use audit_trail::PostgresAuditTrail;
pub use batcher::{Rows, Statement, StatementBatcher};
pub use chain_identity::{SIMULATED, claim_chain};
pub use connections::PostgresConnections;
pub use database::{Database, Param, PoolStatus, Settings, Statements, UrlSource, session};
pub use deliveries::{Content, Deliveries, StoredDelivery};
pub use engines::{Beat, Membership, OtherEngine};
pub use error::{DatabaseError, StatementError, explain};
pub use health::{health_checks, relay_check};
pub use keys::PostgresKeys;
pub use limits::PostgresLimits;
pub use migrate::{Migrated, Migrations, apply, migrate};
pub use progress::delay;
pub use rights::{RIGHTS, Right, check_rights, give_rights};
pub use subscriptions::PostgresSubscriptions;
pub use wallet::PostgresWalletOrders;
pub use writer::PostgresOrders;
