//! A local Solana chain for tests and demos.
//!
//! A VM in memory behind the JSON-RPC methods that an engine needs, with doubles of the venues'
//! programs at their real ids, pools in their real layouts and a wallet with money. An engine that
//! trades here does everything that it does on a real chain.
//!
//! - [`genesis`]: what the chain holds when it starts.
//! - [`programs`]: the doubles.
//! - `chain`: slots, blocks, what landed.
//! - `launcher`: who creates tokens and pools while it runs.
//! - `rpc`: the door.
//! - `server`: all of it, running.

mod chain;
pub mod genesis;
mod launcher;
pub mod programs;
mod rpc;
mod server;

pub use server::{LocalChain, Settings, StartError};
