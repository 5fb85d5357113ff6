//! `postmaster.pid`, in which PostgreSQL says how far it is.

use std::fs;
use std::path::PathBuf;

use crate::folder::Folder;

/// The lines of it that matter. It may have been left by a process that is long gone: only
/// together with the lock on the folder does it tell anything.
pub(crate) struct PidFile {
    pub(crate) pid: i32,
    pub(crate) port: u16,
    pub(crate) ready: bool,
}

impl PidFile {
    pub(crate) fn path(folder: &Folder) -> PathBuf {
        folder.cluster().join("postmaster.pid")
    }

    /// `None` if there is none, or it is not written completely yet.
    ///
    /// The lines are, since PostgreSQL 10: process id, data folder, start time, port, socket
    /// folder, address, shared memory, status.
    pub(crate) fn read(folder: &Folder) -> Option<Self> {
        let text = fs::read_to_string(Self::path(folder)).ok()?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let pid = lines.first()?.parse().ok().filter(|pid| *pid > 1)?;
        let port = lines.get(3)?.parse().ok()?;
        Some(Self {
            pid,
            port,
            ready: lines.get(7) == Some(&"ready"),
        })
    }
}
