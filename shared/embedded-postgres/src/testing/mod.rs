//! PostgreSQL for tests, with nothing to prepare and nothing left behind.
//!
//! - [`TestDatabase`]: a fresh, empty (or pre-filled) database in milliseconds. All test
//!   processes of a user share one throw-away cluster: the first one starts it.
//! - [`OwnCluster`]: a PostgreSQL of one's own, to stop and start under the program being tested.
//!
//! Both end when the test processes do, also when those are killed: a small shell script watches
//! them (see `run.rs`). A failure to start panics with the reason: a test cannot go on without.

mod database;
mod own_cluster;
mod run;
mod shared;

pub use database::TestDatabase;
pub use own_cluster::OwnCluster;
