//! Secrets Manager: where the database's URL lives in production, and whatever else is secret.

use aws_sdk_secretsmanager::{Client, error::DisplayErrorContext};
use config::{DatabaseUrl, HostName, Location, SecretArn};
use serde::Deserialize;

use crate::SdkConfig;

/// Why a secret could not be had. Never carries it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager did not give it.
    #[error("the secret {arn} cannot be read: {reason}")]
    Unreadable {
        /// Which.
        arn: String,
        /// What Secrets Manager, or the way to it, said.
        reason: String,
    },
    /// It holds no text.
    #[error("the secret {arn} holds no text")]
    NoText {
        /// Which.
        arn: String,
    },
    /// What it holds is no address of a database.
    #[error(
        "the secret {arn} must hold a URL postgres://user:password@host:port/name?sslmode=…, or the JSON object that RDS \
         keeps: username, password, host (or DATABASE_HOST), and optionally port and dbname"
    )]
    Unusable {
        /// Which.
        arn: String,
    },
}

/// The database's URL, fetched if need be. A secret that is no URL is completed with `host`, which
/// also goes before its own: a proxy stands before what that names.
///
/// # Errors
/// [`SecretError`] when there is none.
pub async fn database_url(
    sdk: &SdkConfig,
    location: &Location,
    host: Option<&HostName>,
) -> Result<DatabaseUrl, SecretError> {
    let arn = match location {
        Location::Url(url) => return Ok(url.clone()),
        Location::Secret(arn) => arn,
    };
    let text = read(sdk, arn).await?;
    url_of(&text, host).ok_or_else(|| SecretError::Unusable { arn: arn.clone() })
}

/// A secret's text.
///
/// # Errors
/// [`SecretError`] when there is none.
pub async fn text(sdk: &SdkConfig, arn: &SecretArn) -> Result<String, SecretError> {
    read(sdk, arn.as_str()).await
}

async fn read(sdk: &SdkConfig, arn: &str) -> Result<String, SecretError> {
    let request = Client::new(sdk).get_secret_value().secret_id(arn);
    let answer = request
        .send()
        .await
        .map_err(|error| SecretError::Unreadable {
            arn: arn.to_owned(),
            reason: DisplayErrorContext(&error).to_string(),
        })?;
    let text = answer.secret_string().map(str::to_owned);
    text.ok_or_else(|| SecretError::NoText {
        arn: arn.to_owned(),
    })
}

/// The object that RDS keeps for a database. The password that it manages itself comes with the
/// user's name alone.
#[derive(Deserialize)]
struct RdsSecret {
    username: String,
    password: String,
    host: Option<String>,
    #[serde(default = "default_port")]
    port: u16,
    #[serde(default = "default_name")]
    dbname: String,
}

fn default_port() -> u16 {
    5432
}

fn default_name() -> String {
    "postgres".to_owned()
}

fn url_of(secret: &str, given: Option<&HostName>) -> Option<DatabaseUrl> {
    let secret = secret.trim();
    if let Ok(url) = secret.parse() {
        return Some(url);
    }
    let RdsSecret {
        username,
        password,
        host,
        port,
        dbname,
    } = serde_json::from_str(secret).ok()?;
    let (user, password) = (escape(&username), escape(&password));
    let name = escape(&dbname);
    let host = given.map(HostName::as_str).or(host.as_deref())?;
    format!("postgres://{user}:{password}@{host}:{port}/{name}?sslmode=require")
        .parse()
        .ok()
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn escape(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_a_url_or_what_rds_keeps() {
        let url = |secret: &str| url_of(secret, None).map(|url| url.as_str().to_owned());
        assert_eq!(
            url("postgres://a:b@c/d\n"),
            Some("postgres://a:b@c/d".to_owned())
        );
        assert_eq!(
            url(
                r#"{"username":"app","password":"p@ss/w:rd","host":"db.example","engine":"postgres"}"#
            ),
            Some(
                "postgres://app:p%40ss%2Fw%3Ard@db.example:5432/postgres?sslmode=require"
                    .to_owned()
            )
        );
        assert_eq!(url(r#"{"username":"app"}"#), None);
        assert_eq!(url("hunter2"), None);
    }

    #[test]
    fn a_host_that_is_given_completes_what_rds_keeps_and_leaves_a_url_alone() {
        let given = "proxy.example".parse().expect("a name");
        let url = |secret: &str| {
            let url = url_of(secret, Some(&given));
            url.map(|url| url.as_str().to_owned())
        };
        let managed = r#"{"username":"engine","password":"x"}"#;
        let expected = "postgres://engine:x@proxy.example:5432/postgres?sslmode=require";
        assert_eq!(url(managed).as_deref(), Some(expected));
        assert_eq!(url_of(managed, None), None);
        let attached = r#"{"username":"engine","password":"x","host":"db.example"}"#;
        assert_eq!(url(attached).as_deref(), Some(expected));
        let whole = "postgres://a:b@c/d";
        assert_eq!(url(whole).as_deref(), Some(whole));
    }
}
