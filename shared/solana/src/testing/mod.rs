//! A chain that plays what a test says, behind nodes that answer as real ones do, and misbehave as
//! real ones do.
//!
//! Several [`ScriptedNode`]s may share a [`ScriptedChain`]: then they tell of the same blocks, and
//! each may misbehave apart. A [`ScriptedPool`] executes what is sent there: swaps, and
//! what empties markers.

pub mod accounts;
mod answers;
mod chain;
mod emptying;
mod fault;
mod height;
mod landing;
mod node;
mod orders;
mod pool;
mod stranger;
mod wire;

pub use self::{
    chain::{ScriptedChain, Sent},
    fault::{ANY_METHOD, Fault},
    landing::{Landing, Simulated},
    node::{Call, ScriptedNode},
    orders::NoOtherOrders,
    pool::ScriptedPool,
    wire::{Opened, open},
};
