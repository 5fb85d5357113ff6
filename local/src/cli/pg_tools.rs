//! PostgreSQL's own programs, as they are told where the database is.

use std::{
    io::{self, Read},
    path::Path,
    process::{Child, Command, Stdio},
};

use reqwest::Url;

use super::administration::Undone;
use crate::options::is_loopback;

/// A login that takes longer is no login.
const CONNECT_SECONDS: &str = "10";

/// How one of the programs reaches a database. The password is in no command line: everybody on a
/// machine sees those.
pub(super) struct Login {
    url: String,
    environment: Vec<(&'static str, String)>,
}

impl Login {
    /// To what this URL means to the engine: another machine must speak TLS, unless the URL says
    /// otherwise, and whenever TLS is used the server's certificate and name are verified, by `ca`
    /// or by the system's.
    ///
    /// # Errors
    /// [`Undone`] for a URL that is none.
    pub(super) fn to(url: &str, ca: Option<&Path>) -> Result<Self, Undone> {
        let no_url = || Undone::NotDone("the database's URL cannot be read".into());
        let mut url: Url = url.parse().map_err(|_| no_url())?;
        let mut environment = vec![("PGCONNECT_TIMEOUT", CONNECT_SECONDS.to_owned())];
        if let Some(password) = url.password() {
            environment.push(("PGPASSWORD", decoded(password)));
        }
        url.set_password(None).map_err(|()| no_url())?;
        if verifies(&mut url) {
            let roots = ca.map(|ca| ca.display().to_string());
            environment.push(("PGSSLMODE", "verify-full".to_owned()));
            environment.push(("PGSSLROOTCERT", roots.unwrap_or_else(|| "system".into())));
        }
        Ok(Self {
            url: url.into(),
            environment,
        })
    }

    /// A program that works on the database.
    pub(super) fn give(&self, mut program: Command) -> Command {
        program
            .args(["--no-password", "--dbname", &self.url])
            .envs(self.environment.iter().map(|(name, value)| (*name, value)))
            .stderr(Stdio::piped());
        program
    }
}

/// Whether the server has to prove who it is. Takes a `sslmode` out of the URL with which the
/// programs would let it off, and the engine does not.
fn verifies(url: &mut Url) -> bool {
    let query = url.query().unwrap_or_default().to_owned();
    let is_mode = |pair: &&str| pair.starts_with("sslmode=");
    match query.split('&').find(is_mode) {
        Some("sslmode=disable" | "sslmode=prefer") => false,
        None => !is_loopback(url.as_str()),
        Some(_) => {
            let others: Vec<&str> = query.split('&').filter(|pair| !is_mode(pair)).collect();
            url.set_query((!others.is_empty()).then(|| others.join("&")).as_deref());
            true
        }
    }
}

/// What stands percent-encoded in a URL. A `+` is one.
fn decoded(text: &str) -> String {
    let pair = format!("={}", text.replace('+', "%2B"));
    let pairs = form_urlencoded::parse(pair.as_bytes());
    pairs.map(|(_, value)| value.into_owned()).collect()
}

/// How a program ended that did not do its part.
#[derive(Debug, thiserror::Error)]
#[error("{said}")]
pub(super) struct Failed {
    /// Its exit code; none when it was killed.
    pub(super) code: Option<i32>,
    said: String,
}

/// Waits for a program's end.
///
/// # Errors
/// [`Failed`] with its own words.
pub(super) fn finish(mut child: Child) -> Result<(), Failed> {
    let mut said = Vec::new();
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_end(&mut said); // what was read until then is told
    }
    let status = child.wait().map_err(|error| Failed {
        code: None,
        said: error.to_string(),
    })?;
    if status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    Err(Failed {
        code: status.code(),
        said: if said.is_empty() {
            format!("it ended with {status}")
        } else {
            said
        },
    })
}

/// Why a program does not start.
pub(super) fn not_started(error: &io::Error, program: &str) -> Undone {
    Undone::NotDone(format!("{program} cannot be started: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(url: &str) -> (String, Vec<(&'static str, String)>) {
        let Ok(login) = Login::to(url, None) else {
            panic!("{url} is a URL")
        };
        (login.url, login.environment)
    }

    #[test]
    fn the_password_is_in_no_command_line() {
        let (url, environment) = login("postgres://desk:a%2Bb+c%20d@127.0.0.1:5432/orders");
        assert_eq!(url, "postgres://desk@127.0.0.1:5432/orders");
        assert!(environment.contains(&("PGPASSWORD", "a+b+c d".into())));
    }

    #[test]
    fn another_machine_proves_who_it_is() {
        for (url, reached, verified) in [
            ("postgres://127.0.0.1/a", "postgres://127.0.0.1/a", false),
            ("postgres://db.example/a", "postgres://db.example/a", true),
            (
                "postgres://db.example/a?sslmode=require&options=-cx",
                "postgres://db.example/a?options=-cx",
                true,
            ),
            (
                "postgres://127.0.0.1/a?sslmode=verify-full",
                "postgres://127.0.0.1/a",
                true,
            ),
            (
                "postgres://db.example/a?sslmode=disable",
                "postgres://db.example/a?sslmode=disable",
                false,
            ),
        ] {
            let (told, environment) = login(url);
            let mode = ("PGSSLMODE", "verify-full".to_owned());
            assert_eq!(
                (told.as_str(), environment.contains(&mode)),
                (reached, verified),
                "{url}"
            );
        }
    }
}
