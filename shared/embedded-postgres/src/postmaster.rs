//! The PostgreSQL process of a folder: started, found again, waited for, ended.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::error::while_doing;
use crate::folder::Folder;
use crate::pid_file::PidFile;
use crate::programs::Programs;
use crate::{Settings, StartError, StopError, options};

/// How often a state is looked at while waiting for it.
const LOOK: Duration = Duration::from_millis(5);
/// A recovery after a crash may have up to a gigabyte of log to replay.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// A fast shutdown writes what is in memory first.
const FAST_WITHIN: Duration = Duration::from_secs(20);
const IMMEDIATE_WITHIN: Duration = Duration::from_secs(10);

/// A live PostgreSQL on a folder.
#[derive(Debug)]
pub(crate) struct Postmaster {
    folder: Folder,
    pid: i32,
    pub(crate) port: u16,
    /// Absent when it was started by another process.
    child: Option<Child>,
    pub(crate) haste: Haste,
}

/// Says, while a stop is under way, that it may no longer take its time: what is in memory is then
/// not written, and the next start recovers it from the log. Clones say it to the same server.
#[derive(Clone, Debug, Default)]
pub struct Haste(Arc<AtomicBool>);

impl Haste {
    /// From now on.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What lives on a folder.
pub(crate) enum Found {
    /// A PostgreSQL that accepts connections.
    Ready(Postmaster),
    /// Nothing. The lock to hand to the next one.
    Nothing(File),
}

/// Finds out what lives on the folder, waiting for one that is starting or ending.
pub(crate) fn find(folder: &Folder) -> Result<Found, StartError> {
    let since = folder.log().length();
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        let doing = while_doing(format!("locking a file in {}", folder.root().display()));
        if let Some(lock) = folder.alive_lock().map_err(doing)? {
            return Ok(Found::Nothing(lock));
        }
        // Only workers may be left of one that was killed; they end soon. So ask for its port.
        if let Some(note) = PidFile::read(folder)
            && note.ready
            && !crate::port::is_free(note.port)
        {
            let (pid, port, folder) = (note.pid, note.port, folder.clone());
            return Ok(Found::Ready(Postmaster {
                folder,
                pid,
                port,
                child: None,
                haste: Haste::default(),
            }));
        }
        if Instant::now() > deadline {
            return Err(not_ready(folder, since));
        }
        sleep(LOOK);
    }
}

/// The port that a live PostgreSQL of this folder listens on.
pub(crate) fn port_in_use(folder: &Folder) -> io::Result<Option<u16>> {
    if folder.alive_lock()?.is_some() {
        return Ok(None);
    }
    Ok(PidFile::read(folder)
        .filter(|note| note.ready)
        .map(|note| note.port))
}

impl Postmaster {
    /// Starts PostgreSQL on a folder on which nothing lives, and waits until it is ready.
    ///
    /// `Ok(None)`: the port was taken in the meantime.
    pub(crate) fn start(
        folder: &Folder,
        programs: &Programs,
        settings: &Settings,
        port: u16,
        alive: &File,
    ) -> Result<Option<Self>, StartError> {
        let doing = || while_doing("starting PostgreSQL");
        // The lock proves that whoever wrote it is gone. PostgreSQL could not know: after a
        // machine crash the process id in it may belong to anything.
        match fs::remove_file(PidFile::path(folder)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(doing()(error)),
            _ => {}
        }
        let log = folder.log().open().map_err(doing())?;
        let since = folder.log().length();
        let child = programs
            .command("postgres")
            .arg("-D")
            .arg(folder.cluster())
            .args(options::arguments(settings, port))
            // Never read: this is how PostgreSQL's processes come to hold the lock.
            .stdin(Stdio::from(alive.try_clone().map_err(doing())?))
            .stderr(log)
            // Ctrl-C in the terminal is for the engine, which stops PostgreSQL after itself.
            .process_group(0)
            .spawn()
            .map_err(doing())?;
        wait_ready(folder, child, port, since)
    }

    /// Ends PostgreSQL: open transactions are rolled back, committed data is written, and when
    /// this returns no process of it is left.
    pub(crate) fn stop(&mut self) -> Result<(), StopError> {
        let haste = self.haste.clone();
        if !haste.is_on() {
            self.signal(Signal::INT)?;
            if self.gone_within(FAST_WITHIN, || haste.is_on())? {
                return Ok(());
            }
        }
        self.signal(Signal::QUIT)?;
        if self.gone_within(IMMEDIATE_WITHIN, || false)? {
            return Ok(());
        }
        let seconds = (FAST_WITHIN + IMMEDIATE_WITHIN).as_secs();
        Err(StopError::StillAlive {
            pid: self.pid,
            seconds,
        })
    }

    /// Lets it live on when this value is dropped.
    pub(crate) fn release(self) {
        drop(self.child);
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        // Only what holds the lock may be signalled: the id of one that is gone may be reused.
        if self.folder.alive_lock()?.is_some() {
            return Ok(());
        }
        let Some(pid) = Pid::from_raw(self.pid) else {
            return Ok(());
        };
        match kill_process(pid, signal) {
            Err(rustix::io::Errno::SRCH) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether it has ended without having been asked to. Parts of it may live on for a moment.
    pub(crate) fn has_ended(&mut self) -> io::Result<bool> {
        if let Some(child) = &mut self.child {
            return Ok(child.try_wait()?.is_some());
        }
        let gone = |pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH);
        Ok(Pid::from_raw(self.pid).is_none_or(gone) || self.folder.alive_lock()?.is_some())
    }

    /// Waits until it is gone, for so long, or until that is too long.
    fn gone_within(&mut self, within: Duration, too_long: impl Fn() -> bool) -> io::Result<bool> {
        let deadline = Instant::now() + within;
        loop {
            let reaped = match &mut self.child {
                Some(child) => child.try_wait()?.is_some(),
                None => true,
            };
            if reaped && self.folder.alive_lock()?.is_some() {
                return Ok(true);
            }
            if Instant::now() > deadline || too_long() {
                return Ok(false);
            }
            sleep(LOOK);
        }
    }
}

fn wait_ready(
    folder: &Folder,
    mut child: Child,
    port: u16,
    since: u64,
) -> Result<Option<Postmaster>, StartError> {
    let deadline = Instant::now() + READY_WITHIN;
    let pid = child.id().cast_signed();
    loop {
        if PidFile::read(folder).is_some_and(|note| note.pid == pid && note.ready) {
            let folder = folder.clone();
            return Ok(Some(Postmaster {
                folder,
                pid,
                port,
                child: Some(child),
                haste: Haste::default(),
            }));
        }
        if child
            .try_wait()
            .map_err(while_doing("waiting for PostgreSQL"))?
            .is_some()
        {
            if !crate::port::is_free(port) {
                return Ok(None);
            }
            return Err(StartError::Ended {
                log: folder.log().0,
                tail: folder.log().tail(since),
            });
        }
        if Instant::now() > deadline {
            let error = not_ready(folder, since);
            // Half-started it has nothing to save. The error about the start is the one to tell.
            let _ = kill_process(Pid::from_child(&child), Signal::QUIT);
            let _ = child.wait();
            return Err(error);
        }
        sleep(LOOK);
    }
}

fn not_ready(folder: &Folder, since: u64) -> StartError {
    let (log, tail) = (folder.log().0, folder.log().tail(since));
    StartError::NotReady {
        seconds: READY_WITHIN.as_secs(),
        log,
        tail,
    }
}
