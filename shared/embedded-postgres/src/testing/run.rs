//! One throw-away folder with its watchdog.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::folder::create;
use crate::random;

const WATCHDOG: &str = include_str!("watchdog.sh");
/// The FIFO in a run's folder that its users hold open for writing.
const FIFO: &str = "users";

/// A folder that is removed, and its PostgreSQL ended, when its users are gone.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) folder: PathBuf,
    /// Open for writing: this process is a user. The kernel closes it, whatever happens to us.
    membership: File,
    watchdog: Child,
}

/// The folder of all runs of this user, in the system's folder for temporary files (`TMPDIR`).
pub(super) fn base() -> io::Result<PathBuf> {
    let user = rustix::process::geteuid().as_raw();
    let base = std::env::temp_dir().join(format!("order-engine-tests-{user}"));
    create(&base, 0o711)?;
    // The folder for temporary files is everybody's.
    if fs::metadata(&base)?.uid() != user {
        let text = format!("{} belongs to another user", base.display());
        return Err(io::Error::other(text));
    }
    Ok(base)
}

/// Keeps others from creating, or cleaning up, runs until it is dropped.
pub(super) fn gate(base: &Path) -> io::Result<File> {
    let gate = File::create(base.join("gate.lock"))?;
    gate.lock()?;
    Ok(gate)
}

impl Run {
    /// Creates a run. `pointer` is the file by which others will find it; `linger` is how many
    /// seconds it outlives its last user. The caller holds the gate.
    pub(super) fn create(base: &Path, pointer: Option<&Path>, linger: u8) -> io::Result<Self> {
        clean_up(base)?;
        let folder = base.join(format!("run-{}", &random::hex()?[..12]));
        create(&folder, 0o711)?;
        let fifo = folder.join(FIFO);
        let made = Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(&fifo)
            .status()?;
        if !made.success() {
            return Err(io::Error::other(format!(
                "mkfifo {} failed",
                fifo.display()
            )));
        }
        // Opening one side waits for the other; opening both at once does not.
        let both = OpenOptions::new().read(true).write(true).open(&fifo)?;
        let reader = File::open(&fifo)?;
        let mut membership = OpenOptions::new().write(true).open(&fifo)?;
        drop(both);
        membership.write_all(b"joined\n")?;
        let watchdog = watch(&folder, pointer, linger, Stdio::from(reader))?;
        Ok(Self {
            folder,
            membership,
            watchdog,
        })
    }

    /// Leaves the run and waits until its watchdog has removed it.
    pub(super) fn end(self) {
        let Self {
            membership,
            mut watchdog,
            ..
        } = self;
        drop(membership);
        // A watchdog that was killed has nothing to report; the next run cleans up after it.
        let _ = watchdog.wait();
    }

    /// The membership alone, for a run that others use as well.
    pub(super) fn into_membership(self) -> File {
        self.membership
    }
}

/// Becomes a user of a run; `None` if it has ended, or nobody watches it.
pub(super) fn join(folder: &Path) -> io::Result<Option<File>> {
    let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let mut open = OpenOptions::new();
    // Without waiting: with no reader there is no watchdog, and the answer is an error.
    match open
        .write(true)
        .custom_flags(nonblocking)
        .open(folder.join(FIFO))
    {
        Ok(mut membership) => match membership.write_all(b"joined\n") {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Ok(None),
            _ => Ok(Some(membership)),
        },
        Err(_) => Ok(None),
    }
}

/// Ends the runs whose watchdog was killed.
fn clean_up(base: &Path) -> io::Result<()> {
    for entry in fs::read_dir(base)?.flatten() {
        let is_run = entry.file_name().to_string_lossy().starts_with("run-");
        if is_run && join(&entry.path())?.is_none() {
            watch(&entry.path(), None, 0, Stdio::null())?.wait()?;
        }
    }
    Ok(())
}

fn watch(folder: &Path, pointer: Option<&Path>, linger: u8, users: Stdio) -> io::Result<Child> {
    Command::new("sh")
        .args(["-c", WATCHDOG, "watchdog"])
        .arg(folder)
        .arg(pointer.unwrap_or(Path::new("")))
        .arg(linger.to_string())
        .current_dir("/")
        .stdin(users)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C in the terminal ends the tests, not the one that cleans up after them.
        .process_group(0)
        .spawn()
}
