//! The two venues an order can be routed to, with their own arithmetic, exact to the base unit.
//!
//! - [`raydium`]: constant-product pools (CPMM and the older AMM v4).
//! - [`meteora`]: DLMM pools, whose liquidity lies in price bins.
//! - [`market`]: the default market, which needs no network: pools that move with the slot.
//!
//! - `simulated` (a feature): the chain that lives in PostgreSQL and executes swaps on that market.
//!
//! But for the last, everything here is pure: account bytes and integers in, integers out. No clock, no network, no
//! database and no random number generator. A quote and a fill run the same code on the same
//! state, so they can differ only when the state does.

mod account;
pub mod market;
pub mod meteora;
pub mod raydium;
mod refusal;
mod side;
#[cfg(feature = "simulated")]
pub mod simulated;

pub use account::{Address, DecodeError};
pub use market::{Market, Swap, Token, Venue};
pub use refusal::Refusal;
pub use side::Side;
