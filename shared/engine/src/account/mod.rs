//! Whose orders they are, and who may do what with them.
//!
//! Everything that a client reads or writes belongs to one account. Who calls is a [`Caller`]: an
//! account, and what the key that it showed allows.

mod limits;
mod scope;

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};

use jiff::Timestamp;

pub use self::{
    limits::{InvalidLimits, Limit, LimitReached, Limits, Pair},
    scope::{Scope, Scopes},
};

/// An account, by its name: 1 to 64 of `a-z 0-9 -`, a letter or digit first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// The account of everybody where no keys are asked for, and of the orders that were placed
    /// before there were any.
    pub const LOCAL: &'static str = "local";

    /// [`AccountId::LOCAL`].
    pub fn local() -> Self {
        Self(Self::LOCAL.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AccountId {
    type Err = InvalidAccountId;

    fn from_str(text: &str) -> Result<Self, InvalidAccountId> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let first = text.bytes().next().is_some_and(plain);
        let rest = text.bytes().all(|byte| plain(byte) || byte == b'-');
        if first && rest && text.len() <= 64 {
            Ok(Self(text.into()))
        } else {
            Err(InvalidAccountId)
        }
    }
}

/// A text that names no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account is named by 1 to 64 of a-z, 0-9 and -, a letter or digit first")]
pub struct InvalidAccountId;

/// The public part of a key: 16 hexadecimal digits, which may be shown and logged.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(Arc<str>);

impl KeyId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyId {
    type Err = InvalidKeyId;

    fn from_str(text: &str) -> Result<Self, InvalidKeyId> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 16 && text.bytes().all(hex) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidKeyId)
        }
    }
}

/// A text that is no key's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key's id is 16 hexadecimal digits")]
pub struct InvalidKeyId;

/// Who does something: whose limits it counts for, and what the record of it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// For whom.
    pub account: AccountId,
    /// With which key; `None` where none is asked for, and for an operator.
    pub key: Option<KeyId>,
    /// From where, if that is known.
    pub source: Option<IpAddr>,
}

impl Actor {
    /// Whoever acts for the account without a key, from a place that is not known.
    pub const fn of(account: AccountId) -> Self {
        Self {
            account,
            key: None,
            source: None,
        }
    }
}

/// Who calls, as far as it is known and allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// For whom.
    pub account: AccountId,
    /// With which key; `None` where none is asked for.
    pub key: Option<KeyId>,
    /// What that allows.
    pub scopes: Scopes,
    /// Until when it does, if not for ever.
    pub expires_at: Option<Timestamp>,
    /// From where, if that is known.
    pub source: Option<IpAddr>,
}

impl Caller {
    /// Whoever calls where no key is asked for: may do everything for the account `local`.
    pub fn local() -> Self {
        Self {
            account: AccountId::local(),
            key: None,
            scopes: Scopes::all(),
            expires_at: None,
            source: None,
        }
    }

    /// Who it is, without what it may do.
    pub fn actor(&self) -> Actor {
        Actor {
            account: self.account.clone(),
            key: self.key.clone(),
            source: self.source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_have_plain_names_and_keys_plain_ids() {
        for name in ["local", "a", "0", "desk-7", &"x".repeat(64)] {
            assert_eq!(
                name.parse().map(|id: AccountId| id.to_string()),
                Ok(name.to_owned())
            );
        }
        for name in ["", "-a", "A", "a b", "a_b", "ä", "a\0", &"x".repeat(65)] {
            assert_eq!(name.parse::<AccountId>(), Err(InvalidAccountId), "{name}");
        }
        assert!("0123456789abcdef".parse::<KeyId>().is_ok());
        for id in [
            "",
            "0123456789ABCDEF",
            "0123456789abcde",
            "0123456789abcdef0",
            "g123456789abcdef",
        ] {
            assert_eq!(id.parse::<KeyId>(), Err(InvalidKeyId), "{id}");
        }
    }
}
