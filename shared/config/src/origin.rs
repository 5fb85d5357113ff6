//! Web origins: who may call from a browser.

use std::{fmt, str::FromStr};

use super::{NotAllowed, Setting};

/// An origin as browsers write it in the `Origin` header: lower case, without the scheme's own
/// port, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The header's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for Origin {
    const ALLOWED: &'static str = "an origin such as https://app.example or \
         http://localhost:5173: scheme and host, a port if it is not the scheme's own, no path and \
         no `*`";
}

impl FromStr for Origin {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        read_origin(&text.to_ascii_lowercase())
            .map(Self)
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}

fn read_origin(text: &str) -> Option<String> {
    let (scheme, authority) = text.split_once("://")?;
    let own_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let port_at = authority
        .rfind(':')
        .filter(|&at| !authority[at..].contains(']'));
    let (host, port) = match port_at {
        Some(at) => (
            &authority[..at],
            Some(authority[at + 1..].parse::<u16>().ok()?),
        ),
        None => (authority, None),
    };
    if !is_host(host) {
        return None;
    }
    Some(match port.filter(|&port| port != own_port) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
}

/// A comma-separated list of origins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(pub Vec<Origin>);

impl Origins {
    /// The headers' texts.
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

impl Setting for Origins {
    const ALLOWED: &'static str = "a comma-separated list of origins such as https://app.example \
         or http://localhost:5173: scheme and host, a port if it is not the scheme's own, no path \
         and no `*`";
}

impl FromStr for Origins {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| item.parse().map_err(|_| NotAllowed(Self::ALLOWED)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
