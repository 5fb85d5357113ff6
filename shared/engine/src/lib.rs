//! The rules of the order execution engine, free of SDKs, SQL, HTTP and any clock of their own.
//!
//! Read in this order: [`order`] (what exists), [`lifecycle`] (how it may move), [`ports`] (what is needed from outside),
//! [`progress`] (the only way to move), then the four use cases: [`submit`], [`execute`], [`follow`], [`relay`].

pub mod amount;
mod dex;
pub mod execute;
pub mod failure;
pub mod follow;
pub mod lifecycle;
pub mod message;
mod name;
pub mod observe;
pub mod order;
pub mod policy;
pub mod ports;
pub mod progress;
pub mod quote;
pub mod relay;
pub mod router;
mod status;
pub mod submit;
mod transaction;
pub mod update;
