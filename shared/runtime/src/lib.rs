//! Which parts a program puts together, said once: the use cases on PostgreSQL, the venues that the
//! environment names, the schema that they need; and how every function on Lambda starts.

mod admission;
pub mod clock;
mod database;
#[cfg(feature = "lambda")]
pub mod lambda;
pub mod logs;
mod migrations;
#[cfg(not(feature = "traces"))]
mod no_traces;
#[cfg(feature = "solana")]
mod on_solana;
#[cfg(feature = "traces")]
mod traces;
mod trading;
mod use_cases;

pub use admission::QueueLimit;
pub use database::open;
pub use migrations::{check_rights, migrate, migrate_apart, migrate_for, rights, serving_rights};
#[cfg(not(feature = "traces"))]
pub use no_traces::{NoTraces, Traces};
#[cfg(feature = "solana")]
pub use on_solana::{NoTrading, open_solana};
#[cfg(feature = "traces")]
pub use traces::{NoTraces, Traces};
pub use trading::Trading;
pub use use_cases::{
    audit_trail, health, keys, limits, statistics, take_over, use_cases, wallet_orders,
};
