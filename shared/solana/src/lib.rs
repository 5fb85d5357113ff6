//! Trading on Solana: the same handlers, promises and page as on the simulated market, with the
//! chain's own pools and one landed swap for an order.

pub mod instructions;
pub mod markets;
pub mod pools;
pub mod record;
pub mod rpc;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transaction;
pub mod wallet;
