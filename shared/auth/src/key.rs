//! A key, as its owner has it: `oek_<id>_<secret>_<checksum>`.

use std::{fmt, str::FromStr};

use engine::account::KeyId;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// What every key begins with, so that those who look for lost secrets find one.
const PREFIX: &str = "oek";
/// Digits of 256 bits.
const SECRET: usize = 64;

/// A key with its secret. There is no `Display`, and `Debug` shows the id alone: only
/// [`ApiKey::expose`] tells the whole, to its owner, once.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    id: KeyId,
    secret: String,
}

impl ApiKey {
    /// A new key.
    ///
    /// # Errors
    /// [`NoRandomness`]: a key that could be guessed is none.
    pub fn draw() -> Result<Self, NoRandomness> {
        let (mut id, mut secret) = ([0; 8], [0; SECRET / 2]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut secret)?;
        let id = hex(&id).parse();
        Ok(Self {
            id: id.expect("eight bytes are sixteen digits"),
            secret: hex(&secret),
        })
    }

    /// The part of it that may be shown and logged.
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// What is stored of the secret: the SHA-256 of its 64 digits. They are drawn, not thought of,
    /// so nobody finds them by trying, and a slow hash would protect nothing more.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.secret).into()
    }

    /// The whole key, for its owner's eyes.
    pub fn expose(&self) -> String {
        let body = body(&self.id, &self.secret);
        let checksum = checksum(&body);
        format!("{body}_{checksum}")
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({})", self.id)
    }
}

impl FromStr for ApiKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let parts: Vec<&str> = text.splitn(5, '_').collect();
        let [PREFIX, id, secret, given] = parts[..] else {
            return Err(InvalidKey);
        };
        let id: KeyId = id.parse().map_err(|_| InvalidKey)?;
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_secret = secret.len() == SECRET && secret.bytes().all(digit);
        if is_secret && given == checksum(&body(&id, secret)) {
            let secret = secret.to_owned();
            Ok(Self { id, secret })
        } else {
            Err(InvalidKey)
        }
    }
}

fn body(id: &KeyId, secret: &str) -> String {
    format!("{PREFIX}_{id}_{secret}")
}

/// Tells a typo without a look at the store. It protects nothing: anybody can compute it.
fn checksum(body: &str) -> String {
    let digest = Sha256::digest(body);
    hex(&digest[..4])
}

/// A text that is no key: cut off, mistyped, or something else. What it was is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a key")]
pub struct InvalidKey;

/// The system gives no random bytes.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gives no random bytes: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &str = "oek_0123456789abcdef_\
        00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff_df54ee55";

    #[test]
    fn a_key_is_read_as_it_was_shown() {
        let key = ApiKey::draw().expect("the system has random bytes");
        let other = ApiKey::draw().expect("the system has random bytes");
        assert_ne!(key, other);
        assert_ne!(key.id(), other.id());
        assert_eq!(key.expose().len(), SHOWN.len());
        let read: ApiKey = key.expose().parse().expect("a key");
        assert_eq!((&read, read.hash()), (&key, key.hash()));
        assert_ne!(key.hash(), other.hash());
        // What was handed out once is read for ever.
        let known: ApiKey = SHOWN.parse().expect("a key");
        assert_eq!(known.expose(), SHOWN);
        assert_eq!(known.id().as_str(), "0123456789abcdef");
        assert!(
            hex(&known.hash()).starts_with("2a8abfa8"),
            "{}",
            hex(&known.hash())
        );
    }

    #[test]
    fn a_typo_is_no_key() {
        for (at, letter) in SHOWN.char_indices() {
            let other = if letter == '0' { "1" } else { "0" };
            let mut typo = SHOWN.to_owned();
            typo.replace_range(at..=at, other);
            assert_eq!(typo.parse::<ApiKey>(), Err(InvalidKey), "{at}");
            assert_eq!(SHOWN[..at].parse::<ApiKey>(), Err(InvalidKey), "{at}");
        }
        for text in [
            format!("{SHOWN}_"),
            format!("{SHOWN}0"),
            format!(" {SHOWN}"),
            SHOWN.to_uppercase(),
            SHOWN.replace('_', "-"),
            "oek___".into(),
            "ä".repeat(47),
        ] {
            assert_eq!(text.parse::<ApiKey>(), Err(InvalidKey), "{text}");
        }
    }

    #[test]
    fn what_is_logged_has_no_secret() {
        let key: ApiKey = SHOWN.parse().expect("a key");
        assert_eq!(format!("{key:?}"), "ApiKey(0123456789abcdef)");
        assert!(!format!("{:?} {InvalidKey}", InvalidKey).contains("0011"));
    }
}
