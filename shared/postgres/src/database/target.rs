//! Where the database is, and how it is spoken to.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use futures::future::BoxFuture;
use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{CONNECT, Statements, tls};
use crate::error::{DatabaseError, explain};

/// Where the database's URL comes from. Asked once at the start and again when a login is refused:
/// passwords are rotated.
pub trait UrlSource: Send + Sync {
    /// The URL as it is now; an error in words for the log, never with the password.
    fn url(&self) -> BoxFuture<'_, Result<String, String>>;
}

/// A URL that stays what it is.
impl UrlSource for String {
    fn url(&self) -> BoxFuture<'_, Result<String, String>> {
        Box::pin(async { Ok(self.clone()) })
    }
}

/// How a database is used.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Connections at most.
    pub connections: usize,
    /// How statements are sent.
    pub statements: Statements,
    /// A file of PEM certificates that are trusted beside the system's.
    pub ca: Option<PathBuf>,
}

/// A URL that was understood.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) config: Config,
    pub(super) tls: Option<MakeRustlsConnect>,
    /// Host, port and name of the database, without the password.
    pub(super) name: String,
}

/// A connection that was idle for this long is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(10);

impl Target {
    /// Reads a URL. `sslmode` may be `disable`, `prefer`, `require`, `verify-ca` or `verify-full`;
    /// without it a host that is not this machine must speak TLS. Whenever TLS is used, the
    /// server's certificate and name are verified, by the system's certificates and those of the
    /// settings and of `sslrootcert`.
    pub(super) fn read(url: &str, settings: &Settings) -> Result<Self, DatabaseError> {
        let url = ConnectionUrl::read(url)?;
        let mut config: Config = url
            .text
            .parse()
            .map_err(|error: tokio_postgres::Error| DatabaseError::Url(explain(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(DatabaseError::Url("it names no host".into()));
        }
        if !url.names_ssl_mode {
            config.ssl_mode(if config.get_hosts().iter().all(is_this_machine) {
                SslMode::Disable
            } else {
                SslMode::Require
            });
        }
        config
            .connect_timeout(CONNECT)
            .keepalives_idle(KEEPALIVE)
            .tcp_user_timeout(super::ANSWER);
        if config.get_application_name().is_none() {
            config.application_name("order-engine");
        }
        if let Some(ours) = settings.statements.options() {
            let asked_for = config.get_options().unwrap_or_default();
            config.options(format!("{ours} {asked_for}")); // of two settings the later one counts
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => {
                let files = [settings.ca.clone(), url.root_certificate];
                let files: Vec<PathBuf> = files.into_iter().flatten().collect();
                Some(tls::connector(&files).map_err(DatabaseError::Tls)?)
            }
        };
        Ok(Self {
            name: describe(&config),
            config,
            tls,
        })
    }
}

/// A URL without what the driver does not know.
struct ConnectionUrl {
    text: String,
    names_ssl_mode: bool,
    root_certificate: Option<PathBuf>,
}

impl ConnectionUrl {
    fn read(url: &str) -> Result<Self, DatabaseError> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let mut read = Self {
            text: address.to_owned(),
            names_ssl_mode: false,
            root_certificate: None,
        };
        let mut separator = '?';
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let pair = match (name, value) {
                ("sslrootcert", path) => {
                    let path = percent_decoded(path)
                        .ok_or_else(|| DatabaseError::Url("sslrootcert is not UTF-8".into()))?;
                    read.root_certificate = Some(path.into());
                    continue;
                }
                // The driver knows no verify-*; it need not, since our TLS always verifies.
                ("sslmode", "verify-ca" | "verify-full") => "sslmode=require",
                _ => pair,
            };
            read.names_ssl_mode |= name == "sslmode";
            read.text.push(separator);
            read.text.push_str(pair);
            separator = '&';
        }
        Ok(read)
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A loopback address, `localhost`, or a socket in the file system: nobody listens in between.
fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address: Result<IpAddr, _> = name.trim_matches(['[', ']']).parse();
            name.eq_ignore_ascii_case("localhost")
                || address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn describe(config: &Config) -> String {
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        })
        .collect();
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!(
        "{}:{port}/{}",
        hosts.join(","),
        config.get_dbname().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            connections: 1,
            statements: Statements::Unnamed,
            ca: None,
        }
    }

    #[test]
    fn beyond_this_machine_tls_is_required_unless_the_url_says_otherwise() {
        for (url, mode) in [
            ("postgres://a@127.0.0.1/d", SslMode::Disable),
            ("postgres://a@localhost:5433/d", SslMode::Disable),
            ("postgres://a@[::1]/d", SslMode::Disable),
            ("postgres://a@%2Frun%2Fpostgresql/d", SslMode::Disable),
            ("postgres://a@10.0.0.7/d", SslMode::Require),
            ("postgres://a@127.0.0.1.evil.example/d", SslMode::Require),
            ("postgres://a@127.0.0.1,db.example/d", SslMode::Require),
            (
                "postgres://a@db.example/d?connect_timeout=3",
                SslMode::Require,
            ),
            ("postgres://a@db.example/d?sslmode=prefer", SslMode::Prefer),
            (
                "postgres://a@db.example/d?sslmode=disable",
                SslMode::Disable,
            ),
            (
                "postgres://a@127.0.0.1/d?sslmode=verify-full",
                SslMode::Require,
            ),
        ] {
            let target = Target::read(url, &settings()).unwrap_or_else(|e| panic!("{url}: {e}"));
            assert_eq!(target.config.get_ssl_mode(), mode, "{url}");
            assert_eq!(target.tls.is_some(), mode != SslMode::Disable, "{url}");
        }
    }

    #[test]
    fn a_pooler_is_sent_no_start_parameter_that_it_would_refuse() {
        let url = "postgres://a@127.0.0.1/d";
        let target = Target::read(url, &settings()).expect("a URL");
        assert_eq!(target.config.get_options(), None);
    }

    #[test]
    fn a_root_certificate_that_is_not_there_is_named() {
        let url = "postgres://a@db.example/d?sslrootcert=%2Fno%20where%2Fca.pem";
        let error = Target::read(url, &settings()).err().expect("no such file");
        assert!(error.to_string().contains("/no where/ca.pem"), "{error}");
    }
}
