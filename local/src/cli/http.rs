//! The client's side of HTTP: every request has an end, and is what it looks like.

use std::{net::IpAddr, time::Duration};

use reqwest::{Client, Url, redirect::Policy};

use super::key::{self, NoKey};
use crate::options::At;

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

fn is_loopback(url: &str) -> bool {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn this_machine_is_told_from_others() {
        for own in [
            "http://localhost:3000",
            "http://127.0.0.2",
            "http://[::1]:80",
        ] {
            assert!(is_loopback(own), "{own}");
        }
        for other in [
            "http://10.0.0.1",
            "https://localhost.example",
            "http://[::2]",
        ] {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
