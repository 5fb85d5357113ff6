//! Whether one more order can be taken.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;

use crate::{account::AccountId, order::NewOrder};

/// Who places orders, as far as turns among an account's own are concerned: those of one client
/// wait for each other, not for another client's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client(pub Arc<str>);

impl Client {
    /// Who calls from this address. One customer has a whole IPv6 network of 64 bits, and would
    /// else be as many clients as it likes.
    pub fn at(address: IpAddr) -> Self {
        let whose = match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
            }
        };
        Self(whose.to_string().into())
    }

    /// An account, from wherever it calls.
    pub fn of(account: &AccountId) -> Self {
        Self(account.as_str().into())
    }
}

/// An order's place among those that wait: kept until it is in the queue, given back when dropped.
pub type Place = Box<dyn Send>;

/// The order would wait for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// When the same order would be taken if nothing else came meanwhile.
    pub retry_after: Duration,
}

/// Decides, before an order is stored, whether it can be executed in time.
#[async_trait]
pub trait Admission: Send + Sync {
    /// Takes a place for an order. MUST count the places that are taken and whose orders are not in
    /// the queue yet: any number of clients may ask at once.
    ///
    /// # Errors
    /// [`Busy`] when the order would wait for too long.
    async fn admit(&self, order: &NewOrder, client: Option<&Client>) -> Result<Place, Busy>;
}

/// Takes every order: for a queue that others watch over.
#[derive(Clone, Copy, Debug)]
pub struct AdmitAll;

#[async_trait]
impl Admission for AdmitAll {
    async fn admit(&self, _: &NewOrder, _: Option<&Client>) -> Result<Place, Busy> {
        Ok(Box::new(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_client_and_an_ipv4_address_is_the_same_however_written() {
        let of = |text: &str| Client::at(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.8"), of("192.0.2.7"));
    }
}
