//! The names under which the engine may be called.

use std::str::FromStr;

use super::{NotAllowed, Setting};

/// A name, in lower case, and perhaps a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    /// The name or address; an IPv6 address in brackets.
    pub name: String,
    /// The port that is called; `None` for the one that is listened on.
    pub port: Option<u16>,
}

/// A comma-separated list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts(pub Vec<AllowedHost>);

impl Setting for AllowedHosts {
    const ALLOWED: &'static str = "a comma-separated list of names such as engine.example or \
         engine.example:8443: no scheme, no path and no `*`";
}

impl FromStr for AllowedHosts {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| read(&item.to_ascii_lowercase()).ok_or(NotAllowed(Self::ALLOWED)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn read(text: &str) -> Option<AllowedHost> {
    let port_at = text.rfind(':').filter(|&at| !text[at..].contains(']'));
    let (name, port) = match port_at {
        Some(at) => (&text[..at], Some(text[at + 1..].parse::<u16>().ok()?)),
        None => (text, None),
    };
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    let address = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let is_address = address.is_some_and(|it| it.parse::<std::net::Ipv6Addr>().is_ok());
    ((is_name && !name.is_empty()) || is_address).then(|| AllowedHost {
        name: name.to_owned(),
        port,
    })
}
