//! Tickets: what opens a socket. Whoever has one may follow an account's orders, or some of them,
//! for as long as it is valid; nobody has to be asked whether it is.

use std::{str::FromStr, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use engine::{
    account::{AccountId, KeyId},
    order::OrderId,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

/// How long a ticket is valid: enough to open a socket with an answer that was just received.
pub const TICKET_LIFETIME: Duration = Duration::from_secs(60);
/// Orders that one ticket may name.
pub const MAX_TICKET_ORDERS: usize = 100;

/// More than a ticket with as many orders as it may name has.
const LONGEST: usize = 3_200;
const ID: usize = size_of::<uuid::Bytes>();

/// What a ticket says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Whose orders may be followed.
    pub account: AccountId,
    /// The key that it was asked for with.
    pub key: Option<KeyId>,
    /// Which orders, [`MAX_TICKET_ORDERS`] at most; `None`: all of the account's.
    pub orders: Option<Vec<OrderId>>,
    /// From when on it is worth nothing, to the millisecond.
    pub expires_at: Timestamp,
}

/// Signs tickets, and reads those that were signed with the same secret. Cheap to clone.
#[derive(Clone)]
pub struct Tickets(Hmac<Sha256>);

impl Tickets {
    /// With this secret, which all programs of an engine share.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(Hmac::new_from_slice(&secret).expect("HMAC takes a secret of any length"))
    }

    /// A text that says so, of letters that an address needs no escape for.
    pub fn sign(&self, ticket: &Ticket) -> String {
        let claims = serde_json::to_vec(&Claims::from(ticket)).expect("texts and a number");
        let claims = URL_SAFE_NO_PAD.encode(claims);
        let signature = self.0.clone().chain_update(&claims).finalize();
        let signature = URL_SAFE_NO_PAD.encode(signature.into_bytes());
        format!("{claims}.{signature}")
    }

    /// What a text says that was signed with the same secret.
    ///
    /// # Errors
    /// [`InvalidTicket`] when it was not, or has expired.
    pub fn read(&self, text: &str, now: Timestamp) -> Result<Ticket, InvalidTicket> {
        if text.len() > LONGEST {
            return Err(InvalidTicket);
        }
        let (claims, signature) = text.split_once('.').ok_or(InvalidTicket)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidTicket);
        // Takes as long for any signature, so nobody finds one letter by letter.
        let signed = self.0.clone().chain_update(claims);
        signed
            .verify_slice(&decode(signature)?)
            .map_err(|_| InvalidTicket)?;
        let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| InvalidTicket)?;
        let ticket = Ticket::try_from(claims)?;
        if now < ticket.expires_at {
            Ok(ticket)
        } else {
            Err(InvalidTicket)
        }
    }
}

/// A text that opens nothing: forged, cut off, of another engine, or too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ticket is not valid")]
pub struct InvalidTicket;

/// A ticket's content, as short as can be: it is a part of an address.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    #[serde(rename = "a")]
    account: String,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// The bytes of the ids, one after another.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    orders: Option<String>,
    #[serde(rename = "e")]
    expires_at: i64,
}

impl From<&Ticket> for Claims {
    fn from(ticket: &Ticket) -> Self {
        let packed = |orders: &Vec<OrderId>| {
            let bytes: Vec<u8> = orders.iter().flat_map(|id| id.0.into_bytes()).collect();
            URL_SAFE_NO_PAD.encode(bytes)
        };
        Self {
            account: ticket.account.to_string(),
            key: ticket.key.as_ref().map(KeyId::to_string),
            orders: ticket.orders.as_ref().map(packed),
            expires_at: ticket.expires_at.as_millisecond(),
        }
    }
}

impl TryFrom<Claims> for Ticket {
    type Error = InvalidTicket;

    fn try_from(claims: Claims) -> Result<Self, InvalidTicket> {
        fn read<T: FromStr>(text: &str) -> Result<T, InvalidTicket> {
            text.parse().map_err(|_| InvalidTicket)
        }
        Ok(Self {
            account: read(&claims.account)?,
            key: claims.key.as_deref().map(read).transpose()?,
            orders: claims.orders.as_deref().map(unpacked).transpose()?,
            expires_at: Timestamp::from_millisecond(claims.expires_at)
                .map_err(|_| InvalidTicket)?,
        })
    }
}

