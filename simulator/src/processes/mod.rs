//! Who runs: the engine's processes as the functions drive them, and the clients outside.

mod clients;
mod monitor;
mod relay;
mod subscriber;
mod worker;

pub(crate) use clients::{Plan, SniperTerms, Terms, post};
pub(crate) use monitor::watch;
pub(crate) use relay::relay;
pub(crate) use subscriber::follow;
pub(crate) use worker::work;

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

/// One invocation; when it panics, that is its failure alone.
async fn invocation(work: impl Future<Output = ()>) {
    let _ = AssertUnwindSafe(work).catch_unwind().await;
}
