//! SQL by way of `psql`: the few administrative statements do not justify a client library.

use std::io::Write;
use std::process::Stdio;

use crate::SqlError;
use crate::programs::Programs;

/// The role that owns everything in our clusters.
pub(crate) const ROLE: &str = "engine";
/// The engine's database.
pub(crate) const DATABASE: &str = "engine";

/// A running server, for statements.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) programs: Programs,
    pub(crate) port: u16,
    pub(crate) password: String,
}

impl Access {
    /// Where to connect to one database. The password is hexadecimal: nothing to escape.
    pub(crate) fn url(&self, database: &str) -> String {
        let (password, port) = (&self.password, self.port);
        format!("postgres://{ROLE}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    /// Runs statements in one database, up to the first that fails; answers the rows as text,
    /// columns parted by `|`.
    pub(crate) fn run(&self, database: &str, sql: &str) -> Result<String, SqlError> {
        let mut psql = self.programs.command("psql");
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--no-password",
        ])
        .args([
            "--set",
            "ON_ERROR_STOP=1",
            "--file",
            "-",
            "--host",
            "127.0.0.1",
        ])
        .args([
            "--username",
            ROLE,
            "--dbname",
            database,
            "--port",
            &self.port.to_string(),
        ])
        .env("PGPASSWORD", &self.password)
        .env("PGSSLMODE", "disable")
        .env("PGCONNECT_TIMEOUT", "10")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
        let mut child = psql.spawn()?;
        let written = child
            .stdin
            .take()
            .map_or(Ok(()), |mut stdin| stdin.write_all(sql.as_bytes()));
        let output = child.wait_with_output()?;
        if output.status.success() {
            written?;
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        // It may have ended before it read anything: its own words tell more than a broken pipe.
        Err(SqlError::Refused(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ))
    }

    /// Creates the engine's database if it is absent, which also proves that we are let in.
    pub(crate) fn ensure_database(&self) -> Result<(), SqlError> {
        let sql = format!(
            "SELECT 'CREATE DATABASE {DATABASE}' \
             WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec\n"
        );
        self.run("postgres", &sql).map(drop)
    }
}

/// The name, if it can stand in a statement without quotes.
pub(crate) fn identifier(name: &str) -> Result<&str, SqlError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if starts && name.len() <= 63 && name.chars().all(plain) {
        Ok(name)
    } else {
        Err(SqlError::Name(name.to_owned()))
    }
}
