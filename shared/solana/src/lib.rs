//! Trading on Solana: the same handlers, promises and page as on the simulated market, with the
//! chain's own pools and one landed swap for an order.

pub mod record;
pub mod rpc;
#[cfg(feature = "testing")]
pub mod testing;
