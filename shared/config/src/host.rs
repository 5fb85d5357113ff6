//! Where to listen.

use std::{
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
};

use super::{NotAllowed, Setting};

/// An address of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostAddress(IpAddr);

impl HostAddress {
    /// The address.
    pub const fn ip(self) -> IpAddr {
        self.0
    }
}

impl Setting for HostAddress {
    const ALLOWED: &'static str = "an IP address, or `localhost` for 127.0.0.1";
}

impl FromStr for HostAddress {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        // Not looked up: the name may stand for two addresses, and the engine listens on one.
        if text.eq_ignore_ascii_case("localhost") {
            return Ok(Self(Ipv4Addr::LOCALHOST.into()));
        }
        text.parse()
            .map(Self)
            .map_err(|_| NotAllowed(Self::ALLOWED))
    }
}
