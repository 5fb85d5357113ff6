//! Where the database's address is.

use std::{fmt, path::PathBuf, str::FromStr};

use super::{
    Configuration, DATABASE_CA, DATABASE_HOST, DATABASE_SECRET_ARN, DATABASE_STATEMENTS,
    DATABASE_URL, NotAllowed, Reading, Setting, SettingError, Statements,
};

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
pub struct SecretArn(String);

impl SecretArn {
    /// The ARN.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

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

/// The name of a server, without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for HostName {
    const ALLOWED: &'static str = "the name of a server, for example db.example, without a port";
}

impl FromStr for HostName {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        (!text.is_empty() && text.chars().all(of_a_name))
            .then(|| Self(text.to_owned()))
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}

/// The name of a role of PostgreSQL, as it is written there: without quotes around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleName(String);

impl RoleName {
    /// PostgreSQL cuts off what is longer, in bytes.
    const LONGEST: usize = 63;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for RoleName {
    const ALLOWED: &'static str =
        "the name of a role of PostgreSQL, for example engine_serving, without quotes";
}

impl FromStr for RoleName {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let in_a_name = |c: char| !c.is_control() && c != '"';
        let is_one = (1..=Self::LONGEST).contains(&text.len()) && text.chars().all(in_a_name);
        is_one
            .then(|| Self(text.to_owned()))
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}

/// The database of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Where its URL is to be had.
    pub location: Location,
    /// [`DATABASE_HOST`].
    pub host: Option<HostName>,
    /// [`DATABASE_CA`].
    pub ca: Option<PathBuf>,
    /// [`DATABASE_STATEMENTS`].
    pub statements: Statements,
}

impl Configuration for Database {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let location = Location::gather(env);
        let host = env.optional(&DATABASE_HOST);
        let ca = env.optional(&DATABASE_CA);
        let statements = env.get(&DATABASE_STATEMENTS);
        Some(Self {
            location: location?,
            host: host?,
            ca: ca?,
            statements: statements?,
        })
    }
}

/// Where the database's URL is to be had: a function is told exactly one of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// [`DATABASE_URL`]: right here.
    Url(DatabaseUrl),
    /// [`DATABASE_SECRET_ARN`]: in Secrets Manager.
    Secret(String),
}

impl Configuration for Location {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        match (env.is_set(&DATABASE_URL), env.is_set(&DATABASE_SECRET_ARN)) {
            (true, false) => env.get(&DATABASE_URL).map(Self::Url),
            (false, true) => env
                .get(&DATABASE_SECRET_ARN)
                .map(|SecretArn(arn)| Self::Secret(arn)),
            (both, _) => {
                let (one, other) = (DATABASE_URL.name, DATABASE_SECRET_ARN.name);
                env.note(if both {
                    SettingError::Both { one, other }
                } else {
                    SettingError::Neither { one, other }
                });
                None
            }
        }
    }
}
