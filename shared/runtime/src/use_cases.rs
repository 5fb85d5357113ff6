//! The use cases on PostgreSQL.

use std::sync::Arc;

use engine::{
    health::Health,
    policy::Policy,
    ports::{AuditTrail, Clock, HealthCheck, KeyStore, LimitStore, StoreError, WalletOrders},
    retention::Retention,
    statistics::Statistics,
    use_cases::UseCases,
};
use postgres::{
    Database, PostgresAuditTrail, PostgresConnections, PostgresKeys, PostgresLimits,
    PostgresOrders, PostgresSubscriptions, PostgresWalletOrders,
};

use crate::clock::{DatabaseTime, SystemClock};

/// The use cases on that database, by the system's clock.
pub fn use_cases(database: &Database, policy: Policy) -> UseCases {
    let orders = Arc::new(PostgresOrders::new(database.clone()));
    let clock: Arc<dyn Clock> = Arc::new(DatabaseTime(database.clone()));
    let retention = policy
        .orders_kept
        .map(|kept| Retention::new(orders.clone(), Arc::clone(&clock), kept));
    UseCases {
        reader: orders.clone(),
        log: orders.clone(),
        writer: orders.clone(),
        outbox: orders.clone(),
        waiting: orders.clone(),
        launch_log: orders.clone(),
        prices: orders.clone(),
        auditor: orders,
        retention,
        connections: Arc::new(PostgresConnections::new(database.clone())),
        subscriptions: Arc::new(PostgresSubscriptions::new(database.clone())),
        encode: api::event_json,
        clock,
        policy: Arc::new(policy),
    }
}

/// Whether orders can be stored in that database, and what else the program can see of its health.
pub fn health(database: &Database, others: Vec<Arc<dyn HealthCheck>>) -> Health {
    let checks = [postgres::health_checks(database), others].concat();
    Health::new(checks, Arc::new(SystemClock))
}

/// What became of the orders in that database.
pub fn statistics(database: &Database) -> Statistics {
    let orders = Arc::new(PostgresOrders::new(database.clone()));
    Statistics::new(orders, Arc::new(SystemClock))
}

/// Where the keys of that database are kept.
pub fn keys(database: &Database) -> Arc<dyn KeyStore> {
    Arc::new(PostgresKeys::new(database.clone()))
}

/// Where the limits of that database's accounts are kept.
pub fn limits(database: &Database) -> Arc<dyn LimitStore> {
    Arc::new(PostgresLimits::new(database.clone()))
}

/// Who wrote what in that database.
pub fn audit_trail(database: &Database) -> Arc<dyn AuditTrail> {
    Arc::new(PostgresAuditTrail::new(database.clone()))
}

/// Where the orders that a wallet signs for are kept in that database.
pub fn wallet_orders(database: &Database) -> Arc<dyn WalletOrders> {
    Arc::new(PostgresWalletOrders::new(database.clone()))
}

/// Frees what a former process held. Only for a program that is alone on its order book.
///
/// # Errors
/// [`StoreError`] when the database does not do its part.
pub async fn take_over(database: &Database) -> Result<(), StoreError> {
    PostgresOrders::new(database.clone()).end_leases().await
}
