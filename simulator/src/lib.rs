//! A simulated world for the engine's use cases.
//!
//! The real use cases run over ports whose other end is simulated: a store, a queue, a chain,
//! venues, a gateway and clocks with the semantics of their originals, and with their faults. One
//! seed draws one schedule and replays exactly. A judge looks at every step; broken variants show
//! that it bites.
//!
//! Read in this order: [`play`] (one seed), [`campaign`] (many), [`contract`] (what holds the
//! simulated services to the truth).

pub mod campaign;
mod chain;
pub mod contract;
mod executor;
mod fault;
mod gateway;
mod judge;
mod launches;
mod network;
mod nodes;
pub mod options;
mod point;
mod ports;
mod processes;
mod queue;
#[cfg(test)]
mod regressions;
pub mod report;
mod rng;
mod run;
mod scenario;
mod sleep;
mod stage;
mod store;
mod time;
mod variants;
mod world;

pub use fault::Fault;
pub use run::{Outcome, play};
pub use variants::Variant;
pub use world::Violation;
