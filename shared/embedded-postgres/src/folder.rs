//! The files of one server.
//!
//! ```text
//! <data_dir>/
//!   cluster/         PostgreSQL's own data (PGDATA), owned by whom it runs as
//!   password         of the role `engine`, mode 0600
//!   port             of the last run, so that it stays the same
//!   postgres.log     what PostgreSQL says; the one before is postgres.log.1
//!   engine.lock      locked by the engine that uses this folder
//!   alive.lock       locked by the PostgreSQL processes that live on this folder
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::StartError;
use crate::account::Account;
use crate::error::while_doing;
use crate::log::Log;

/// The folder of one server, and whom PostgreSQL runs as there.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
    pub(crate) account: Option<Account>,
}

impl Folder {
    /// Creates the folder if it is absent, and refuses one that cannot be trusted or reached.
    pub(crate) fn prepare(data_dir: &Path) -> Result<Self, StartError> {
        let doing = || while_doing(format!("creating the folder {}", data_dir.display()));
        let root = std::path::absolute(data_dir).map_err(doing())?;
        let account = Account::for_server(&root.join("cluster"))?;
        // Another account must pass through to the cluster, which is closed to all but it.
        let mode = if account.is_some() { 0o711 } else { 0o700 };
        create(&root, mode).map_err(doing())?;
        let folder = Self { root, account };
        folder.check_owner()?;
        folder.check_reach()?;
        Ok(folder)
    }

    /// The folder as it is, for reading.
    pub(crate) fn existing(data_dir: &Path) -> Result<Self, StartError> {
        let root = std::path::absolute(data_dir)
            .map_err(while_doing(format!("finding {}", data_dir.display())))?;
        let account = Account::for_server(&root.join("cluster"))?;
        Ok(Self { root, account })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.root.join("cluster")
    }

    pub(crate) fn password_file(&self) -> PathBuf {
        self.root.join("password")
    }

    pub(crate) fn log(&self) -> Log {
        Log(self.root.join("postgres.log"))
    }

    /// Takes the folder for this engine until the file is unlocked or this process is gone.
    pub(crate) fn hold(&self) -> Result<File, StartError> {
        let path = self.root.join("engine.lock");
        let doing = while_doing(format!("locking {}", path.display()));
        match try_lock(&path) {
            Ok(Some(file)) => Ok(file),
            Ok(None) => Err(StartError::InUse {
                folder: self.root.clone(),
            }),
            Err(error) => Err(doing(error)),
        }
    }

    /// The lock that PostgreSQL's processes inherit and so hold as long as one of them lives;
    /// `None` while one does. Unlike a process id this cannot be stale.
    pub(crate) fn alive_lock(&self) -> io::Result<Option<File>> {
        try_lock(&self.root.join("alive.lock"))
    }

    /// Makes a file or folder belong to the account that PostgreSQL runs as.
    pub(crate) fn give(&self, path: &Path) -> io::Result<()> {
        match &self.account {
            Some(account) => chown(path, Some(account.uid), Some(account.gid)),
            None => Ok(()),
        }
    }

    /// The port of the last run.
    pub(crate) fn last_port(&self) -> Option<u16> {
        fs::read_to_string(self.root.join("port"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    pub(crate) fn remember_port(&self, port: u16) -> io::Result<()> {
        fs::write(self.root.join("port"), port.to_string())
    }

    /// What lies in a folder of somebody else may have been put there for us to run.
    fn check_owner(&self) -> Result<(), StartError> {
        let me = rustix::process::geteuid().as_raw();
        // The parent of root's folder is under /var/tmp, where anyone may create it first.
        let above = self.root.parent().filter(|_| self.account.is_some());
        for folder in above.into_iter().chain([self.root.as_path()]) {
            let doing = while_doing(format!("looking at {}", folder.display()));
            let owner = fs::metadata(folder).map_err(doing)?.uid();
            let ours = self
                .account
                .as_ref()
                .is_some_and(|account| account.uid == owner);
            if owner != me && !ours {
                return Err(StartError::NotOurs {
                    folder: folder.to_path_buf(),
                    owner,
                });
            }
        }
        Ok(())
    }

    fn check_reach(&self) -> Result<(), StartError> {
        let Some(account) = &self.account else {
            return Ok(());
        };
        let Some(barrier) = account.barrier(&self.root) else {
            return Ok(());
        };
        let (folder, account) = (self.root.clone(), account.name.clone());
        Err(StartError::Unreachable {
            folder,
            barrier,
            account,
        })
    }
}

/// Creates a folder and what is missing above it, with exactly this mode, whatever the umask.
pub(crate) fn create(path: &Path, mode: u32) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create(parent, mode)?;
    }
    match fs::create_dir(path) {
        // Somebody else was faster, and has set its mode or is about to.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(()) => fs::set_permissions(path, fs::Permissions::from_mode(mode)),
    }
}

/// Opens (or creates) and locks a file; `None` if somebody else has it locked.
fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
