//! The throw-away cluster that all test processes of a user share.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::run::{self, Run};
use crate::psql::Access;
use crate::{Server, Settings, StartError, server};

/// Long enough for `cargo test` to go on to the next test program.
const LINGER: u8 = 2;

/// This process's share in the cluster.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) folder: PathBuf,
    pub(super) access: Access,
    /// Kept open until the process ends.
    _membership: File,
}

/// The cluster, started now if this is the first process to need it.
pub(super) fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        find_or_start().unwrap_or_else(|error| panic!("no PostgreSQL for tests: {error}"))
    })
}

fn find_or_start() -> Result<Shared, StartError> {
    let doing = || crate::error::while_doing("preparing the folder for test databases");
    let base = run::base().map_err(doing())?;
    let pointer = base.join("current");
    if let Some(shared) = find(&pointer)? {
        return Ok(shared);
    }
    let _gate = run::gate(&base).map_err(doing())?;
    if let Some(shared) = find(&pointer)? {
        return Ok(shared);
    }
    let run = Run::create(&base, Some(&pointer), LINGER).map_err(doing())?;
    let server = Server::start(&Settings::throw_away(&run.folder))?;
    let access = server.access().clone();
    server.leave_running();
    publish(&pointer, &run.folder).map_err(doing())?;
    let folder = run.folder.clone();
    Ok(Shared {
        folder,
        access,
        _membership: run.into_membership(),
    })
}

/// Joins the run that the pointer names, if it is alive.
fn find(pointer: &Path) -> Result<Option<Shared>, StartError> {
    let Ok(named) = fs::read_to_string(pointer) else {
        return Ok(None);
    };
    let folder = PathBuf::from(&named);
    let doing = crate::error::while_doing(format!("joining {}", folder.display()));
    let Some(membership) = run::join(&folder).map_err(doing)? else {
        return Ok(None);
    };
    // Its watchdog removes the pointer first and looks for users again after: if the pointer is
    // still there now, the watchdog will see us.
    if fs::read_to_string(pointer).ok() != Some(named) {
        return Ok(None);
    }
    let access = server::access(&folder)?;
    Ok(access.map(|access| Shared {
        folder,
        access,
        _membership: membership,
    }))
}

fn publish(pointer: &Path, folder: &Path) -> io::Result<()> {
    let draft = pointer.with_extension("new");
    fs::write(&draft, folder.to_string_lossy().as_bytes())?;
    fs::rename(draft, pointer)
}
