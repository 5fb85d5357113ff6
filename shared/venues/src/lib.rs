//! The venues an order can be routed to, with their own arithmetic, exact to the base unit.
//!
//! - [`raydium`]: constant-product pools (CPMM and the older AMM v4).
//! - [`meteora`]: DLMM pools, whose liquidity lies in price bins.
//! - [`registry`]: which venues there are, a line each.
//!
//! Everything here is pure: account bytes and integers in, integers out. No clock, no network, no
//! database and no random number generator. A quote and a fill run the same code on the same
//! state, so they can differ only when the state does.

mod account;
pub mod meteora;
mod pool;
pub mod raydium;
mod refusal;
pub mod registry;
mod side;

pub use account::{Address, DecodeError};
pub use pool::{Fill, Pool};
pub use refusal::Refusal;
pub use registry::Venue;
pub use side::Side;
