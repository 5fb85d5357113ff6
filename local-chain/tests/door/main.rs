//! The chain through its JSON-RPC door, with real transactions.
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

mod answers;
mod blocks;
mod landing;
mod node;
mod pools;
mod program;
mod refusals;
mod swap;
mod vectors;
