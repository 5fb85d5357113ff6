//! Trading on Solana: the same handlers, promises and page as on the simulated market, with the
//! chain's own pools and one landed swap for an order.
//!
//! - [`open`]: what it needs, and everything that is checked before the first order.
//! - [`markets`], [`pools`], [`instructions`], [`transaction`], [`wallet`]: files and bytes, which
//!   ask no node.
//! - [`rpc`]: the nodes, a method here for each method there.
//! - [`record`]: what they together say of a transaction. It decides about money.
//! - `market`, `venue`, `chain`: the engine's ports on top. `funds`: what the wallet has for an
//!   order, beside other orders.
//! - `reclaim`: what is left in the markers of orders that are over goes back to the wallet.

mod chain;
mod doubts;
mod fees;
mod funds;
pub mod instructions;
mod launches;
mod market;
pub mod markets;
mod open;
pub mod pools;
mod reclaim;
pub mod record;
pub mod rpc;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transaction;
mod units;
mod venue;
pub mod wallet;

pub use market::NoMarket;
pub use open::{NotOpened, Settings, Trading, open};
pub use reclaim::Reclaim;
