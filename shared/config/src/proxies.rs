//! Proxies that are believed.

use std::{net::IpAddr, str::FromStr};

use super::{NotAllowed, Setting};

/// A comma-separated list of addresses and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<Network>);

/// Addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    Loopback,
    Bits(IpAddr, u8),
}

impl Proxies {
    /// Whether this address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| match network {
            Network::Loopback => address.is_loopback(),
            Network::Bits(first, length) => {
                let own_length = bits(*first).1;
                let shift = own_length - u32::from(*length);
                let head = |address| bits(address).0.checked_shr(shift).unwrap_or_default();
                own_length == bits(address).1 && head(*first) == head(address)
            }
        })
    }
}

/// An address as a number, and of how many bits.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (address.to_bits().into(), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

impl Setting for Proxies {
    const ALLOWED: &'static str = "a comma-separated list of addresses, networks such as \
         10.0.0.0/8 or fd00::/8, and `loopback` for this machine";
}

impl FromStr for Proxies {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| read(item).ok_or(NotAllowed(Self::ALLOWED)))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn read(text: &str) -> Option<Network> {
    if text.eq_ignore_ascii_case("loopback") {
        return Some(Network::Loopback);
    }
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let address = address.parse::<IpAddr>().ok()?.to_canonical();
    let most = u8::try_from(bits(address).1).ok()?;
    let length = length.unwrap_or(most);
    (length <= most).then_some(Network::Bits(address, length))
}
