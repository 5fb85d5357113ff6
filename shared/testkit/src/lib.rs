//! What tests of whole programs stand on.

mod collector;
mod database;
mod lambda;
mod network;
#[cfg(feature = "solana")]
mod on_solana;
mod pooler;

pub use collector::{Behaviour, Collector, Traced};
pub use database::{TestDatabase, migrated_database};
pub use lambda::{Invocation, invoke};
pub use network::Network;
#[cfg(feature = "solana")]
pub use on_solana::{OnSolana, WALLET_KEY, WALLET_SECRET};
pub use pooler::{PoolMode, Pooler};
