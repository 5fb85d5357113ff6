//! What tests of whole programs stand on.

mod database;
mod lambda;
mod network;
mod pooler;

pub use database::{TestDatabase, migrated_database};
pub use lambda::{Invocation, invoke};
pub use network::Network;
pub use pooler::{PoolMode, Pooler};
