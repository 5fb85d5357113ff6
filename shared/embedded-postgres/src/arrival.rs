//! How a server comes to run: taken over, started, or created first.

use std::fs::File;

use crate::error::while_doing;
use crate::folder::Folder;
use crate::postmaster::{self, Found, Postmaster};
use crate::programs::Programs;
use crate::psql::Access;
use crate::{Settings, SqlError, StartError, cluster, password, port};

/// How a server came to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The cluster was created: the database is empty.
    Created,
    /// It was started on the data of former runs.
    Started,
    /// It still ran, left behind by a process that was killed, and was taken over.
    Adopted,
}

/// Sees to it that PostgreSQL runs on the folder as asked for. The caller holds the folder.
pub(crate) fn bring_up(
    folder: &Folder,
    programs: &Programs,
    settings: &Settings,
) -> Result<(Postmaster, Arrival), StartError> {
    match postmaster::find(folder)? {
        Found::Ready(running) => adopt(running, folder, programs, settings),
        Found::Nothing(alive) => start(folder, programs, settings, &alive),
    }
}

/// Takes over a PostgreSQL that runs as it was asked for, else replaces it.
fn adopt(
    mut running: Postmaster,
    folder: &Folder,
    programs: &Programs,
    settings: &Settings,
) -> Result<(Postmaster, Arrival), StartError> {
    let programs = programs.clone();
    let access = Access {
        programs,
        port: running.port,
        password: password::read(folder)?,
    };
    let durable = access
        .run("postgres", "SHOW fsync")
        .map_err(refused(folder))?
        == "on";
    let fits = settings.port.is_none_or(|port| port == running.port);
    if fits && durable == settings.durable {
        return Ok((running, Arrival::Adopted));
    }
    running.stop()?;
    match postmaster::find(folder)? {
        Found::Nothing(alive) => start(folder, &access.programs, settings, &alive),
        Found::Ready(_) => Err(StartError::InUse {
            folder: folder.root().to_path_buf(),
        }),
    }
}

/// Starts PostgreSQL where nothing runs, creating the cluster if there is none.
fn start(
    folder: &Folder,
    programs: &Programs,
    settings: &Settings,
    alive: &File,
) -> Result<(Postmaster, Arrival), StartError> {
    let created = cluster::ensure(folder, programs, settings)?;
    let arrival = if created {
        Arrival::Created
    } else {
        Arrival::Started
    };
    // Before anything runs that nobody could talk to.
    password::read(folder)?;
    let started = match settings.port {
        Some(port) => Postmaster::start(folder, programs, settings, port, alive)?
            .ok_or(StartError::PortTaken { port })?,
        None => start_on_some_port(folder, programs, settings, alive)?,
    };
    Ok((started, arrival))
}

fn start_on_some_port(
    folder: &Folder,
    programs: &Programs,
    settings: &Settings,
    alive: &File,
) -> Result<Postmaster, StartError> {
    let doing = || while_doing("choosing a port");
    let mut wish = folder.last_port().filter(|port| port::is_free(*port));
    loop {
        let port = match wish.take() {
            Some(port) => port,
            None => port::any_free().map_err(doing())?,
        };
        // Taken between looking and starting: look again.
        if let Some(started) = Postmaster::start(folder, programs, settings, port, alive)? {
            folder.remember_port(port).map_err(doing())?;
            return Ok(started);
        }
    }
}

/// The error for a PostgreSQL that does not do what we say.
pub(crate) fn refused(folder: &Folder) -> impl FnOnce(SqlError) -> StartError {
    let password = folder.password_file();
    move |source| StartError::Refused { password, source }
}
