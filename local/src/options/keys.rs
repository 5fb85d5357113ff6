//! The command that makes, lists and revokes keys.

use std::{str::FromStr, time::Duration};

use clap::{Args, Subcommand};
use engine::account::{AccountId, KeyId, Scope};
use jiff::Timestamp;

use super::{Limited, Storage};

/// What to do with keys.
#[derive(Clone, Debug, Subcommand)]
pub enum Keys {
    /// Make a key, and print it alone.
    Create(CreateKey),
    /// Show an account's keys, newest first; never their secrets.
    List(ListKeys),
    /// Revoke a key: within a minute it is worth nothing.
    Revoke(RevokeKey),
}

/// A key to make.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "The key is shown once: only a hash of it is kept. It ends with 0 when it is made, with 2 when \
    it is not, and with 3 when the database does not say.\n\n\
    Example: order-engine keys create --account desk --scopes orders:read,stream --expires 30d"
)]
pub struct CreateKey {
    /// Whose it is.
    #[command(flatten)]
    pub of: Of,
    /// What it allows, of orders:read, orders:write, stream and keys; everything if not given, but
    /// no keys for one with limits.
    #[arg(long, value_name = "SCOPE", value_delimiter = ',', value_parser = scope)]
    pub scopes: Vec<Scope>,
    /// What you call it, to know it again.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub label: String,
    /// When it ends, for example 2027-01-01T00:00:00Z, or 30d from now; never if not given.
    #[arg(long, value_name = "TIME")]
    pub expires: Option<Expiry>,
    /// How much may be done with it.
    #[command(flatten)]
    pub limited: Limited,
    /// Print one JSON object, with the key in it, and nothing else.
    #[arg(long)]
    pub json: bool,
}

/// Which keys to show.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It ends with 0 when it showed what there is, and with 2 when the database cannot be used."
)]
pub struct ListKeys {
    /// Whose.
    #[command(flatten)]
    pub of: Of,
    /// Print a line of JSON for each key, and nothing else.
    #[arg(long)]
    pub json: bool,
}

/// A key to revoke.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It ends with 0 when the key is revoked, now or before, with 2 when the account has no such key, \
    or the database cannot be used, and with 3 when the database does not say."
)]
pub struct RevokeKey {
    /// Whose it is.
    #[command(flatten)]
    pub of: Of,
    /// Its id: the 16 digits after oek_.
    pub id: KeyId,
    /// Print the key's record as one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Whose keys, and where they are kept.
#[derive(Clone, Debug, Args)]
pub struct Of {
    /// The account, by its name: 1 to 64 of a-z, 0-9 and -.
    #[arg(long, value_name = "NAME")]
    pub account: AccountId,
    /// Where.
    #[command(flatten)]
    pub storage: Storage,
}

/// When a key ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// At this moment.
    At(Timestamp),
    /// So long after it is made.
    After(Duration),
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Expiry {
    /// The moment, for a key that is made now.
    pub fn from(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::After(pause) => now + pause,
        }
    }
}

/// A text that is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time like 2027-01-01T00:00:00Z, or days from now, 30d, of which there are 3650 at most")]
pub struct InvalidExpiry;

impl FromStr for Expiry {
    type Err = InvalidExpiry;

    fn from_str(text: &str) -> Result<Self, InvalidExpiry> {
        let Some(days) = text.strip_suffix('d') else {
            let at = text.parse().map_err(|_| InvalidExpiry)?;
            return Ok(Self::At(at));
        };
        let digits = days.bytes().all(|byte| byte.is_ascii_digit());
        let days = days.parse().ok().filter(|_| digits);
        let days = days.filter(|days| (1..=3_650).contains(days));
        days.map(|days| Self::After(DAY * days))
            .ok_or(InvalidExpiry)
    }
}

fn scope(text: &str) -> Result<Scope, String> {
    let known = Scope::ALL.map(Scope::name).join(", ");
    text.parse().map_err(|_| format!("it is one of {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_ends_at_a_time_or_after_days() {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().expect("a time");
        let end = |text: &str| {
            let expiry = text.parse::<Expiry>();
            expiry.map(|expiry| expiry.from(now).to_string())
        };
        assert_eq!(end("30d"), Ok("2026-12-26T12:00:00Z".into()));
        assert_eq!(
            end("2027-01-01T02:00:00+02:00"),
            Ok("2027-01-01T00:00:00Z".into())
        );
        for text in [
            "", "d", "0d", "3651d", "-1d", "+1d", "1.5d", "30", "tomorrow",
        ] {
            assert_eq!(end(text), Err(InvalidExpiry), "{text}");
        }
    }
}
