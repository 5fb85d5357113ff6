//! The client's side of HTTP: every request has an end, and is what it looks like.

use std::time::Duration;

use reqwest::{Client, redirect::Policy};

use super::key::{self, NoKey};
use crate::options::{At, is_loopback};

/// How long one request may take.
pub(super) const REQUEST: Duration = Duration::from_secs(10);

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoClient {
    /// There is a key to show, and it cannot be had.
    #[error(transparent)]
    Key(#[from] NoKey),
    /// The system's roots of trust cannot be read.
    #[error(transparent)]
    Roots(#[from] reqwest::Error),
}

/// A client for the engine, which shows it the key, if there is one. Each request has a connection
/// of its own, so that one that cannot be made means that nothing was sent. Nothing is sent to a
/// place that was not named.
///
/// # Errors
/// [`NoClient`] before anything is sent.
pub(super) fn client(at: &At) -> Result<Client, NoClient> {
    let client = Client::builder()
        .connect_timeout(CONNECT)
        .timeout(REQUEST)
        .pool_max_idle_per_host(0)
        .default_headers(key::headers(at)?)
        .redirect(Policy::none());
    // A proxy's loopback is not ours.
    let client = if is_loopback(&at.url) {
        client.no_proxy()
    } else {
        client
    };
    Ok(client.build()?)
}
