//! What tests of whole programs stand on.

mod database;
mod lambda;

pub use database::{TestDatabase, migrated_database};
pub use lambda::{Invocation, invoke};
