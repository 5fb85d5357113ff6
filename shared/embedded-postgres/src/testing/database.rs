//! A database for one test.

use std::fs::File;

use super::shared::{Shared, shared};
use crate::SqlError;
use crate::psql::identifier;

/// A fresh database, dropped with this value (even while connections to it are open).
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
}

impl TestDatabase {
    /// An empty database.
    ///
    /// # Panics
    /// If PostgreSQL cannot be started, with the reason.
    #[must_use]
    pub fn create() -> Self {
        let name = unique_name();
        run(shared(), &format!("CREATE DATABASE {name}"))
            .unwrap_or_else(|error| panic!("no test database: {error}"));
        Self::named(name)
    }

    /// A copy of a template database, which `init` fills when it is first asked for (by whichever
    /// test process) and given the template's URL. The copy takes some milliseconds, so this is
    /// how to migrate once for all tests.
    ///
    /// The template lives as long as the shared cluster, which may outlive this build: let `name`
    /// (a-z, 0-9, `_`; up to 40 characters) change with the content, for instance by a checksum
    /// of the migrations.
    ///
    /// # Panics
    /// If PostgreSQL cannot be started or the name is none, with the reason; or if `init` does:
    /// then the next call begins anew.
    #[must_use]
    pub fn from_template(name: &str, init: impl FnOnce(&str)) -> Self {
        let template = format!("template_{name}");
        let copy = unique_name();
        copy_of(&template, &copy, init)
            .unwrap_or_else(|error| panic!("no test database from `{template}`: {error}"));
        Self::named(copy)
    }

    /// Where to connect to it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs statements as an operator with `psql` would: none of the bounds that a program sets for
    /// its own statements end what fills a database with many rows.
    ///
    /// # Panics
    /// If one of them fails, with the server's words.
    pub fn fill(&self, statements: &str) {
        let filled = shared().access.run(&self.name, statements);
        filled.unwrap_or_else(|error| panic!("`{}` is not filled: {error}", self.name));
    }

    fn named(name: String) -> Self {
        let url = shared().access.url(&name);
        Self { name, url }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // A database that stays is gone with its cluster soon.
        let _ = run(
            shared(),
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        );
    }
}

fn unique_name() -> String {
    let random = crate::random::hex().unwrap_or_else(|error| panic!("no random name: {error}"));
    format!("test_{random}")
}

fn run(shared: &Shared, sql: &str) -> Result<String, SqlError> {
    shared.access.run("postgres", sql)
}

fn copy_of(template: &str, copy: &str, init: impl FnOnce(&str)) -> Result<(), SqlError> {
    let template = identifier(template)?;
    let shared = shared();
    let make_copy = format!("CREATE DATABASE {copy} TEMPLATE {template}");
    if exists(shared, template)? {
        return run(shared, &make_copy).map(drop);
    }
    let lock = File::create(shared.folder.join(format!("{template}.lock")))?;
    lock.lock()?;
    if !exists(shared, template)? {
        build(shared, template, init)?;
    }
    drop(lock);
    run(shared, &make_copy).map(drop)
}

fn exists(shared: &Shared, database: &str) -> Result<bool, SqlError> {
    let sql = format!("SELECT 1 FROM pg_database WHERE datname = '{database}'");
    Ok(run(shared, &sql)? == "1")
}

/// Fills the template under another name first: under its own it is complete or absent.
fn build(shared: &Shared, template: &str, init: impl FnOnce(&str)) -> Result<(), SqlError> {
    let draft = format!("draft_{template}");
    run(
        shared,
        &format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)"),
    )?;
    run(shared, &format!("CREATE DATABASE {draft}"))?;
    init(&shared.access.url(&draft));
    // A database can be renamed and copied only while nobody is connected, and connections that
    // `init` has closed may take a moment to end.
    run(
        shared,
        &format!(
            "ALTER DATABASE {draft} ALLOW_CONNECTIONS false;
             SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{draft}';
             ALTER DATABASE {draft} RENAME TO {template};"
        ),
    )
    .map(drop)
}