fn unpacked(packed: &str) -> Result<Vec<OrderId>, InvalidTicket> {
    let bytes = URL_SAFE_NO_PAD.decode(packed).map_err(|_| InvalidTicket)?;
    let (ids, rest) = bytes.as_chunks::<ID>();
    if rest.is_empty() && ids.len() <= MAX_TICKET_ORDERS {
        Ok(ids
            .iter()
            .map(|id| OrderId(Uuid::from_bytes(*id)))
            .collect())
    } else {
        Err(InvalidTicket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-26T12:00:00.123Z".parse().expect("a time")
    }

    fn ticket(orders: Option<usize>) -> Ticket {
        Ticket {
            account: "a".repeat(64).parse().expect("a name"),
            key: Some("0123456789abcdef".parse().expect("an id")),
            orders: orders.map(|count| (0..count).map(|_| OrderId(Uuid::now_v7())).collect()),
            expires_at: now() + TICKET_LIFETIME,
        }
    }

    #[test]
    fn a_ticket_says_what_was_signed_until_it_expires() {
        let tickets = Tickets::new([7; 32]);
        for orders in [None, Some(0), Some(1), Some(MAX_TICKET_ORDERS)] {
            let ticket = ticket(orders);
            let text = tickets.sign(&ticket);
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            assert!(text.bytes().all(plain), "{text}");
            assert_eq!(tickets.read(&text, now()), Ok(ticket.clone()));
            let last = ticket.expires_at - Duration::from_millis(1);
            assert_eq!(tickets.read(&text, last), Ok(ticket.clone()));
            assert_eq!(tickets.read(&text, ticket.expires_at), Err(InvalidTicket));
        }
        let bare = Ticket {
            account: AccountId::local(),
            key: None,
            ..ticket(None)
        };
        assert_eq!(tickets.read(&tickets.sign(&bare), now()), Ok(bare));
    }

    #[test]
    fn nothing_else_is_a_ticket() {
        let tickets = Tickets::new([7; 32]);
        let text = tickets.sign(&ticket(Some(1)));
        for (at, letter) in text.char_indices() {
            let mut forged = text.clone();
            let other = if letter == 'A' { "B" } else { "A" };
            forged.replace_range(at..=at, other);
            assert_eq!(tickets.read(&forged, now()), Err(InvalidTicket), "{at}");
            assert_eq!(tickets.read(&text[..at], now()), Err(InvalidTicket), "{at}");
        }
        let foreign = Tickets::new([8; 32]).sign(&ticket(None));
        assert_eq!(tickets.read(&foreign, now()), Err(InvalidTicket));
        for text in [
            String::new(),
            ".".into(),
            format!("{text}="),
            format!("{text}.{text}"),
            "ä.ö".into(),
            tickets.sign(&ticket(Some(MAX_TICKET_ORDERS + 1))),
            tickets.sign(&ticket(Some(1_000))),
            "a".repeat(10 << 20),
        ] {
            assert_eq!(tickets.read(&text, now()), Err(InvalidTicket));
        }
    }

    #[test]
    fn what_is_signed_and_means_nothing_is_no_ticket() {
        let tickets = Tickets::new([7; 32]);
        let expires = now().as_millisecond() + 1_000;
        for claims in [
            "1".to_owned(),
            "{}".into(),
            format!(r#"{{"a":"NO NAME","e":{expires}}}"#),
            format!(r#"{{"a":"local","e":{expires},"k":"no id"}}"#),
            format!(r#"{{"a":"local","e":{expires},"o":"AAAA"}}"#),
            format!(r#"{{"a":"local","e":{expires},"other":1}}"#),
            format!(r#"{{"a":"local","e":{}}}"#, i64::MAX),
        ] {
            let encoded = URL_SAFE_NO_PAD.encode(&claims);
            let signature = tickets.0.clone().chain_update(&encoded).finalize();
            let signature = URL_SAFE_NO_PAD.encode(signature.into_bytes());
            let text = format!("{encoded}.{signature}");
            assert_eq!(tickets.read(&text, now()), Err(InvalidTicket), "{claims}");
        }
    }
}
