//! The rules of the order execution engine, free of SDKs, SQL, HTTP and any clock of their own.
//!
//! Read in this order: [`order`] (what exists, and how it may move), [`routing`] (where it goes),
//! [`ports`] (what is needed from outside), then the use cases: [`submit`], [`execute`],
//! [`stream`], [`relay`]; [`use_cases`] puts them together.

pub mod catalogue;
pub mod execute;
pub mod message;
pub mod observe;
pub mod order;
pub mod policy;
pub mod ports;
pub mod relay;
pub mod routing;
pub mod stream;
pub mod submit;
pub mod use_cases;
