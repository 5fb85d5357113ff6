//! Where the database's address is.

use std::{fmt, str::FromStr};

use super::{Configuration, NotAllowed, Problem, Reading, Setting};

/// `postgres://user:password@host:port/name?sslmode=…`. Never shown: it holds the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The URL, password and all.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(not shown)")
    }
}

impl Setting for DatabaseUrl {
    const ALLOWED: &'static str = "postgres://user:password@host:port/name?sslmode=…";
    const SECRET: bool = true;
}

impl FromStr for DatabaseUrl {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
            .then(|| Self(text.to_owned()))
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}

/// The name of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SecretArn(String);

impl Setting for SecretArn {
    const ALLOWED: &'static str = "the ARN of a Secrets Manager secret, which begins with arn:aws";
}

impl FromStr for SecretArn {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let is_arn = text.starts_with("arn:aws") && text.contains(":secretsmanager:");
        is_arn
            .then(|| Self(text.to_owned()))
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}

/// Where the database's URL is to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `DATABASE_URL`: right here.
    Url(DatabaseUrl),
    /// `DATABASE_SECRET_ARN`: in Secrets Manager, so that it stands in no function's configuration.
    Secret(String),
}

const URL: &str = "DATABASE_URL";
const SECRET: &str = "DATABASE_SECRET_ARN";

impl Configuration for Location {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        match (env.is_set(URL), env.is_set(SECRET)) {
            (true, false) => env.required(URL).map(Self::Url),
            (false, true) => env.required(SECRET).map(|SecretArn(arn)| Self::Secret(arn)),
            (both, _) => {
                let (one, other) = (URL, SECRET);
                env.note(if both {
                    Problem::Both { one, other }
                } else {
                    Problem::Neither { one, other }
                });
                None
            }
        }
    }
}
