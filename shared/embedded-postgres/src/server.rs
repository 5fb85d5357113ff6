//! The life of a server as its owner sees it.

use std::fs::File;
use std::path::Path;

use crate::arrival::{self, Arrival};
use crate::error::while_doing;
use crate::folder::Folder;
use crate::postmaster::{self, Found, Haste, Postmaster};
use crate::programs::Programs;
use crate::psql::{Access, DATABASE, identifier};
use crate::{Settings, SqlError, StartError, StopError, password};

/// A running PostgreSQL that is ours alone. Dropping it stops PostgreSQL.
#[derive(Debug)]
pub struct Server {
    /// Absent once it was stopped or left running.
    postmaster: Option<Postmaster>,
    access: Access,
    arrival: Arrival,
    hold: File,
    folder: Folder,
    /// As it was asked for, and at the port that it has.
    settings: Settings,
    haste: Haste,
}

impl Server {
    /// Starts PostgreSQL, or takes over one that still runs on this folder, and waits until it
    /// accepts connections and the database `engine` exists.
    ///
    /// Takes about 2 s the first time, 0.2 s later, some milliseconds to take one over, and as
    /// long as a download of 25 MB on a machine without PostgreSQL.
    ///
    /// # Errors
    /// [`StartError`], whose text tells the user what to do.
    pub fn start(settings: &Settings) -> Result<Self, StartError> {
        let folder = Folder::prepare(&settings.data_dir)?;
        let hold = folder.hold()?;
        let programs = Programs::find(&folder)?;
        let (postmaster, arrival) = arrival::bring_up(&folder, &programs, settings)?;
        let access = Access {
            programs,
            port: postmaster.port,
            password: password::read(&folder)?,
        };
        // From here on an error drops the server, and so stops what was started.
        let settings = Settings {
            port: Some(postmaster.port),
            ..settings.clone()
        };
        let server = Self {
            haste: postmaster.haste.clone(),
            postmaster: Some(postmaster),
            access,
            arrival,
            hold,
            folder,
            settings,
        };
        server
            .access
            .ensure_database()
            .map_err(arrival::refused(&server.folder))?;
        Ok(server)
    }

    /// Where to connect to the database `engine`:
    /// `postgres://engine:<password>@127.0.0.1:<port>/engine?sslmode=disable`.
    #[must_use]
    pub fn url(&self) -> String {
        self.access.url(DATABASE)
    }

    /// How it came to run.
    #[must_use]
    pub fn arrival(&self) -> Arrival {
        self.arrival
    }

    /// The major version of PostgreSQL, for instance 18.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.access.programs.major
    }

    /// The TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.access.port
    }

    /// Creates another database on this server and answers its URL.
    ///
    /// # Errors
    /// [`SqlError::Name`] for a name that is no lower-case identifier, [`SqlError::Refused`] if
    /// it exists.
    pub fn create_database(&self, name: &str) -> Result<String, SqlError> {
        self.access.run(
            "postgres",
            &format!("CREATE DATABASE {}", identifier(name)?),
        )?;
        Ok(self.access.url(name))
    }

    /// Whether it has ended by itself: killed, out of memory, or by its own decision.
    ///
    /// # Errors
    /// [`StartError::Io`] if that cannot be found out.
    pub fn has_ended(&mut self) -> Result<bool, StartError> {
        let doing = while_doing("looking after PostgreSQL");
        match &mut self.postmaster {
            Some(postmaster) => postmaster.has_ended().map_err(doing),
            None => Ok(true),
        }
    }

    /// Starts it again where it was, after it has ended by itself: same data, same URL. Waits for
    /// the last of its processes to be gone, and until it accepts connections.
    ///
    /// # Errors
    /// As [`Server::start`]. It may be tried again.
    pub fn start_again(&mut self) -> Result<(), StartError> {
        self.postmaster = None;
        let programs = &self.access.programs;
        let (mut postmaster, _) = arrival::bring_up(&self.folder, programs, &self.settings)?;
        postmaster.haste = self.haste.clone();
        self.postmaster = Some(postmaster);
        Ok(())
    }

    /// To say later, while it is being stopped, that it has to end at once.
    #[must_use]
    pub fn haste(&self) -> Haste {
        self.haste.clone()
    }

    /// Stops PostgreSQL: its connections are closed, committed data is written. When this
    /// returns, no process of it is left.
    ///
    /// # Errors
    /// [`StopError`] if it does not end.
    pub fn stop(mut self) -> Result<(), StopError> {
        self.postmaster
            .take()
            .map_or(Ok(()), |mut postmaster| postmaster.stop())
    }

    /// Gives the folder up but lets PostgreSQL run; the next [`Server::start`] takes it over.
    pub fn leave_running(mut self) {
        if let Some(postmaster) = self.postmaster.take() {
            postmaster.release();
        }
    }

    /// Stops the PostgreSQL that was left running on a folder; `false` if none runs there.
    ///
    /// # Errors
    /// [`StartError::InUse`] while an engine uses it; [`StartError::Former`] if it does not end.
    pub fn stop_left_running(data_dir: &Path) -> Result<bool, StartError> {
        if !data_dir.is_dir() {
            return Ok(false);
        }
        let folder = Folder::prepare(data_dir)?;
        let _hold = folder.hold()?;
        match postmaster::find(&folder)? {
            Found::Nothing(_) => Ok(false),
            Found::Ready(mut running) => Ok(running.stop().map(|()| true)?),
        }
    }

    /// The URL of the PostgreSQL that runs on a folder, whoever uses it; `None` if none runs.
    ///
    /// # Errors
    /// [`StartError::Io`] if the folder cannot be read.
    pub fn url_of(data_dir: &Path) -> Result<Option<String>, StartError> {
        if !data_dir.is_dir() {
            return Ok(None);
        }
        Ok(access(data_dir)?.map(|access| access.url(DATABASE)))
    }

    #[cfg(feature = "testing")]
    pub(crate) fn access(&self) -> &Access {
        &self.access
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut postmaster) = self.postmaster.take() {
            // Nobody is left to tell; the next start takes over what did not end.
            let _ = postmaster.stop();
        }
        // Closing is not enough: a process that is just being spawned may share the file.
        let _ = self.hold.unlock();
    }
}

/// The means to talk to what runs on a folder, without holding it.
pub(crate) fn access(data_dir: &Path) -> Result<Option<Access>, StartError> {
    let folder = Folder::existing(data_dir)?;
    let doing = while_doing(format!("reading {}", folder.root().display()));
    let Some(port) = postmaster::port_in_use(&folder).map_err(doing)? else {
        return Ok(None);
    };
    let programs = Programs::find(&folder)?;
    Ok(Some(Access {
        programs,
        port,
        password: password::read(&folder)?,
    }))
}
