//! The rules of the order execution engine, free of SDKs, SQL, HTTP and any clock of their own.
//!
//! Read in this order: [`order`] (what exists, and how it may move), [`account`] (whose it is),
//! [`routing`] (where it goes), [`ports`] (what is needed from outside), [`nodes`] (whom of them to
//! believe), then the use cases:
//! [`submit`], [`execute`], [`cancel`], [`monitor`], [`candles`], [`stream`], [`relay`], [`audit`],
//! [`retention`], [`health`], [`statistics`]; [`use_cases`] puts them together. `launch_reader` is
//! what two of them do alike; the other private modules are the values that both orders and routes
//! are made of.

pub mod account;
mod amount;
pub mod audit;
pub mod cancel;
pub mod candles;
pub mod catalogue;
pub mod execute;
pub mod health;
mod id;
pub mod launch;
mod launch_reader;
pub mod message;
pub mod metrics_help;
pub mod monitor;
mod name;
pub mod nodes;
pub mod observe;
pub mod order;
pub mod policy;
pub mod ports;
mod quote;
pub mod relay;
pub mod retention;
pub mod routing;
pub mod statistics;
pub mod stream;
pub mod submit;
pub mod trace;
pub mod use_cases;
mod venue;
