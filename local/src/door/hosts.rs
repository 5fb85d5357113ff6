//! Which hosts are this engine. A page of any name can be made to point here; only what cannot be
//! pointed elsewhere, or was named on purpose, is believed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use config::AllowedHost;

use super::Ends;

/// A host as it is called: `name` or `name:port`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Authority<'a> {
    name: &'a str,
    port: Option<u16>,
}

impl<'a> Authority<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let name_ends = match text.find(']') {
            Some(at) if text.starts_with('[') => at + 1,
            _ => text.find(':').unwrap_or(text.len()),
        };
        let (name, rest) = text.split_at(name_ends);
        let port = match rest.strip_prefix(':') {
            // Rust reads "+80", too.
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(port.parse().ok()?)
            }
            None if rest.is_empty() => None,
            Some(_) | None => return None,
        };
        (!name.is_empty()).then_some(Self { name, port })
    }

    fn address(&self) -> Option<IpAddr> {
        let in_brackets = self.name.strip_prefix('[');
        match in_brackets.and_then(|rest| rest.strip_suffix(']')) {
            Some(address) => address.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
            None => self.name.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        }
    }
}

/// Whether a host is this engine, called over this connection. A host without a port means one of
/// `unsaid`.
pub(super) fn is_ours(host: &str, allowed: &[AllowedHost], ends: Ends, unsaid: &[u16]) -> bool {
    let Some(called) = Authority::read(host) else {
        return false;
    };
    let (ip, own_port) = (ends.local.ip().to_canonical(), ends.local.port());
    let may_be = |port: u16| {
        called
            .port
            .map_or(unsaid.contains(&port), |given| given == port)
    };
    let own_name = called.name.eq_ignore_ascii_case("localhost")
        || called
            .address()
            .is_some_and(|address| address.is_loopback() || address.to_canonical() == ip);
    (own_name && may_be(own_port))
        || allowed.iter().any(|allowed| {
            called.name.eq_ignore_ascii_case(&allowed.name)
                && may_be(allowed.port.unwrap_or(own_port))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(host: &str) -> bool {
        let ends = Ends {
            peer: ([192, 0, 2, 9], 50_000).into(),
            local: ([192, 0, 2, 1], 3000).into(),
        };
        let allowed: config::AllowedHosts =
            "engine.example,desk.example:8443".parse().expect("names");
        is_ours(host, &allowed.0, ends, &[80])
    }

    #[test]
    fn names_that_cannot_point_elsewhere_and_named_ones_are_ours() {
        for host in [
            "localhost:3000",
            "LocalHost:3000",
            "127.0.0.1:3000",
            "127.8.9.1:3000",
            "[::1]:3000",
            "192.0.2.1:3000",
            "engine.example:3000",
            "ENGINE.example:3000",
            "desk.example:8443",
        ] {
            assert!(ours(host), "{host}");
        }
    }

    #[test]
    fn whatever_else_is_not() {
        for host in [
            "",
            ":3000",
            "localhost",
            "localhost:80",
            "localhost:+3000",
            "localhost:3000:3000",
            "localhost.:3000",
            "localhost:",
            "127.0.0.1.evil.example:3000",
            "127.0.0.1",
            "127.1:3000",
            "0177.0.0.1:3000",
            "2130706433:3000",
            "::1:3000",
            "[::1:3000",
            "[::1]x:3000",
            "[::2]:3000",
            "192.0.2.2:3000",
            "0.0.0.0:3000",
            "evil.example:3000",
            "engine.example.:3000",
            "engine.example:8443",
            "desk.example:3000",
            "user@localhost:3000",
            "localhost:3000@evil.example",
            "localhost:3000/",
        ] {
            assert!(!ours(host), "{host}");
        }
    }
}
