//! Meteora DLMM, program `LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo`.
//!
//! Liquidity lies in bins. All of a bin trades at the bin's one price, neighbouring bins are one
//! bin step apart, and a swap walks from the active bin outwards until its input is used up. The
//! fee grows with the number of bins walked recently: that is the volatility in [`fee`].
//!
//! - [`price`]: a bin's price from its number.
//! - [`fee`]: base and variable fee.
//! - [`bin`]: what one bin gives for how much.
//! - [`pool`]: a pool.
//! - [`walk`]: one swap, bin by bin, and how it changes the pool.
//! - [`layout`]: account bytes and instruction data.

pub mod bin;
pub mod fee;
pub mod layout;
pub mod pool;
pub mod price;
mod trade;
pub mod walk;

pub use layout::{Activation, BinArray, LbPair, swap2_data};
pub use pool::Pool;
pub use walk::{Fill, MAX_BINS};

use crate::Venue;

/// Its line in the registry.
pub const VENUE: Venue = Venue { name: "Meteora" };
