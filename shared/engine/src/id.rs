//! An order's identity.

use std::{fmt, str::FromStr};

use uuid::Uuid;

/// An order's identity, written in one way only: 36 characters with hyphens. A UUID of version 7,
/// so ids sort by the time of acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderId(pub Uuid);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for OrderId {
    type Err = InvalidOrderId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        /// Other forms (`urn:uuid:…`, braces, no hyphens) are longer or shorter.
        const LENGTH: usize = 36;
        if text.len() != LENGTH {
            return Err(InvalidOrderId);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| InvalidOrderId)
    }
}

/// A text that is no order's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID of 36 characters with hyphens")]
pub struct InvalidOrderId;

/// Reads the number of an event as clients write it, 0 being "before the first": digits and nothing
/// else, within the 63 bits in which numbers are kept.
pub fn read_seq(text: &str) -> Option<u64> {
    const LAST: u64 = i64::MAX.unsigned_abs();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse().ok())?;
    number.filter(|number| *number <= LAST)
}

/// A client's own name for an order: 1 to 64 of `A-Z a-z 0-9 . _ : -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientOrderId(String);

impl ClientOrderId {
    /// The name; `None` when it is not of that form.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        ((1..=64).contains(&text.len()) && text.bytes().all(allowed)).then_some(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
