//! The client and the record against nodes that misbehave as real ones do. Nothing leaves this
//! machine, and nothing waits for luck: chains stand still until a test moves them.
#![cfg(feature = "testing")]

mod expiry;
mod failures;
mod heights;
mod landing;
mod launches;
mod moving;
mod questions;
mod reverted;
mod secrets;
mod sending;
mod strangers;
mod world;
